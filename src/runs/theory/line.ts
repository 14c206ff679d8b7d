import type { Config } from '../../config/fields';
import type { WorkerLike } from '../client';
import type { Estimate } from './answer';

/** `text` is left out where it is that of the question before. */
export interface Question {
  id: number;
  config: Config;
  isInHaste: boolean;
  text?: string | null;
}
export type Answer = { id: number } & ({ estimate: Estimate } | { error: string });

/** Computes predictions away from the page’s thread. */
export interface Predictor {
  /**
   * @param text what the text task reads; null where it is not known
   * @param isInHaste a rough one does
   */
  predict(config: Config, text: string | null, isInHaste: boolean): Promise<Estimate>;
  /** Ends the prediction at hand, which rejects. */
  cancel(): void;
}

/** A predictor in a worker, which is started with its first question, and anew after it was called off. */
export function predictorBehind(spawn: () => WorkerLike): Predictor {
  let worker: WorkerLike | null = null;
  let known: string | null | undefined;
  let count = 0;
  const waiting = new Map<
    number,
    { resolve(estimate: Estimate): void; reject(error: Error): void }
  >();
  const end = (reason: string) => {
    worker?.terminate();
    worker = null;
    known = undefined;
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
      else call?.resolve(answer.estimate);
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      end((event as ErrorEvent).message || 'The code of the theory could not be loaded.');
    });
    return started;
  };
  return {
    predict: (config, text, isInHaste) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = count++;
        waiting.set(id, { resolve, reject });
        const question: Question = { id, config, isInHaste, ...(text !== known && { text }) };
        known = text;
        worker.postMessage(question, []);
      }),
    cancel: () => end('It was called off.'),
  };
}
