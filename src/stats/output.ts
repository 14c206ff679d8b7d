import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { OutputStatistic } from '../config/statistics';
import { rowEntropy } from './composed';
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
  const entropy = rowEntropy(logits, tf.softmax(logits)) as Tensor1D;
  const right = tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32') as Tensor1D;
  return {
    logit_rms: tf.reshape(rms(tf.reshape(logits, [1, -1])), []),
    output_entropy: meanOverCounted(entropy),
    accuracy: meanOverCounted(right),
  };
}
