import type { Batch, LossLevels } from '../lib/batch';

/** What a model reads and predicts. Any step's batch can be drawn at any time, in any order. */
export interface Task {
  /** Each token as it is shown; tokens are places in this list. */
  vocabulary: string[];
  levels: LossLevels;
  /** The batch of step `step`, a function of the seed and the step alone. */
  batch(step: number): Batch;
}
