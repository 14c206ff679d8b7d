import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from '../kernels/differentiable';

/** c·tanh(z/c): no further from 0 than c; c = 0 is off (Gemma Team 2024, Gemma 2, section 2). */
export const softcap = <T extends Tensor>(z: T, c: number): T =>
  c === 0
    ? z
    : differentiable(
        (z: T) => {
          const t = tf.tanh(tf.div(z, c));
          return { value: tf.mul(t, c) as T, saved: [t] };
        },
        (dy, t) => [tf.mul(dy, tf.sub(1, tf.square(t!)))],
      )(z);
