import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../../lib/shapes';
import { differentiable } from '../../differentiable';
import { registerKernel } from '../../kernel';
import { divideByLength, divideByRms, gained, gainedAndShifted, standardize } from './normalize';
import {
  rowNormGradientProgram,
  rowNormProgram,
  type RowNormSizes,
} from '../../webgpu/shaders/norm';

/** Divisors of a row; the order is that of the numbers in `assembly/norm.ts`. */
const KINDS = ['standardize', 'rms', 'length'] as const;

export interface RowNorm {
  kind: (typeof KINDS)[number];
  eps: number;
  /** The number of features that the mean square is taken over; all, where it is absent. */
  counted?: number;
}

export interface RowNormAttributes extends RowNorm {
  /** True where the gain is one number for all features. */
  single: boolean;
}

/** A norm as arguments of the module. */
export const numbers = (D: number, { kind, counted = D, eps, single }: RowNormAttributes) =>
  [KINDS.indexOf(kind), counted, eps, single] as const;
const sizesOf = (x: readonly number[], attributes: RowNormAttributes): RowNormSizes => {
  const D = x.at(-1)!;
  const { kind, counted = D, eps, single } = attributes;
  return { N: rowsOf(x), D, kind, counted, eps, single };
};

const forward = registerKernel<'x' | 'gain' | 'bias', RowNormAttributes>({
  name: 'RowNorm',
  rounds: 'operations',
  shapes: ({ x }) => [x, [rowsOf(x), 2]],
  wasm({ kernels, inputs: { x, gain = 0, bias = 0 }, outputs: [y, stats], shapes, attributes }) {
    const D = shapes.x.at(-1)!;
    kernels.rowNorm(y!, stats!, x, gain, bias, rowsOf(shapes.x), D, ...numbers(D, attributes));
  },
  webgpu({ run, backend, inputs, outputs: [y, stats], shapes, attributes }) {
    const sizes = sizesOf(shapes.x, attributes);
    run(rowNormProgram(backend, sizes, inputs, { y: y!, stats: stats! }));
  },
});

const gradient = registerKernel<
  'dy' | 'x' | 'stats' | 'gain',
  RowNormAttributes & { withGain: boolean; withBias: boolean }
>({
  name: 'RowNormGradient',
  rounds: 'operations',
  shapes: ({ x, gain }, { withGain, withBias }) => [
    x,
    ...(withGain ? [gain] : []),
    ...(withBias ? [[x.at(-1)!]] : []),
  ],
  wasm({ kernels, inputs, outputs: [dx, dgain = 0, dbias = 0], shapes, attributes }) {
    const { dy, x, stats, gain = 0 } = inputs;
    const [N, D] = [rowsOf(shapes.x), shapes.x.at(-1)!];
    kernels.rowNormGradient(
      ...[dx!, dgain, dbias, dy, x, stats, gain, N, D],
      ...numbers(D, attributes),
    );
  },
  webgpu({ run, backend, inputs, outputs: [dx, ...learned], shapes, attributes }) {
    const { withGain, withBias } = attributes;
    const sums = {
      ...(withGain && { dgain: learned[0]! }),
      ...(withBias && { dbias: learned[Number(withGain)]! }),
    };
    const sizes = sizesOf(shapes.x, attributes);
    run(rowNormGradientProgram(backend, sizes, inputs, { dx: dx!, ...sums }));
  },
});

export const attributesOf = (
  x: Tensor,
  gain: Tensor | null,
  bias: Tensor | null,
  norm: RowNorm,
) => ({
  ...norm,
  single: gain?.size === 1 && x.shape.at(-1) !== 1,
  withGain: gain !== null,
  withBias: bias !== null,
});

/** The same of the library's operations. */
function composed(
  x: Tensor,
  gain: Tensor | null,
  bias: Tensor | null,
  { kind, eps, counted }: RowNorm,
): Tensor {
  const last = [x.rank - 1];
  const y =
    kind === 'standardize'
      ? standardize(x, last, eps)
      : kind === 'rms'
        ? divideByRms(x, last, eps, counted)
        : divideByLength(x, last, eps);
  if (!gain) return y;
  if (gain.size === 1 && y.shape.at(-1) !== 1) return tf.mul(y, gain);
  return bias ? gainedAndShifted(y, gain, bias) : gained(y, gain);
}

/**
 * A norm over the last axis with its gain and bias: g ⊙ (x − mean)·r + b, with r = 1/√(var + ε), 1/√(mean x² +
 * ε) or 1/max(‖x‖, ε), and no mean but for the first (see `normalize.ts` for the gradients).
 * x: […, D], gain: [D] or [1], bias: [D] (only with a gain) → […, D]
 */
export function rowNorm<T extends Tensor>(
  x: T,
  gain: Tensor | null,
  bias: Tensor | null,
  norm: RowNorm,
): T {
  if (!forward.isHere()) return composed(x, gain, bias, norm) as T;
  const attributes = attributesOf(x, gain, bias, norm);
  return differentiable(
    (x: Tensor, ...learned: Tensor[]) => {
      const [y, stats] = forward({ x, gain, bias }, attributes)!;
      return { value: y!, saved: [x, stats!, ...learned.slice(0, 1)] };
    },
    (dy, x, stats, gain) => gradient({ dy, x, stats, gain }, attributes)!,
  )(x, ...[gain, bias].filter((tensor) => tensor !== null)) as T;
}
