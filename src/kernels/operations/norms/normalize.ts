import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from '../../differentiable';
import { shareOf } from '../../../lib/floats';
import { roundingAll } from '../../precision/current';
import { exempt } from '../../precision/emulate';

/**
 * The mean over `axes`, as a sum and a quotient: in a format with little range the sum of squares is what
 * overflows first. How many there are is no number of the format.
 */
const meanOver = (axes: number[]) => (x: Tensor) => {
  const count = exempt(() => tf.scalar(axes.reduce((size, axis) => size * x.shape[axis]!, 1)));
  return tf.div(tf.sum(x, axes, true), count);
};

/** The same of numbers that may be as large as float32 has them; in other formats the sum is what overflows. */
const centreOver = (axes: number[]) => (x: Tensor) => {
  if (roundingAll()) return meanOver(axes)(x);
  const share = shareOf(axes.reduce((size, axis) => size * x.shape[axis]!, 1));
  return tf.div(meanOver(axes)(tf.mul(x, share)), share);
};

/**
 * (x − mean)/√(var + ε) over `axes`. With r = 1/√(var + ε) and y the result,
 * dx = r (dy − mean(dy) − y mean(y dy)) (Ba et al. 2016; Ioffe, Szegedy 2015 over the batch).
 * `follow` is told mean and variance on the way forward.
 */
export function standardize<T extends Tensor>(
  x: T,
  axes: number[],
  eps: number,
  follow?: (mean: Tensor, variance: Tensor) => void,
): T {
  const mean = meanOver(axes);
  return differentiable(
    (x: T) => {
      const centre = centreOver(axes)(x);
      const centred = tf.sub(x, centre);
      const variance = mean(tf.square(centred));
      follow?.(centre, variance);
      const r = tf.rsqrt(tf.add(variance, eps));
      const y: T = tf.mul(centred, r);
      return { value: y, saved: [y, r] };
    },
    (dy, y, r) => {
      const along = tf.mul(y!, mean(tf.mul(y!, dy)));
      return [tf.mul(r!, tf.sub(tf.sub(dy, mean(dy)), along))];
    },
  )(x);
}

/** The first `count` features: […, d] → […, count] */
const firstOf = (x: Tensor, count: number): Tensor =>
  tf.slice(x, Array<number>(x.rank).fill(0), [...x.shape.slice(0, -1), count]);

/** Zeros for the rest of `d` features: […, count] → […, d] */
const padded = (x: Tensor, d: number): Tensor =>
  tf.pad(
    x,
    x.shape.map((size, axis): [number, number] => [0, axis === x.rank - 1 ? d - size : 0]),
  );

/**
 * x/√(mean(x²) + ε) over `axes`. With r = 1/√(mean(x²) + ε) and y the result, dx = r (dy − y mean(y dy))
 * (Zhang, Sennrich 2019). With `counted`, the mean is that of the first so many features alone, and only
 * these have the second term, with Σ(y dy)/counted in place of the mean (their section 3.2).
 * `follow` is told the mean square on the way forward.
 */
export function divideByRms<T extends Tensor>(
  x: T,
  axes: number[],
  eps: number,
  counted?: number,
  follow?: (meanSquare: Tensor) => void,
): T {
  const mean = meanOver(axes);
  const d = x.shape.at(-1)!;
  // Not by a factor of 0: what is not counted may be infinite.
  const ofCounted = (x: Tensor) => (counted ? firstOf(x, counted) : x);
  return differentiable(
    (x: T) => {
      const meanSquare = mean(tf.square(ofCounted(x)));
      follow?.(meanSquare);
      const r = tf.rsqrt(tf.add(meanSquare, eps));
      const y: T = tf.mul(x, r);
      return { value: y, saved: [y, r] };
    },
    (dy, y, r) => {
      const along = mean(tf.mul(y!, dy));
      const share = counted ? tf.mul(along, d / counted) : along;
      const radial = tf.mul(ofCounted(y!), share);
      return [tf.mul(r!, tf.sub(dy, counted ? padded(radial, d) : radial))];
    },
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
