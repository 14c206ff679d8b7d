import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../lib/shapes';
import { joined } from '../kernels/operations/joined';
import { part } from '../kernels/operations/part';
import type { Params } from './context';
import type { ParamSpec } from './params';

/**
 * All parameters as one vector [P], so that an optimizer update is a handful of operations however many
 * tensors there are. Tensors of equal size stand side by side: a statistic of all of them is one
 * reduction of a [count, size] block.
 */
export interface FlatLayout {
  specs: ParamSpec[];
  sizes: number[];
  starts: number[];
  /** Runs of equal size: where each begins, in elements and in tensors. */
  runs: { start: number; first: number; count: number; size: number }[];
  total: number;
}

export function flatLayout(specs: ParamSpec[]): FlatLayout {
  const sorted = [...specs].sort((a, b) => sizeOf(a.shape) - sizeOf(b.shape));
  const sizes = sorted.map(({ shape }) => sizeOf(shape));
  const starts: number[] = [];
  const runs: FlatLayout['runs'] = [];
  let start = 0;
  sizes.forEach((size, first) => {
    starts.push(start);
    const last = runs.at(-1);
    if (last?.size === size) last.count++;
    else runs.push({ start, first, count: 1, size });
    start += size;
  });
  return { specs: sorted, sizes, starts, runs, total: start };
}

export const unflatten = (vector: Tensor1D, { specs, starts }: FlatLayout): Params =>
  Object.fromEntries(specs.map(({ name, shape }, i) => [name, part(vector, starts[i]!, shape)]));

/** The vector from tensors in the layout's order; null stands for zeros. */
export const flatten = (tensors: (Tensor | null)[], { sizes }: FlatLayout): Tensor1D =>
  joined(tensors.map((tensor, i) => tensor ?? tf.zeros([sizes[i]!])));
