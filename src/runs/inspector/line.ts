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
  dispose(): void;
}

export function readerBehind(worker: WorkerLike): TensorReader {
  const waiting = new Map<
    number,
    { resolve(reading: Reading): void; reject(error: Error): void }
  >();
  let count = 0;
  worker.addEventListener('message', (event) => {
    const answer = (event as MessageEvent<Answer>).data;
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(new Error(answer.error));
    else call?.resolve(answer.reading);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const reason = (event as ErrorEvent).message || 'The reader of tensors could not be loaded.';
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  });
  return {
    read: (looking, lanes) =>
      new Promise((resolve, reject) => {
        const id = count++;
        waiting.set(id, { resolve, reject });
        const question: Question = { id, looking, ...(lanes && { lanes }) };
        worker.postMessage(question, lanes?.flatMap((raw) => (raw ? buffersOf(raw) : [])) ?? []);
      }),
    dispose: () => worker.terminate(),
  };
}
