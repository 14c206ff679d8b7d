import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { registerLoop } from '../loop';

/**
 * The softmax's gradient, ds_j = p_j (dp_j − Σ_k p_k dp_k), with dp measured from its value at the largest
 * p: the result is the same, but where one key has nearly everything the plain form subtracts two numbers
 * that agree in all the digits that float32 has, and what is left is noise. p, dp: […, T] → […, T]
 */
const gradientLoop = registerLoop<object>({
  name: 'SoftmaxGradient',
  shape: ([p]) => p!.shape,
  run([p, dp], ds, _attributes, [shape]) {
    const T = shape!.at(-1)!;
    for (let row = 0; row < ds.length; row += T) {
      let largest = row;
      for (let j = row; j < row + T; j++) if (p![j]! > p![largest]!) largest = j;
      const origin = dp![largest]!;
      let mean = 0;
      for (let j = row; j < row + T; j++) mean += p![j]! * (dp![j]! - origin);
      for (let j = row; j < row + T; j++) ds[j] = p![j]! * (dp![j]! - origin - mean);
    }
  },
});

function composedGradient(p: Tensor, dp: Tensor): Tensor {
  const isLargest = tf.cast(tf.equal(p, tf.max(p, -1, true)), 'float32');
  const origin = tf.div(tf.sum(tf.mul(dp, isLargest), -1, true), tf.sum(isLargest, -1, true));
  const centred = tf.sub(dp, origin);
  return tf.mul(p, tf.sub(centred, tf.sum(tf.mul(p, centred), -1, true)));
}

export const softmax = <T extends Tensor>(scores: T): T =>
  differentiable(
    (scores: T) => {
      const p = tf.softmax(scores);
      return { value: p, saved: [p] };
    },
    (dp, p) => [gradientLoop([p!, dp], {}) ?? composedGradient(p!, dp)],
  )(scores);
