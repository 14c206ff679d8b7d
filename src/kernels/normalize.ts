import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable';

const meanOver = (axes: number[]) => (x: Tensor) => tf.mean(x, axes, true);

/**
 * (x − mean)/√(var + ε) over `axes`. With r = 1/√(var + ε) and y the result,
 * dx = r (dy − mean(dy) − y mean(y dy)) (Ba et al. 2016; Ioffe, Szegedy 2015 over the batch).
 */
export function standardize<T extends Tensor>(x: T, axes: number[], eps: number): T {
  const mean = meanOver(axes);
  return differentiable(
    (x: T) => {
      const centred = tf.sub(x, mean(x));
      const r = tf.rsqrt(tf.add(mean(tf.square(centred)), eps));
      const y: T = tf.mul(centred, r);
      return { value: y, saved: [y, r] };
    },
    (dy, y, r) => {
      const along = tf.mul(y!, mean(tf.mul(y!, dy)));
      return [tf.mul(r!, tf.sub(tf.sub(dy, mean(dy)), along))];
    },
  )(x);
}

/**
 * x/√(mean(x²) + ε) over `axes`. With r = 1/√(mean(x²) + ε) and y the result, dx = r (dy − y mean(y dy))
 * (Zhang, Sennrich 2019).
 */
export function divideByRms<T extends Tensor>(x: T, axes: number[], eps: number): T {
  const mean = meanOver(axes);
  return differentiable(
    (x: T) => {
      const r = tf.rsqrt(tf.add(mean(tf.square(x)), eps));
      const y: T = tf.mul(x, r);
      return { value: y, saved: [y, r] };
    },
    (dy, y, r) => [tf.mul(r!, tf.sub(dy, tf.mul(y!, mean(tf.mul(y!, dy)))))],
  )(x);
}

/**
 * x/max(‖x‖, ε) over `axes`. With m the denominator and y the result, dx = (dy − y Σ(y dy))/m where the
 * norm is above ε, and dy/m below, where the function is linear: finite also at x = 0, where the root has
 * no derivative (Nguyen, Salazar 2019).
 */
export function divideByLength<T extends Tensor>(x: T, axes: number[], eps: number): T {
  const sum = (x: Tensor) => tf.sum(x, axes, true);
  return differentiable(
    (x: T) => {
      const length = tf.sqrt(sum(tf.square(x)));
      const m = tf.maximum(length, eps);
      const y: T = tf.div(x, m);
      return { value: y, saved: [y, m, tf.cast(tf.greater(length, eps), 'float32')] };
    },
    (dy, y, m, isAbove) => {
      const along = tf.mul(tf.mul(y!, sum(tf.mul(y!, dy))), isAbove!);
      return [tf.div(tf.sub(dy, along), m!)];
    },
  )(x);
}

const axesBeforeLast = (x: Tensor) => x.shape.slice(0, -1).map((_, axis) => axis);

/** g ⊙ y, the gain per feature: y: […, D], g: [D] → […, D] */
export const gained = differentiable(
  (y: Tensor, g: Tensor) => ({ value: tf.mul(y, g), saved: [y, g] }),
  (dy, y, g) => [tf.mul(dy, g!), tf.sum(tf.mul(dy, y!), axesBeforeLast(dy))],
);

/** g ⊙ y + b, per feature: y: […, D], g, b: [D] → […, D] */
export const gainedAndShifted = differentiable(
  (y: Tensor, g: Tensor, b: Tensor) => ({ value: tf.add(tf.mul(y, g), b), saved: [y, g] }),
  (dy, y, g) => {
    const axes = axesBeforeLast(dy);
    return [tf.mul(dy, g!), tf.sum(tf.mul(dy, y!), axes), tf.sum(dy, axes)];
  },
);
