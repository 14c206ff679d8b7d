import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { modalitiesOf, modalityOf } from '../config/fields';
import type { NormId } from '../config/norms';
import { adaptiveNorm } from '../kernels/operations/norms/adaptiveNorm';
import { batchNorm, normBy, type Moments } from '../kernels/operations/norms/batchNorm';
import { pointNorm } from '../kernels/operations/norms/pointNorm';
import { rowNorm, type RowNorm } from '../kernels/operations/norms/rowNorm';
import { movingAverages } from '../kernels/operations/norms/runningMoments';
import { seedNorm } from '../kernels/operations/norms/seedNorm';
import { rowsOf } from '../lib/shapes';
import type { Context, Params } from './context';

/** A tensor of a norm: its shape, what it starts with, and what it is where it is not a gain. */
export interface NormTensor {
  shape: number[];
  value: number;
  /** A bias goes when the model has none; a buffer is kept, not learned. */
  kind?: 'bias' | 'buffer';
}

/** The surroundings of a norm at its place. */
interface Scope {
  /** A learned tensor of this norm, by the last part of its name. */
  param(part: string): Tensor;
  /** Absent when the model has no biases. */
  bias: Tensor | undefined;
  eps: number;
  training: boolean;
  /** The running statistics of a norm over the batch. */
  running(): Moments;
  follow(batch: Moments): void;
  /** The modality of each position, [T] int32. */
  modality(): Tensor1D;
}

interface Norm {
  /** Its tensors for d features and M modalities, by the last part of their names; `alpha`: DyT’s at first. */
  tensors(d: number, M: number, alpha?: number): Record<string, NormTensor>;
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

/** A norm of every feature over all tokens, in evaluation by running statistics; without a mean if not centred. */
const overBatch = (centred: boolean): Norm => ({
  tensors: (d) => ({
    ...affine(d),
    ...(centred && { running_mean: buffer(d, 0) }),
    running_var: buffer(d, 1),
  }),
  apply: (x, { param, bias = null, eps, training, running, follow }) =>
    training
      ? batchNorm(x, param('gain'), bias, { centred, eps }, follow)
      : normBy(x, running(), param('gain'), bias, eps),
});

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
  batchnorm: overBatch(true),
  powernorm: overBatch(false),
  dyt: {
    tensors: (d, _M, alpha = 0.5) => ({ ...affine(d), alpha: single(alpha) }),
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
    apply: (x, { param, eps, modality }) =>
      adaptiveNorm(x, param('scale') as Tensor2D, param('shift') as Tensor2D, modality(), eps),
  },
  seednorm: {
    tensors: (d) => ({ gain: perFeature(d, 1), alpha: perFeature(d, 1), beta: perFeature(d, 0) }),
    apply: (x, { param, eps }) =>
      seedNorm(x, { gain: param('gain'), alpha: param('alpha'), beta: param('beta') }, eps),
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

export const runningMoments = (name: string, buffers: Params): Moments => ({
  mean: buffers[`${name}.running_mean`] ?? null,
  variance: buffers[`${name}.running_var`]!,
});
const listed = ({ variance, mean }: Moments): Tensor[] => [variance, ...(mean ? [mean] : [])];

/**
 * The moments of a batch of m tokens as running statistics take them: the variance without bias, by m/(m − 1) where
 * a mean was removed (Ioffe, Szegedy 2015, algorithm 2, step 10). One token alone has no variance to correct.
 */
const unbiased = (batch: Moments, m: number) =>
  listed(batch).map((value) => ({
    value,
    factor: value === batch.variance && batch.mean && m > 1 ? m / (m - 1) : 1,
  }));

export type NormContext = Pick<
  Context,
  'config' | 'params' | 'buffers' | 'training' | 'renew' | 'observe'
>;

/** A norm of this kind with the tensors called `${name}.gain` and so on. x: […, d] → […, d] */
export function norm<T extends Tensor>(name: string, kind: NormId, x: T, ctx: NormContext): T {
  const { config, params, buffers, training } = ctx;
  const running = () => runningMoments(name, buffers);
  return norms[kind].apply(x, {
    param: (part) => params[`${name}.${part}`]!,
    bias: params[`${name}.bias`],
    eps: config.norm_eps,
    training,
    running,
    follow(batch) {
      const now = unbiased(batch, rowsOf(x.shape));
      const [variance, mean] = movingAverages(listed(running()), now, MOMENTUM);
      ctx.renew(`${name}.running_var`, variance!);
      if (mean) ctx.renew(`${name}.running_mean`, mean);
      ctx.observe(name, batch);
    },
    modality: () => modalityIds(config.seq_len, modalitiesOf(config)),
  }) as T;
}
