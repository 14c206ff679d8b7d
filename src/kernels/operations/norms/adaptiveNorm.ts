import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../../lib/shapes';
import { differentiable } from '../../differentiable';
import { registerKernel } from '../../kernel';
import { rowNorm } from './rowNorm';
import { chooseRows } from '../rows';
import { scratchOf } from '../../wasm/module';
import {
  adaptiveNormGradientProgram,
  adaptiveNormProgram,
  type AdaptiveNormSizes,
} from '../../webgpu/shaders/adaptiveNorm';

interface Attributes {
  eps: number;
}
type Shapes = Record<'x' | 'scale' | 'ids', readonly number[]>;

const sizesOf = ({ x, scale, ids }: Shapes, { eps }: Attributes): AdaptiveNormSizes => ({
  ...{ N: rowsOf(x), D: x.at(-1)!, T: ids[0]!, M: scale[0]!, eps },
});

const forward = registerKernel<'x' | 'scale' | 'shift' | 'ids', Attributes>({
  name: 'AdaptiveNorm',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x }) => [x, [rowsOf(x), 2]],
  wasm({ kernels, inputs: { x, scale, shift, ids }, outputs: [y, stats], shapes, attributes }) {
    const { N, D, T, M, eps } = sizesOf(shapes, attributes);
    const gains = scratchOf(4 * M * D);
    kernels.adaptiveNorm(y!, stats!, x, scale, shift, ids, N, D, T, M, eps, gains);
  },
  webgpu({ run, backend, inputs, outputs: [y, stats], shapes, attributes }) {
    const sizes = sizesOf(shapes, attributes);
    run(adaptiveNormProgram(backend, sizes, inputs, { y: y!, stats: stats! }));
  },
});

/** Tensors of a program for all gradients. */
const TOGETHER = 8;

const gradient = registerKernel<'dy' | 'x' | 'stats' | 'scale' | 'ids', Attributes>({
  name: 'AdaptiveNormGradient',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x, scale }) => [x, scale, scale],
  wasm({ kernels, inputs, outputs: [dx, dscale, dshift], shapes, attributes }) {
    const { dy, x, stats, scale, ids } = inputs;
    const { N, D, T, M, eps } = sizesOf(shapes, attributes);
    kernels.adaptiveNormGradient(
      ...[dx!, dscale!, dshift!, dy, x, stats, scale, ids],
      ...[N, D, T, M, eps, scratchOf(4 * M * D)],
    );
  },
  webgpu({ run, room, backend, inputs, outputs: [dx, dscale, dshift], shapes, attributes }) {
    const { scale, ...ofLearned } = inputs;
    const learned = { dscale: dscale!, dshift: dshift! };
    const sizes = sizesOf(shapes, attributes);
    const make = (inputs: typeof ofLearned & { scale?: typeof scale }, outputs: object) => {
      run(adaptiveNormGradientProgram(backend, sizes, inputs, outputs));
    };
    if (room >= TOGETHER) make(inputs, { dx: dx!, ...learned });
    else {
      make(inputs, { dx: dx! });
      make(ofLearned, learned);
    }
  },
});

/**
 * (1 + scale) ⊙ (x − mean)/√(var + ε) + shift, with the rows of scale and shift that a position is given
 * (Peebles, Xie 2023, adaLN, by modality). x: […, T, D]; scale, shift: [M, D]; ids: [T] int32 → […, T, D]
 */
export function adaptiveNorm<T extends Tensor>(
  x: T,
  scale: Tensor2D,
  shift: Tensor2D,
  ids: Tensor1D,
  eps: number,
): T {
  if (!forward.isHere()) {
    const y = rowNorm(x, null, null, { kind: 'standardize', eps });
    return tf.add(tf.mul(y, tf.add(chooseRows(scale, ids), 1)), chooseRows(shift, ids));
  }
  return differentiable(
    (x: Tensor, scale: Tensor, shift: Tensor) => {
      const [y, stats] = forward({ x, scale, shift, ids }, { eps })!;
      return { value: y!, saved: [x, stats!, scale, ids] };
    },
    (dy, x, stats, scale, ids) => gradient({ dy, x, stats, scale, ids }, { eps })!,
  )(x, scale, shift) as T;
}
