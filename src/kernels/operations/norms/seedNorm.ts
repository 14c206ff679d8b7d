import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { rowsOf } from '../../../lib/shapes';
import { differentiable } from '../../differentiable';
import { registerKernel, type WebGPUCall } from '../../kernel';
import { rowNorm } from './rowNorm';
import {
  seedNormInputProgram,
  seedNormLearnedProgram,
  seedNormProgram,
} from '../../webgpu/shaders/seedNorm';

interface Attributes {
  eps: number;
}

const sizesOf = (x: readonly number[], { eps }: Attributes) => ({
  ...{ N: rowsOf(x), D: x.at(-1)!, eps },
});

/** Tensors of a program for the gradient of the input, with gain, α and β each by itself. */
const APART = 8;
/** These one after the other. */
function learnedIn({
  scratch,
  backend,
  inputs,
}: Pick<WebGPUCall<'gain' | 'alpha' | 'beta', Attributes>, 'scratch' | 'backend' | 'inputs'>) {
  const D = inputs.gain.shape[0]!;
  const learned = scratch([3, D]);
  (['gain', 'alpha', 'beta'] as const).forEach((part, i) => {
    backend.copy(inputs[part], 0, learned, i * D, D);
  });
  return learned;
}

const forward = registerKernel<'x' | 'gain' | 'alpha' | 'beta', Attributes>({
  name: 'SeedNorm',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x }) => [x, [rowsOf(x), 2]],
  wasm({ kernels, inputs: { x, gain, alpha, beta }, outputs: [y, stats], shapes, attributes }) {
    const { N, D, eps } = sizesOf(shapes.x, attributes);
    kernels.seedNorm(y!, stats!, x, gain, alpha, beta, N, D, eps);
  },
  webgpu({ run, backend, inputs, outputs: [y, stats], shapes, attributes }) {
    const sizes = sizesOf(shapes.x, attributes);
    run(seedNormProgram(backend, sizes, inputs, { y: y!, stats: stats! }));
  },
});

const gradient = registerKernel<'dy' | 'x' | 'stats' | 'gain' | 'alpha' | 'beta', Attributes>({
  name: 'SeedNormGradient',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x, gain }) => [x, gain, gain, gain],
  wasm({ kernels, inputs, outputs: [dx, dgain, dalpha, dbeta], shapes, attributes }) {
    const { dy, x, stats, gain, alpha, beta } = inputs;
    const { N, D } = sizesOf(shapes.x, attributes);
    kernels.seedNormGradient(
      ...[dx!, dgain!, dalpha!, dbeta!, dy, x, stats, gain, alpha, beta, N, D],
    );
  },
  webgpu(call) {
    const { run, room, scratch, backend, inputs, outputs, shapes, attributes } = call;
    const [dx, dgain, dalpha, dbeta] = outputs;
    const { dy, x, stats } = inputs;
    const sizes = sizesOf(shapes.x, attributes);
    const dz = scratch([sizes.N]);
    const sums = { dgain: dgain!, dalpha: dalpha!, dbeta: dbeta! };
    const given = room < APART ? { dy, x, stats, learned: learnedIn(call) } : inputs;
    run(seedNormInputProgram(backend, sizes, given, { dx: dx!, dz }));
    run(seedNormLearnedProgram(backend, sizes, { dy, x, stats, dz }, sums));
  },
});

/**
 * [tanh(x · β) α + g] ⊙ x/√(mean x² + ε), whose gain depends on the token (Cai et al. 2026, SeeDNorm).
 * x: […, D]; gain, alpha, beta: [D] → […, D]
 */
export function seedNorm<T extends Tensor>(
  x: T,
  { gain, alpha, beta }: Record<'gain' | 'alpha' | 'beta', Tensor>,
  eps: number,
): T {
  if (!forward.isHere()) {
    const along = tf.tanh(tf.sum(tf.mul(x, beta), -1, true)); // […, 1]
    const factor = tf.add(tf.mul(along, alpha), gain); // […, D]
    return tf.mul(rowNorm(x, null, null, { kind: 'rms', eps }), factor);
  }
  return differentiable(
    (x: Tensor, gain: Tensor, alpha: Tensor, beta: Tensor) => {
      const [y, stats] = forward({ x, gain, alpha, beta }, { eps })!;
      return { value: y!, saved: [x, stats!, gain, alpha, beta] };
    },
    (dy, x, stats, gain, alpha, beta) => gradient({ dy, x, stats, gain, alpha, beta }, { eps })!,
  )(x, gain, alpha, beta) as T;
}
