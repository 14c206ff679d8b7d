import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** float32’s smallest normal number: keeps 0/0 out of a division by the largest value of all zeros. */
const TINY = 1.2e-38;

/**
 * Numbers over the largest absolute value along `axes`, which stay as axes of one, so that squares and fourth powers
 * neither overflow nor vanish: activations without a norm reach 1e30, gradients 1e-25.
 */
export function overLargest<T extends Tensor>(x: T, axes: number[]): { largest: T; unit: T } {
  const largest: T = tf.max(tf.abs(x), axes, true);
  return { largest, unit: tf.div(x, tf.maximum(largest, TINY)) };
}
