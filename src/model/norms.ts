import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { modalitiesOf, modalityOf } from '../config/modalities';
import type { NormId } from '../config/norms';
import { divideByRms, gained, gainedAndShifted, standardize } from '../kernels/normalize';
import { pointNorm } from '../kernels/pointNorm';
import { rowNorm, type RowNorm } from '../kernels/rowNorm';
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
  /** Where it is a norm of every token by itself with its gain and bias: what d features are divided by. */
  row?(d: number): Omit<RowNorm, 'eps'>;
}

const perFeature = (d: number, value: number): NormTensor => ({ shape: [d], value });
const single = (value: number): NormTensor => ({ shape: [1], value });
const bias = (d: number): NormTensor => ({ shape: [d], value: 0, kind: 'bias' });
const buffer = (d: number, value: number): NormTensor => ({ shape: [d], value, kind: 'buffer' });
const gainAlone = (d: number) => ({ gain: perFeature(d, 1) });
const affine = (d: number) => ({ gain: perFeature(d, 1), bias: bias(d) });

const withAffine = (y: Tensor, { param, bias }: Scope): Tensor =>
  bias ? gainedAndShifted(y, param('gain'), bias) : gained(y, param('gain'));

/** A norm of every token by itself, with its gain and, where it has one, its bias. */
const perToken = (
  tensors: Norm['tensors'],
  row: (d: number) => Omit<RowNorm, 'eps'>,
): Norm & { row: typeof row } => ({
  tensors,
  row,
  apply: (x, { param, bias, eps }) =>
    rowNorm(x, param('gain'), bias ?? null, { ...row(x.shape.at(-1)!), eps }),
});
const tokens = (x: Tensor): number[] => x.shape.slice(0, -1).map((_, axis) => axis);

/** Share of a new batch's statistics in the running ones. */
export const MOMENTUM = 0.1;

export const norms = {
  layernorm: perToken(affine, () => ({ kind: 'standardize' })),
  rmsnorm: perToken(gainAlone, () => ({ kind: 'rms' })),
  prmsnorm: perToken(gainAlone, (d) => ({ kind: 'rms', counted: Math.max(1, Math.floor(d / 16)) })),
  scalenorm: perToken(
    (d) => ({ gain: single(Math.sqrt(d)) }),
    () => ({ kind: 'length' }),
  ),
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
    apply: (x, { param, bias }) =>
      pointNorm(x, 'tanh', param('alpha'), null, param('gain'), bias ?? null),
  },
  derf: {
    tensors: (d) => ({ ...affine(d), alpha: single(0.5), shift: single(0) }),
    apply: (x, { param, bias }) =>
      pointNorm(x, 'erf', param('alpha'), param('shift'), param('gain'), bias ?? null),
  },
  adaptive: {
    tensors: (d, M) => ({
      scale: { shape: [M, d], value: 0 },
      shift: { shape: [M, d], value: 0 },
    }),
    apply: (x, { param, eps, modality }) => {
      const rows = (part: string) => chooseRows(param(part) as Tensor2D, modality()); // [T, d]
      const y = rowNorm(x, null, null, { kind: 'standardize', eps });
      return tf.add(tf.mul(y, tf.add(rows('scale'), 1)), rows('shift'));
    },
  },
  seednorm: {
    tensors: (d) => ({ gain: perFeature(d, 1), alpha: perFeature(d, 1), beta: perFeature(d, 0) }),
    apply: (x, { param, eps }) => {
      const along = tf.tanh(tf.sum(tf.mul(x, param('beta')), -1, true)); // […, 1]
      const gain = tf.add(tf.mul(along, param('alpha')), param('gain')); // […, d]
      return tf.mul(rowNorm(x, null, null, { kind: 'rms', eps }), gain);
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
