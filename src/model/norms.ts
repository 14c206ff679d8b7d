import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { NormId } from '../config/norms';
import {
  divideByLength,
  divideByRms,
  gained,
  gainedAndShifted,
  standardize,
} from '../kernels/normalize';
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
const withAffine = (y: Tensor, { gain, bias }: NormParams): Tensor3D =>
  (bias ? gainedAndShifted(y, gain, bias) : gained(y, gain)) as Tensor3D;

const FEATURES = [2];
const TOKENS = [0, 1];

export const norms = {
  layernorm: {
    params: (d) => ({ gain: perFeature(d, 1), bias: perFeature(d, 0) }),
    apply: (x, params, eps) => withAffine(standardize(x, FEATURES, eps), params),
  },
  rmsnorm: {
    params: (d) => ({ gain: perFeature(d, 1) }),
    apply: (x, { gain }, eps) => gained(divideByRms(x, FEATURES, eps), gain) as Tensor3D,
  },
  scalenorm: {
    params: (d) => ({ gain: { shape: [1], value: Math.sqrt(d) } }),
    apply: (x, { gain }, eps) => tf.mul(divideByLength(x, FEATURES, eps), gain),
  },
  batchnorm: {
    params: (d) => ({ gain: perFeature(d, 1), bias: perFeature(d, 0) }),
    apply: (x, params, eps) => withAffine(standardize(x, TOKENS, eps), params),
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
