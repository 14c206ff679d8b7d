import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { OutputStatistic } from '../config/statistics';
import { rms } from './moments';

/**
 * Statistics of the softmax over the vocabulary, over the counted tokens (`logit_rms`: over all).
 * @param logits [N, V]
 * @param targets [N] int32, −1 is not counted
 */
export function outputStatistics(
  logits: Tensor2D,
  targets: Tensor1D,
): Record<OutputStatistic, Scalar> {
  const counted = tf.cast(tf.greaterEqual(targets, 0), 'float32'); // [N]
  const meanOverCounted = (x: Tensor1D): Scalar =>
    tf.div(tf.sum(tf.mul(x, counted)), tf.sum(counted));
  // Below −1e4 an exponential is 0; a difference of huge logits may be −∞, and 0·∞ is no number.
  const below = tf.maximum(tf.sub(logits, tf.max(logits, 1, true)), -1e4);
  const exponentials = tf.exp(below);
  const total = tf.sum(exponentials, 1); // [N]
  const entropy = tf.sub(
    tf.log(total),
    tf.div(tf.sum(tf.mul(exponentials, below), 1), total),
  ) as Tensor1D;
  const right = tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32') as Tensor1D;
  return {
    logit_rms: tf.reshape(rms(tf.reshape(logits, [1, -1])), []),
    output_entropy: meanOverCounted(entropy),
    accuracy: meanOverCounted(right),
  };
}
