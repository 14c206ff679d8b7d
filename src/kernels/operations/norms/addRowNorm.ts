import type { Tensor } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../../lib/shapes';
import { registerKernel } from '../../kernel';
import { attributesOf, numbers, type RowNorm, type RowNormAttributes } from './rowNorm';

/*
 * A residual sum and its norm in one pass over memory: the row that was just summed is normalized while it
 * is still in the cache. The model does not use it, because a tap may stand between the two: it is there to
 * be timed against the two by themselves.
 */

const forward = registerKernel<'x' | 'added' | 'gain' | 'bias', RowNormAttributes>({
  name: 'AddRowNorm',
  shapes: ({ x }) => [x, x, [rowsOf(x), 2]],
  wasm({ kernels, inputs, outputs: [y, total, stats], shapes, attributes }) {
    const { x, added, gain = 0, bias = 0 } = inputs;
    const [N, D] = [rowsOf(shapes.x), shapes.x.at(-1)!];
    kernels.addRowNorm(
      ...[y!, total!, stats!, x, added, gain, bias, N, D],
      ...numbers(D, attributes),
    );
  },
});

const gradient = registerKernel<
  'dy' | 'dtotal' | 'total' | 'stats' | 'gain',
  RowNormAttributes & { withGain: boolean; withBias: boolean }
>({
  name: 'AddRowNormGradient',
  shapes: ({ total, gain }, { withGain, withBias }) => [
    total,
    ...(withGain ? [gain] : []),
    ...(withBias ? [[total.at(-1)!]] : []),
  ],
  wasm({ kernels, inputs, outputs: [dx, dgain = 0, dbias = 0], shapes, attributes }) {
    const { dy, dtotal, total, stats, gain = 0 } = inputs;
    const [N, D] = [rowsOf(shapes.total), shapes.total.at(-1)!];
    kernels.addRowNormGradient(
      ...[dx!, dgain, dbias, dy, dtotal, total, stats, gain, N, D],
      ...numbers(D, attributes),
    );
  },
});

interface AddedNorm {
  total: Tensor;
  y: Tensor;
  /** Of the gradients dy of y and dtotal of the sum: that of both summands, then gain's and bias's. */
  gradient(dy: Tensor, dtotal: Tensor): Tensor[];
}

/**
 * x + added, and a norm of it (see `rowNorm`); null on a backend that has no kernel for both.
 * x, added: […, D] → each […, D]
 */
export function addRowNorm(
  x: Tensor,
  added: Tensor,
  gain: Tensor | null,
  bias: Tensor | null,
  norm: RowNorm,
): AddedNorm | null {
  const attributes = attributesOf(x, gain, bias, norm);
  const made = forward({ x, added, gain, bias }, attributes);
  if (!made) return null;
  const [y, total, stats] = made as [Tensor, Tensor, Tensor];
  return {
    total,
    y,
    gradient: (dy, dtotal) => gradient({ dy, dtotal, total, stats, gain }, attributes)!,
  };
}
