import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';

/*
 * Loss scaling (Micikevicius et al. 2018, Mixed Precision Training, section 3.2): the gradient is made
 * larger at the top, so that it stays above the smallest numbers of the format on its way down.
 */

/** The first dynamic scale, the good steps after which it doubles, and the largest. */
const FIRST = 2 ** 16;
const PATIENCE = 200;
const LARGEST = 2 ** 24;

/** The loss is scaled in low precision alone: float32 has room for any gradient. */
export const isScaled = ({ precision, loss_scale }: Config): boolean =>
  precision !== 'fp32' && loss_scale !== 1;
export const isDynamic = (config: Config): boolean => isScaled(config) && config.loss_scale === 0;

/** The dynamic scale, the good steps since it changed, and the updates made: [3]. */
export const FIRST_SCALER = Float32Array.of(FIRST, 0, 0);
export const firstScaler = (): Tensor1D => tf.tensor1d(FIRST_SCALER.slice());

/** The same scale, of a model whose moments are of this many updates. scaler: [3] */
export const withUpdates = (scaler: Tensor1D, made: number): Tensor1D =>
  tf.concat1d([tf.slice(scaler, [0], [2]), tf.tensor1d([made])]);

/** Updates made so far: with a dynamic scale, all but those that an overflow prevented. */
export const updatesMade = (scaler: Tensor1D): Scalar => tf.reshape(tf.slice(scaler, [2], [1]), []);

export const scaleOf = (config: Config, scaler: Tensor1D): Scalar =>
  isDynamic(config) ? tf.reshape(tf.slice(scaler, [0], [1]), []) : tf.scalar(config.loss_scale);

/** 1 where every number of a vector is finite, else 0. A sum of 2³² finite numbers over that is finite, too. */
export const allFinite = (x: Tensor1D): Scalar =>
  tf.cast(tf.lessEqual(tf.sum(tf.abs(tf.mul(x, 2 ** -32))), 3e38), 'float32');

/** One of two vectors, whatever is in the other: `now` where `flag` is 1, `before` where it is 0. */
export const chosen = (flag: Scalar, now: Tensor1D, before: Tensor1D): Tensor1D =>
  tf.where(tf.cast(tf.mul(flag, tf.onesLike(now)), 'bool'), now, before);

/** Halved where a gradient was not finite, doubled after enough steps where all were. scaler: [3] */
export function nextScaler(scaler: Tensor1D, flag: Scalar): Tensor1D {
  const [scale, good, made] = tf.unstack(scaler) as [Scalar, Scalar, Scalar];
  const count = tf.mul(tf.add(good, 1), flag);
  const isDue = tf.cast(tf.greaterEqual(count, PATIENCE), 'float32');
  const factor = tf.add(tf.mul(flag, tf.add(1, isDue)), tf.mul(tf.sub(1, flag), 0.5));
  return tf.stack([
    tf.minimum(tf.mul(scale, factor), LARGEST),
    tf.mul(count, tf.sub(1, isDue)),
    tf.add(made, flag),
  ]) as Tensor1D;
}
