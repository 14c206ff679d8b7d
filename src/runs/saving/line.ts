import { buffersOf } from '../sessions/chunks';
import type { Chunk } from '../sessions/format';
import type { WorkerLike } from '../client';
import type { Outline } from './writer';

export type Question = { begin: Outline } | { add: Chunk; lane: number } | { finish: true };
export type Answer = { blob: Blob | null } | { error: string };

/** A file under way: pieces of a run go in one after the other, each when the one before was taken. */
export interface FileLine {
  begin(outline: Outline): Promise<void>;
  /** The chunk is handed over. */
  add(chunk: Chunk, lane: number): Promise<void>;
  finish(): Promise<Blob>;
  dispose(): void;
}

/** A file that is written in a worker of its own. */
export function lineTo(worker: WorkerLike): FileLine {
  let waiting: { resolve(blob: Blob | null): void; reject(error: Error): void } | null = null;
  const settle = (answer: Answer) => {
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.blob);
    waiting = null;
  };
  worker.addEventListener('message', (event) => settle((event as MessageEvent<Answer>).data));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    settle({ error: (event as ErrorEvent).message || 'Its writer could not be loaded.' });
  });
  const ask = (question: Question, buffers: Transferable[] = []) =>
    new Promise<Blob | null>((resolve, reject) => {
      waiting = { resolve, reject };
      worker.postMessage(question, buffers);
    });
  return {
    begin: async (outline) => void (await ask({ begin: outline })),
    add: async (chunk, lane) => void (await ask({ add: chunk, lane }, buffersOf([chunk]))),
    finish: async () => (await ask({ finish: true }))!,
    dispose() {
      worker.terminate();
      // Whoever waits for it waits no more.
      settle({ error: 'It was called off.' });
    },
  };
}
