import type { Evaluation } from '../protocol/evaluation';
import { unpack } from '../protocol/frame';
import type { Measurement } from '../protocol/measurement';

/**
 * The measurement of a model as it is used, without gradients and updates, beside that of the same step in
 * training.
 */
export interface Evaluated extends Measurement, Omit<Evaluation, 'frame'> {
  training: Measurement;
}

/** An evaluation beside the measurement of its step in training. */
export const evaluatedBeside = (training: Measurement, evaluation: Evaluation): Evaluated => ({
  ...evaluation,
  ...training,
  frame: unpack(training.layout, evaluation.frame),
  training,
});
