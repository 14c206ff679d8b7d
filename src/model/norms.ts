import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { modalitiesOf, modalityOf } from '../config/modalities';
import type { NormId } from '../config/norms';
import {
  divideByLength,
  divideByRms,
  gained,
  gainedAndShifted,
  standardize,
} from '../kernels/normalize';
import { chooseRows } from '../kernels/rows';
import type { Context } from './context';

/** A tensor of a norm: its shape, what it starts with, and what it is where it is not a gain. */
export interface NormTensor {
  shape: number[];
  value: number;
  /** A bias goes when the model has none; a buffer is kept, not learned. */
  kind?: 'bias' | 'buffer';
}

/** What a norm finds at its place. */
interface Scope {
  /** A learned tensor of this norm, by the last part of its name. */
  param(part: string): Tensor;
  /** Absent when the model has no biases. */
  bias: Tensor | undefined;
  eps: number;
  training: boolean;
  buffer(part: string): Tensor;
  /** Takes the statistics of the batch: mean (null where it is not removed) and variance, per feature. */
  follow(mean: Tensor | null, variance: Tensor): void;
  /** The modality of each position, [T] int32. */
  modality(): Tensor1D;
}

interface Norm {
  /** Its tensors for d features and M modalities, by the last part of their names. */
  tensors(d: number, M: number): Record<string, NormTensor>;
  /** Over the last axis, or over all others: x: […, d] → […, d] */
  apply(x: Tensor, scope: Scope): Tensor;
}

const perFeature = (d: number, value: number): NormTensor => ({ shape: [d], value });
const single = (value: number): NormTensor => ({ shape: [1], value });
const bias = (d: number): NormTensor => ({ shape: [d], value: 0, kind: 'bias' });
const buffer = (d: number, value: number): NormTensor => ({ shape: [d], value, kind: 'buffer' });
const affine = (d: number) => ({ gain: perFeature(d, 1), bias: bias(d) });

const withGain = (y: Tensor, { param }: Scope): Tensor => gained(y, param('gain'));
const withAffine = (y: Tensor, { param, bias }: Scope): Tensor =>
  bias ? gainedAndShifted(y, param('gain'), bias) : gained(y, param('gain'));

const features = (x: Tensor): number[] => [x.rank - 1];
const tokens = (x: Tensor): number[] => x.shape.slice(0, -1).map((_, axis) => axis);

/** Share of a new batch's statistics in the running ones. */
export const MOMENTUM = 0.1;

export const norms = {
  layernorm: {
    tensors: affine,
    apply: (x, scope) => withAffine(standardize(x, features(x), scope.eps), scope),
  },
  rmsnorm: {
    tensors: (d) => ({ gain: perFeature(d, 1) }),
    apply: (x, scope) => withGain(divideByRms(x, features(x), scope.eps), scope),
  },
  prmsnorm: {
    tensors: (d) => ({ gain: perFeature(d, 1) }),
    apply: (x, scope) => {
      const counted = Math.max(1, Math.floor(x.shape.at(-1)! / 16));
      return withGain(divideByRms(x, features(x), scope.eps, counted), scope);
    },
  },
  scalenorm: {
    tensors: (d) => ({ gain: single(Math.sqrt(d)) }),
    apply: (x, { param, eps }) => tf.mul(divideByLength(x, features(x), eps), param('gain')),
  },
  batchnorm: {
    tensors: (d) => ({
      ...affine(d),
      running_mean: buffer(d, 0),
      running_var: buffer(d, 1),
    }),
    apply: (x, scope) => {
      if (!scope.training) {
        const centred = tf.sub(x, scope.buffer('running_mean'));
        const r = tf.rsqrt(tf.add(scope.buffer('running_var'), scope.eps));
        return withAffine(tf.mul(centred, r), scope);
      }
      return withAffine(standardize(x, tokens(x), scope.eps, scope.follow), scope);
    },
  },
  powernorm: {
    tensors: (d) => ({ ...affine(d), running_var: buffer(d, 1) }),
    apply: (x, scope) => {
      if (!scope.training) {
        const r = tf.rsqrt(tf.add(scope.buffer('running_var'), scope.eps));
        return withAffine(tf.mul(x, r), scope);
      }
      const follow = (meanSquare: Tensor) => scope.follow(null, meanSquare);
      return withAffine(divideByRms(x, tokens(x), scope.eps, undefined, follow), scope);
    },
  },
  dyt: {
    tensors: (d) => ({ ...affine(d), alpha: single(0.5) }),
    apply: (x, scope) => withAffine(tf.tanh(tf.mul(x, scope.param('alpha'))), scope),
  },
  derf: {
    tensors: (d) => ({ ...affine(d), alpha: single(0.5), shift: single(0) }),
    apply: (x, scope) => {
      const { param } = scope;
      return withAffine(tf.erf(tf.add(tf.mul(x, param('alpha')), param('shift'))), scope);
    },
  },
  adaptive: {
    tensors: (d, M) => ({
      scale: { shape: [M, d], value: 0 },
      shift: { shape: [M, d], value: 0 },
    }),
    apply: (x, { param, eps, modality }) => {
      const rows = (part: string) => chooseRows(param(part) as Tensor2D, modality()); // [T, d]
      const y = standardize(x, features(x), eps);
      return tf.add(tf.mul(y, tf.add(rows('scale'), 1)), rows('shift'));
    },
  },
  seednorm: {
    tensors: (d) => ({ gain: perFeature(d, 1), alpha: perFeature(d, 1), beta: perFeature(d, 0) }),
    apply: (x, { param, eps }) => {
      const along = tf.tanh(tf.sum(tf.mul(x, param('beta')), -1, true)); // […, 1]
      const gain = tf.add(tf.mul(along, param('alpha')), param('gain')); // […, d]
      return tf.mul(divideByRms(x, features(x), eps), gain);
    },
  },
  none: {
    tensors: () => ({}),
    apply: (x) => x,
  },
} satisfies Record<NormId, Norm> as Record<NormId, Norm>;

/** The modality of T positions, [T] int32. */
const modalityIds = (T: number, M: number): Tensor1D =>
  tf.tensor1d(
    Int32Array.from({ length: T }, (_, t) => modalityOf(t, M)),
    'int32',
  );

/** A norm of this kind with the tensors called `${name}.gain` and so on. x: […, d] → […, d] */
export function norm<T extends Tensor>(name: string, kind: NormId, x: T, ctx: Context): T {
  const { config, params, buffers, training } = ctx;
  const follow = (part: string, batch: Tensor) => {
    const kept = buffers[`${name}.${part}`]!;
    const flat = tf.reshape(batch, kept.shape);
    ctx.renew(`${name}.${part}`, tf.add(tf.mul(kept, 1 - MOMENTUM), tf.mul(flat, MOMENTUM)));
  };
  return norms[kind].apply(x, {
    param: (part) => params[`${name}.${part}`]!,
    bias: params[`${name}.bias`],
    eps: config.norm_eps,
    training,
    buffer: (part) => buffers[`${name}.${part}`]!,
    follow(mean, variance) {
      if (mean) follow('running_mean', mean);
      follow('running_var', variance);
      ctx.observe(name, mean, variance);
    },
    modality: () => modalityIds(config.seq_len, modalitiesOf(config)),
  }) as T;
}
