import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** float32’s smallest normal number: keeps 0/0 out of a division by the largest value of all zeros. */
const TINY = 1.2e-38;

const flat = (x: Tensor): Tensor1D => tf.reshape(x, [-1]);

/**
 * Rows divided by their largest absolute value, so that squares and fourth powers neither overflow nor
 * vanish: activations without a norm reach 1e30, gradients 1e-25. x: [S, N]
 */
function byLargest(x: Tensor2D): { largest: Tensor2D; unit: Tensor2D } {
  const largest = tf.max(tf.abs(x), 1, true) as Tensor2D; // [S, 1]
  return { largest, unit: tf.div(x, tf.maximum(largest, TINY)) };
}

/** Root mean square of each row. x: [S, N] → [S] */
export function rms(x: Tensor2D): Tensor1D {
  const { largest, unit } = byLargest(x);
  return flat(tf.mul(largest, tf.sqrt(tf.mean(tf.square(unit), 1, true))));
}

/**
 * Moments of each row over all its elements. x: [S, N] → each [S].
 * `squares` are those of the rows divided by their largest value: scale-free material for more.
 */
export function moments(x: Tensor2D) {
  const { largest, unit } = byLargest(x);
  const squares = tf.square(unit);
  const meanSquare = tf.mean(squares, 1, true);
  return {
    rms: flat(tf.mul(largest, tf.sqrt(meanSquare))),
    mean: flat(tf.mul(largest, tf.mean(unit, 1, true))),
    absmax: flat(largest),
    kurtosis: tf.mean(tf.square(tf.div(squares, meanSquare)), 1),
    unit,
    squares,
  };
}

/**
 * How unlike the features are (neuron kurtosis) and how alike the tokens, of each of S tensors.
 * unit, squares: [S, B·T·D] → each [S]
 */
export function tokenMoments(
  { unit, squares }: { unit: Tensor; squares: Tensor },
  [B, T, D]: [number, number, number],
): { outlier: Tensor1D; token_cosine: Tensor1D } {
  const S = unit.shape[0]!;
  const featureSquares = tf.mean(tf.reshape(squares, [S, B * T, D]), 1); // s_j², [S, D]
  const relative = tf.div(featureSquares, tf.mean(featureSquares, 1, true));

  // Σ_{i≠j} cos(x_i, x_j) = ‖Σ_i x_i/‖x_i‖‖² − T
  const lengths = tf.sqrt(tf.sum(tf.reshape(squares, [S * B, T, D]), 2, true)); // [S·B, T, 1]
  const directions = tf.div(tf.reshape(unit, [S * B, T, D]), lengths);
  const together = tf.sum(tf.square(tf.sum(directions, 1)), 1); // [S·B]
  const cosine = tf.div(tf.sub(together, T), T * (T - 1));
  return {
    outlier: tf.mean(tf.square(relative), 1) as Tensor1D,
    token_cosine: tf.mean(tf.reshape(cosine, [S, B]), 1) as Tensor1D,
  };
}
