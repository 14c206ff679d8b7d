import type { Looking, Reading } from '../../inspect/readings';
import { buffersOf, type Raw } from '../../protocol/raw';
import type { WorkerLike } from '../client';

/** `lanes` are left out where those of the question before are read once more. */
export interface Question {
  id: number;
  looking: Looking;
  lanes?: readonly (Raw | null)[];
}
export type Answer = { id: number } & ({ reading: Reading } | { error: string });

/** Reads tensors away from the page’s thread. */
export interface TensorReader {
  /** The tensors are handed over; without any, those of the call before are read. */
  read(looking: Looking, lanes?: readonly (Raw | null)[]): Promise<Reading>;
  /** Ends the reading at hand, which rejects; the tensors are gone. */
  cancel(): void;
}

/** A reader in a worker, which is started with its first question, and anew after it was called off. */
export function readerBehind(spawn: () => WorkerLike): TensorReader {
  let worker: WorkerLike | null = null;
  const waiting = new Map<
    number,
    { resolve(reading: Reading): void; reject(error: Error): void }
  >();
  let count = 0;
  const end = (reason: string) => {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const start = () => {
    const started = spawn();
    started.addEventListener('message', (event) => {
      const answer = (event as MessageEvent<Answer>).data;
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('error' in answer) call?.reject(new Error(answer.error));
      else call?.resolve(answer.reading);
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      end((event as ErrorEvent).message || 'The reader of tensors could not be loaded.');
    });
    return started;
  };
  return {
    read: (looking, lanes) =>
      new Promise((resolve, reject) => {
        const id = count++;
        waiting.set(id, { resolve, reject });
        const question: Question = { id, looking, ...(lanes && { lanes }) };
        (worker ??= start()).postMessage(
          question,
          lanes?.flatMap((raw) => (raw ? buffersOf(raw) : [])) ?? [],
        );
      }),
    cancel: () => end('It was called off.'),
  };
}
