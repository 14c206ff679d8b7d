import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { rowEntropy } from './composed';
import { rms } from './moments';

/** RMS at each position, over batch and features. x: [B, T, D] → [T] */
export function rmsByPosition(x: Tensor3D): Tensor1D {
  const [, T] = x.shape;
  return rms(tf.reshape(tf.transpose(x, [1, 0, 2]), [T, -1]));
}

/**
 * Entropy of the rows of each position over the log of the number of keys they see, mean over batch and
 * heads: [T]; NaN at a position that sees one key. scores (before the mask), pattern: [B, H, T, T];
 * mask: additive, [T, T]
 */
export function entropyByPosition(
  scores: Tensor,
  pattern: Tensor,
  mask: Tensor2D,
  causal: boolean,
): Tensor1D {
  const T = mask.shape[0];
  const rows = rowEntropy(tf.add(scores, mask), pattern); // [B, H, T]
  const most = Float32Array.from({ length: T }, (_, i) => Math.log(causal ? i + 1 : T) || NaN);
  return tf.div(tf.mean(rows, [0, 1]), tf.tensor1d(most));
}
