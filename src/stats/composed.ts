import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { HeadStatistic, StatisticBy } from '../config/statistics';
import { overLargest } from '../kernels/operations/overLargest';

/*
 * The statistics composed of the library’s operations, for backends that have no loop of ours.
 */

const flat = (x: Tensor): Tensor1D => tf.reshape(x, [-1]);

/** Rows over their largest numbers. x: [S, N] */
const byLargest = (x: Tensor2D) => overLargest(x, [1]);

/** Root mean square of each row. x: [S, N] → [S] */
export function rms(x: Tensor2D): Tensor1D {
  const { largest, unit } = byLargest(x);
  return flat(tf.mul(largest, tf.sqrt(tf.mean(tf.square(unit), 1, true))));
}

/** Moments of each row over all its elements. x: [S, N] → each [S] */
export function moments(x: Tensor2D) {
  const { largest, unit } = byLargest(x);
  const squares = tf.square(unit);
  const meanSquare = tf.mean(squares, 1, true);
  return {
    rms: flat(tf.mul(largest, tf.sqrt(meanSquare))),
    mean: flat(tf.mul(largest, tf.mean(unit, 1, true))),
    absmax: flat(largest),
    kurtosis: flat(tf.mean(tf.square(tf.div(squares, meanSquare)), 1)),
  };
}

/** `TOKEN_MOMENTS` of tensors. x: [S, B, T, D] → each [S] */
export function tokenMoments(x: Tensor4D): Record<StatisticBy<'tokenMoments'>, Tensor1D> {
  const [S, B, T, D] = x.shape;
  const { unit } = byLargest(tf.reshape(x, [S, -1]));
  const featureSquares = tf.mean(tf.reshape(tf.square(unit), [S, B * T, D]), 1); // s_j², [S, D]
  const relative = tf.div(featureSquares, tf.mean(featureSquares, 1, true));

  // Each token over its own largest: beside a huge one the squares of others vanish.
  const token = byLargest(tf.reshape(x, [-1, D]));
  const lengths = tf.sqrt(tf.sum(tf.square(token.unit), 1, true));
  // Σ_{i≠j} cos(x_i, x_j) = ‖Σ_i x_i/‖x_i‖‖² − T
  const directions = tf.reshape(tf.div(token.unit, lengths), [S * B, T, D]);
  const together = tf.sum(tf.square(tf.sum(directions, 1)), 1); // [S·B]
  // One token has no other: what rounding leaves over 0 would be an infinity.
  const cosine = tf.div(tf.sub(together, T), T > 1 ? T * (T - 1) : NaN);

  const sizes = tf.reshape(tf.mul(token.largest, tf.div(lengths, Math.sqrt(D))), [S, B, T]);
  const isCounted = tf.notEqual(sizes, 0);
  const logs = tf.log(tf.where(isCounted, sizes, tf.onesLike(sizes)));
  const tokens = tf.sum(tf.cast(isCounted, 'float32'), [1, 2]);
  const rmsOf = (from: number, count: number): Tensor1D =>
    count
      ? rms(tf.reshape(tf.slice(sizes, [0, 0, from], [S, B, count]), [S, -1]))
      : tf.fill([S], NaN);
  return {
    outlier: flat(tf.mean(tf.square(relative), 1)),
    token_cosine: flat(tf.mean(tf.reshape(cosine, [S, B]), 1)),
    rms_typical: flat(tf.exp(tf.div(tf.sum(logs, [1, 2]), tokens))),
    rms_first: rmsOf(0, 1),
    rms_rest: rmsOf(1, T - 1),
  };
}

/** Weights of the rows of an attention pattern: what a mean over rows i ≥ 1 multiplies them by. [T] */
const overRows = (T: number, weight: (i: number) => number): Tensor =>
  tf.tensor1d(
    Float32Array.from({ length: T }, (_, i) => (T === 1 ? NaN : i ? weight(i) / (T - 1) : 0)),
  );

/** ln(1 + x) for x ≥ 0, exact for small x too, where the backends’ own gives 0 (Kahan’s quotient). */
function log1p(x: Tensor): Tensor {
  const u = tf.add(1, x);
  const excess = tf.sub(u, 1);
  const isLost = tf.equal(excess, 0);
  return tf.where(
    isLost,
    x,
    tf.mul(tf.log(u), tf.div(x, tf.where(isLost, tf.onesLike(x), excess))),
  );
}

/**
 * Entropy of each row, exact also where one key has nearly everything: ln Z is taken as ln c + ln(1 + r/c),
 * with c the number of largest scores and r the sum of the other exponentials. scores (masked), pattern:
 * […, T] → […]
 */
export function rowEntropy(scores: Tensor, pattern: Tensor): Tensor {
  // Below −1e4 an exponential is 0; a difference of huge scores may be −∞, and 0·∞ is no number.
  const below = tf.maximum(tf.sub(scores, tf.max(scores, -1, true)), -1e4); // ≤ 0
  const isLargest = tf.cast(tf.equal(below, 0), 'float32');
  const largest = tf.sum(isLargest, -1);
  const rest = tf.sum(tf.mul(tf.exp(below), tf.sub(1, isLargest)), -1);
  const logZ = tf.add(tf.log(largest), log1p(tf.div(rest, largest)));
  return tf.sub(logZ, tf.sum(tf.mul(pattern, below), -1));
}

/**
 * Statistics of each attention pattern. scores (before the mask), pattern: [G, T, T]; mask: additive,
 * [T, T] → each [G]
 */
export function headMoments(
  scores: Tensor3D,
  pattern: Tensor3D,
  mask: Tensor2D,
  causal: boolean,
): Record<HeadStatistic, Tensor1D> {
  const T = mask.shape[0];
  const entropyWeights = overRows(T, (i) => 1 / Math.log(causal ? i + 1 : T));
  const sinkWeights = overRows(T, () => 1);
  const back = tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, at) => (Math.floor(at / T) - (at % T)) / T),
    [T, T],
  );
  const first = tf.reshape(tf.slice(pattern, [0, 0, 0], [-1, -1, 1]), [-1, T]);
  const masked = tf.add(scores, mask);
  return {
    entropy: flat(tf.sum(tf.mul(rowEntropy(masked, pattern), entropyWeights), 1)),
    max_logit: flat(tf.max(masked, [1, 2])),
    sink: flat(tf.sum(tf.mul(first, sinkWeights), 1)),
    distance: flat(tf.sum(tf.mul(pattern, back), [1, 2])),
  };
}
