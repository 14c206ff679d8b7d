import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ParamStatistic } from '../config/statistics';
import { part } from '../kernels/operations/part';
import { segmentRmsKernel } from '../kernels/statistics/siteMoments';
import { rms } from './moments';

/** Tensors of equal size that stand side by side in the parameter vector. */
interface Run {
  start: number;
  count: number;
  size: number;
}

/** Root mean square of every tensor in a vector [P] → [number of tensors], in the vector’s order. */
export const parameterRms = (vector: Tensor1D, runs: Run[]): Tensor1D =>
  (segmentRmsKernel({ vector, starts: startsOf(runs) }, {})?.[0] as Tensor1D | undefined) ??
  tf.concat1d(
    runs.map(({ start, count, size }) => rms(part(vector, start, [count, size]) as Tensor2D)),
  );

/** Where each tensor begins, and the end. [tensors + 1] int32 */
function startsOf(runs: Run[]): Tensor1D {
  const starts = runs.flatMap(({ start, count, size }) =>
    Array.from({ length: count }, (_, i) => start + i * size),
  );
  const { start, count, size } = runs.at(-1)!;
  return tf.tensor1d([...starts, start + count * size], 'int32');
}

/** Statistics of every named parameter. size: the root mean squares; gradient, delta: [P] → each [number of tensors] */
export function parameterStatistics(
  size: Tensor1D,
  gradient: Tensor1D,
  delta: Tensor1D,
  runs: Run[],
): Record<ParamStatistic, Tensor1D> {
  return {
    param_rms: size,
    param_grad_rms: parameterRms(gradient, runs),
    update_ratio: tf.div(parameterRms(delta, runs), size),
  };
}
