import { unpack, type PackedFrame, type Measurement } from './frame';

/** Statistics of what stands at one position, position by position; NaN where they are not defined. */
export interface ByPosition {
  /** Mean loss of the counted targets at a position, [T]. */
  loss: Float32Array;
  /** RMS of `resid_post`, layer by layer, [L · T]. */
  rms: Float32Array;
  /** Mean entropy of the heads’ rows over ln(number of keys), layer by layer, [L · T]. */
  entropy: Float32Array;
}

/** Change of an earlier output when the last token is another one, as a share of its size. */
export interface Leak {
  training: number;
  evaluation: number;
}

/** The model as it is used rather than trained: running statistics, nothing dropped, perhaps longer. */
export interface Evaluation {
  /** The same statistics as in training, but none of gradients and updates. */
  frame: PackedFrame;
  seq_len: number;
  /** The batch is the training step's own, so that nothing but the mode differs. */
  sameBatch: boolean;
  position: ByPosition;
  /** Null where nothing can leak: no norm is over the batch, the model is not causal, or has one token. */
  leak: Leak | null;
}

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
