import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { SiteStatistic, StatisticBy } from '../config/statistics';
import { modalityRmsKernel } from '../kernels/statistics/modalityRms';
import { numbered } from '../kernels/numbered';
import {
  momentsKernel,
  momentsLoop,
  rmsKernel,
  rmsLoop,
  tokenMomentsLoop,
} from '../kernels/statistics/siteMoments';
import * as composed from './composed';
import { MOMENTS, TOKEN_MOMENTS } from './rows';

/** The rows of a tensor by name: [names, S] → each [S] */
export function named<Name extends string>(
  rows: Tensor,
  names: readonly Name[],
): Record<Name, Tensor1D> {
  const vectors = tf.unstack(rows) as Tensor1D[];
  return Object.fromEntries(names.map((name, i) => [name, vectors[i]!])) as Record<Name, Tensor1D>;
}

/** Root mean square of each row. x: [S, N] → [S] */
export const rms = (x: Tensor2D): Tensor1D =>
  (rmsLoop([x], {}) as Tensor1D | null) ?? composed.rms(x);

/** Moments of each row over all its elements. x: [S, N] → each [S] */
export function moments(x: Tensor2D): Record<StatisticBy<'moments'>, Tensor1D> {
  const rows = momentsLoop([x], {});
  return rows ? named(rows, MOMENTS) : composed.moments(x);
}

/** `TOKEN_MOMENTS` of tensors. x: [S, B, T, D] → each [S] */
export function tokenMoments(x: Tensor4D): Record<StatisticBy<'tokenMoments'>, Tensor1D> {
  const rows = tokenMomentsLoop([x], {});
  return rows ? named(rows, TOKEN_MOMENTS) : composed.tokenMoments(x);
}

/** Moments of tensors of one shape, no more than `mostTogether`. values: [tensors, statistics] */
export function siteMoments(
  tensors: Tensor[],
  tokens: boolean,
): { statistics: SiteStatistic[]; values: Tensor } {
  const statistics = [...MOMENTS, ...(tokens ? TOKEN_MOMENTS : [])];
  const values = momentsKernel(numbered('x', tensors), { tokens })?.[0];
  if (values) return { statistics, values };
  const stack = tf.stack(tensors);
  const each: Partial<Record<SiteStatistic, Tensor1D>> = {
    ...moments(tf.reshape(stack, [tensors.length, -1])),
    ...(tokens ? tokenMoments(stack as Tensor4D) : {}),
  };
  return {
    statistics,
    values: tf.stack(
      statistics.map((id) => each[id]!),
      1,
    ),
  };
}

/** Root mean square of each of some tensors of one shape, no more than `mostTogether`. → [tensors] */
export const siteRms = (tensors: Tensor[]): Tensor1D =>
  (rmsKernel(numbered('x', tensors), {})?.[0] as Tensor1D | undefined) ??
  rms(tf.reshape(tf.stack(tensors), [tensors.length, -1]));

/**
 * Root mean square of each of some tensors of one shape, [B, T, D], no more than `mostTogether`, over the tokens of
 * each modality apart. → [tensors, modalities]
 */
export function modalityRms(tensors: Tensor[], modalities: number): Tensor {
  const values = modalityRmsKernel(numbered('x', tensors), { modalities })?.[0];
  if (values) return values;
  const stack = tf.stack(tensors); // [S, B, T, D]
  const rmsOf = (modality: number) => {
    const strides = [1, 1, modalities, 1];
    const tokens = tf.stridedSlice(stack, [0, 0, modality, 0], stack.shape, strides);
    return rms(tf.reshape(tokens, [tensors.length, -1]));
  };
  return tf.stack(
    Array.from({ length: modalities }, (_, m) => rmsOf(m)),
    1,
  );
}
