import type { Workload } from '../workload';
import type { Backend } from '../sizes';

/** One model in training, in some library. */
export interface BenchEngine {
  /** Way in which lanes put a row together on this device, where there is a choice. */
  rows?: string;
  /**
   * Forward, backward and update on the next batch, finished when the promise is.
   * @returns the loss before the update, in nats; nothing where the engine was asked for no number
   */
  step(): Promise<number | undefined>;
}

export type OpenEngine = (workload: Workload, backend: Backend) => Promise<BenchEngine>;
