import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { momentsLoop, rmsLoop, tokenMomentsLoop } from '../kernels/siteMoments';
import * as composed from './composed';

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
export function moments(x: Tensor2D) {
  const rows = momentsLoop([x], {});
  return rows ? named(rows, ['rms', 'mean', 'absmax', 'kurtosis']) : composed.moments(x);
}

/** How unlike the features are (neuron kurtosis) and how alike the tokens. x: [S, B, T, D] → each [S] */
export function tokenMoments(x: Tensor4D) {
  const rows = tokenMomentsLoop([x], {});
  return rows ? named(rows, ['outlier', 'token_cosine']) : composed.tokenMoments(x);
}
