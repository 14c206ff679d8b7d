import type { Config } from '../../config/fields';
import type { WorkerLike } from '../client';
import { lineTo } from '../workerLine';
import type { Estimate } from './answer';

/** `text` is left out where it is that of the question before. */
export interface Question {
  config: Config;
  isInHaste: boolean;
  text?: string | null;
}

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

/** A predictor in a worker, which is given a text once. */
export function predictorBehind(spawn: () => WorkerLike): Predictor {
  let known: string | null | undefined;
  const line = lineTo<Question, Estimate>(
    spawn,
    'The code of the theory could not be loaded.',
    () => (known = undefined),
  );
  return {
    predict(config, text, isInHaste) {
      const isNew = text !== known;
      known = text;
      return line.ask({ config, isInHaste, ...(isNew && { text }) });
    },
    cancel: line.cancel,
  };
}
