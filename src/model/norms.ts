import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { NormId } from '../config/norms';
import type { Context } from './context';

interface NormParams {
  gain: Tensor;
  /** Absent when the model has no biases. */
  bias: Tensor | undefined;
}

interface Norm {
  /** Its learned parameters for d features: shape and starting value. */
  params(d: number): { [name in keyof NormParams]?: { shape: number[]; value: number } };
  /** x: [B, T, D] → [B, T, D] */
  apply(x: Tensor3D, params: NormParams, eps: number): Tensor3D;
}

const perFeature = (d: number, value: number) => ({ shape: [d], value });
const affine = (y: Tensor, { gain, bias }: NormParams): Tensor3D => {
  const scaled = tf.mul(y, gain);
  return (bias ? tf.add(scaled, bias) : scaled) as Tensor3D;
};
const rsqrt = (meanSquare: Tensor, eps: number) => tf.rsqrt(tf.add(meanSquare, eps));

/** Removes the mean and divides by the standard deviation over `axes`, ε inside the root. */
function standardize(x: Tensor3D, axes: number[], eps: number): Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  return tf.mul(centred, rsqrt(variance, eps));
}

const FEATURES = [2];
const TOKENS = [0, 1];

export const norms = {
  layernorm: {
    params: (d) => ({ gain: perFeature(d, 1), bias: perFeature(d, 0) }),
    apply: (x, params, eps) => affine(standardize(x, FEATURES, eps), params),
  },
  rmsnorm: {
    params: (d) => ({ gain: perFeature(d, 1) }),
    apply: (x, { gain }, eps) => {
      const meanSquare = tf.mean(tf.square(x), FEATURES, true); // [B, T, 1]
      return tf.mul(tf.mul(x, rsqrt(meanSquare, eps)), gain);
    },
  },
  scalenorm: {
    params: (d) => ({ gain: { shape: [1], value: Math.sqrt(d) } }),
    apply: (x, { gain }, eps) => {
      const length = tf.sqrt(tf.sum(tf.square(x), FEATURES, true)); // [B, T, 1]
      return tf.mul(tf.div(x, tf.maximum(length, eps)), gain);
    },
  },
  batchnorm: {
    params: (d) => ({ gain: perFeature(d, 1), bias: perFeature(d, 0) }),
    apply: (x, params, eps) => affine(standardize(x, TOKENS, eps), params),
  },
  none: {
    params: () => ({}),
    apply: (x) => x,
  },
} satisfies Record<NormId, Norm> as Record<NormId, Norm>;

/** The configuration's norm with the parameters called `${name}.gain` and `${name}.bias`. */
export function norm(name: string, x: Tensor3D, { config, params }: Context): Tensor3D {
  const learned = { gain: params[`${name}.gain`]!, bias: params[`${name}.bias`] };
  return norms[config.norm].apply(x, learned, config.norm_eps);
}
