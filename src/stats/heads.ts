import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { HeadStatistic } from '../config/statistics';

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
 * with c the number of largest scores and r the sum of the other exponentials. → [G, T]
 */
function rowEntropy(masked: Tensor3D, pattern: Tensor3D): Tensor2D {
  const below = tf.sub(masked, tf.max(masked, 2, true)); // ≤ 0
  const isLargest = tf.cast(tf.equal(below, 0), 'float32');
  const largest = tf.sum(isLargest, 2);
  const rest = tf.sum(tf.mul(tf.exp(below), tf.sub(1, isLargest)), 2);
  const logZ = tf.add(tf.log(largest), log1p(tf.div(rest, largest)));
  return tf.sub(logZ, tf.sum(tf.mul(pattern, below), 2));
}

/**
 * Statistics of attention heads.
 * @param scores before the mask, [G, T, T] with G = layers · B · H
 * @param pattern after the softmax, [G, T, T]
 * @param mask additive, [T, T]
 * @returns each [layers, H], the mean over the batch (of `max_logit` the largest)
 */
export function headStatistics(
  scores: Tensor3D,
  pattern: Tensor3D,
  mask: Tensor2D,
  causal: boolean,
  [layers, B, H]: [number, number, number],
): Record<HeadStatistic, Tensor2D> {
  const T = mask.shape[0];
  const perHead = (x: Tensor) => tf.reshape(x, [layers, B, H]);
  const averaged = (x: Tensor) => tf.mean(perHead(x), 1) as Tensor2D;

  const entropyWeights = overRows(T, (i) => 1 / Math.log(causal ? i + 1 : T));
  const sinkWeights = overRows(T, () => 1);
  const back = tf.tensor2d(
    Float32Array.from({ length: T * T }, (_, at) => (Math.floor(at / T) - (at % T)) / T),
    [T, T],
  );
  const first = tf.reshape(tf.slice(pattern, [0, 0, 0], [-1, -1, 1]), [-1, T]);
  return {
    entropy: averaged(tf.sum(tf.mul(rowEntropy(tf.add(scores, mask), pattern), entropyWeights), 1)),
    max_logit: tf.max(perHead(tf.max(scores, [1, 2])), 1) as Tensor2D,
    sink: averaged(tf.sum(tf.mul(first, sinkWeights), 1)),
    distance: averaged(tf.sum(tf.mul(pattern, back), [1, 2])),
  };
}
