import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A batch on the device, N = B·T. Made before the pass: what a hand-written gradient closes over must
 * outlive the forward pass, at whose end TensorFlow.js disposes of what was made in it.
 */
export interface Tokens {
  /** One-hot, [N, V]. */
  inputs: Tensor2D;
  /** One-hot, [N, V]; a row of zeros where the target is not counted. */
  targets: Tensor2D;
  /** [N] int32; −1 where not counted. */
  targetIds: Tensor1D;
}

/**
 * 1 where the id is the column's. The library's own one-hot writes the bits of an integer when wasm is
 * asked for float32, and refuses a vocabulary of one.
 */
const oneHot = (ids: Tensor1D, V: number): Tensor2D =>
  tf.cast(tf.equal(tf.expandDims(ids, 1), tf.range(0, V, 1, 'int32')), 'float32') as Tensor2D;

export function uploadTokens(
  { inputs, targets }: { inputs: Int32Array; targets: Int32Array },
  V: number,
): Tokens {
  const targetIds = tf.tensor1d(targets, 'int32');
  return {
    inputs: oneHot(tf.tensor1d(inputs, 'int32'), V),
    targets: oneHot(targetIds, V),
    targetIds,
  };
}
