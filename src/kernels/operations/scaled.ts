import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../lib/shapes';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { scaledGradientProgram, scaledProgram, type ScaledSizes } from '../webgpu/shaders/scaled';

const sizesOf = (x: readonly number[], gain: readonly number[]): ScaledSizes => ({
  N: rowsOf(x),
  D: x.at(-1)!,
  G: gain[0]!,
});

const forward = registerKernel<'x' | 'gain', object>({
  name: 'Scaled',
  rounds: 'results',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x, gain }, outputs: [y], shapes }) {
    const { N, D, G } = sizesOf(shapes.x, shapes.gain);
    kernels.scaled(y!, x, gain, N, D, G);
  },
  webgpu({ run, inputs, outputs: [y], shapes }) {
    run(scaledProgram(sizesOf(shapes.x, shapes.gain), inputs, { y: y! }));
  },
});

const gradient = registerKernel<'dy' | 'x' | 'gain', object>({
  name: 'ScaledGradient',
  rounds: 'operations',
  shapes: ({ x, gain }) => [x, gain],
  wasm({ kernels, inputs: { dy, x, gain }, outputs: [dx, dgain], shapes }) {
    const { N, D, G } = sizesOf(shapes.x, shapes.gain);
    kernels.scaledGradient(dx!, dgain!, dy, x, gain, N, D, G);
  },
  webgpu({ run, backend, inputs, outputs: [dx, dgain], shapes }) {
    const sizes = sizesOf(shapes.x, shapes.gain);
    run(scaledGradientProgram(backend, sizes, inputs, { dx: dx!, dgain: dgain! }));
  },
});

/** The same of the library's operations. */
const composed = (x: Tensor, gain: Tensor1D): Tensor => {
  const groups = [gain.size, x.shape.at(-1)! / gain.size];
  const split = tf.reshape(x, [...x.shape.slice(0, -1), ...groups]);
  return tf.reshape(tf.mul(split, tf.reshape(gain, [-1, 1])), x.shape);
};

/**
 * Each group of features, one after the other, times a number that is learned: one for all, one for each head,
 * one for each feature. x: […, D]; gain: [G], of which D is a multiple → […, D]
 */
export function scaled<T extends Tensor>(x: T, gain: Tensor1D): T {
  if (!forward.isHere()) return composed(x, gain) as T;
  return differentiable(
    (x: Tensor, gain: Tensor) => ({ value: forward({ x, gain }, {})![0]!, saved: [x, gain] }),
    (dy, x, gain) => gradient({ dy, x, gain }, {})!,
  )(x, gain) as T;
}
