import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitStatistic } from '../config/statistics';
import { outputKernel } from '../kernels/statistics/outputMoments';
import { rowEntropy } from './composed';
import { rms } from './moments';
import { OUTPUT_MOMENTS } from './rows';

const BINS = 15;

/**
 * Expected calibration error, Σ_k n_k/N |acc_k − conf_k| (Guo et al. 2017, eq. 3): bins of equal width over
 * the confidence, k from 1 to 15, hold what is above (k − 1)/15 and at most k/15. Of n_k(acc_k − conf_k) the
 * n_k goes out: it is the sum over the bin of what was right less how likely it was held.
 *
 * @param confidence probability of the most likely symbol, [N]
 * @param right 1 where that is the target, [N]
 * @param counted 1 where the token is counted, [N]
 */
function calibrationError(confidence: Tensor1D, right: Tensor1D, counted: Tensor1D): Scalar {
  const gaps = tf.mul(tf.sub(right, confidence), counted);
  // A probability may be rounded to more than 1.
  const bin = tf.minimum(tf.ceil(tf.mul(confidence, BINS)), BINS);
  const isInBin = tf.equal(tf.reshape(bin, [-1, 1]), tf.range(1, BINS + 1)); // [N, 15]
  const sums = tf.matMul(tf.reshape(gaps, [1, -1]), tf.cast(isInBin, 'float32')); // [1, 15]
  return tf.div(tf.sum(tf.abs(sums)), tf.sum(counted));
}

function composed(logits: Tensor2D, targets: Tensor1D): Tensor1D {
  const counted: Tensor1D = tf.cast(tf.greaterEqual(targets, 0), 'float32'); // [N]
  const meanOverCounted = (x: Tensor1D): Scalar =>
    tf.div(tf.sum(tf.mul(x, counted)), tf.sum(counted));
  const p = tf.softmax(logits);
  const entropy = rowEntropy(logits, p) as Tensor1D;
  const right = tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32') as Tensor1D;
  const values: Record<LogitStatistic, Scalar> = {
    logit_rms: tf.reshape(rms(tf.reshape(logits, [1, -1])), []),
    output_entropy: meanOverCounted(entropy),
    accuracy: meanOverCounted(right),
    ece: calibrationError(tf.max(p, 1), right, counted),
  };
  return tf.stack(OUTPUT_MOMENTS.map((id) => values[id])) as Tensor1D;
}

/**
 * Statistics of the softmax over the vocabulary, over the counted tokens (`logit_rms`: over all).
 * @param logits [N, V]
 * @param targets [N] int32, −1 is not counted
 * @returns `OUTPUT_MOMENTS`, [moments]
 */
export const outputStatistics = (logits: Tensor2D, targets: Tensor1D): Tensor1D =>
  (outputKernel({ logits, targets }, {})?.[0] as Tensor1D | undefined) ?? composed(logits, targets);
