import type { Batch, LossLevels } from '../lib/batch';

/** The purpose of a batch. The two never share a draw: what is evaluated was not trained on. */
export type Split = 'train' | 'eval';

/** The source of what a model reads and predicts. Any step's batch can be drawn at any time, in any order. */
export interface Task {
  /** Each token as it is shown; tokens are places in this list. It does not depend on the length. */
  vocabulary: string[];
  levels: LossLevels;
  /** The batch of step `step`, to train on unless said otherwise; a function of seed, step and split. */
  batch(step: number, split?: Split): Batch;
}
