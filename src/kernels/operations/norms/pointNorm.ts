import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import { differentiable } from '../../differentiable';
import { registerKernel } from '../../kernel';
import { gained, gainedAndShifted } from './normalize';
import {
  pointNormGainProgram,
  pointNormInputProgram,
  pointNormProgram,
} from '../../webgpu/shaders/norm';

type Squash = 'tanh' | 'erf';
interface Attributes {
  squash: Squash;
}

const sizesOf = (x: readonly number[], { squash }: Attributes) => {
  const D = x.at(-1)!;
  return { N: sizeOf(x) / D, D, squash };
};

/** α and, where there is one, the shift are read from the heap: a kernel takes no tensor of one number. */
const forward = registerKernel<'x' | 'alpha' | 'shift' | 'gain' | 'bias', Attributes>({
  name: 'PointNorm',
  rounds: 'operations',
  shapes: ({ x }) => [x, x],
  wasm({ kernels, inputs, outputs: [y, t], shapes, attributes }) {
    const { x, alpha, shift = 0, gain, bias = 0 } = inputs;
    const D = shapes.x.at(-1)!;
    const N = sizeOf(shapes.x) / D;
    const isErf = attributes.squash === 'erf';
    kernels.pointNorm(y!, t!, x, gain, bias, N, D, alpha, shift, isErf);
  },
  webgpu({ run, inputs, outputs: [y, t], shapes, attributes }) {
    run(pointNormProgram(sizesOf(shapes.x, attributes), inputs, { y: y!, t: t! }));
  },
});

const gradient = registerKernel<
  'dy' | 'x' | 't' | 'alpha' | 'shift' | 'gain',
  Attributes & { withBias: boolean }
>({
  name: 'PointNormGradient',
  rounds: 'operations',
  shapes: ({ x, alpha, gain }, { withBias }) => [
    ...[x, gain, alpha, alpha],
    ...(withBias ? [gain] : []),
  ],
  wasm({ kernels, inputs, outputs, shapes, attributes }) {
    const { dy, x, t, alpha, shift = 0, gain } = inputs;
    const [dx, dgain, dalpha, dshift, dbias = 0] = outputs;
    const D = shapes.x.at(-1)!;
    const N = sizeOf(shapes.x) / D;
    const isErf = attributes.squash === 'erf';
    kernels.pointNormGradient(
      ...[dx!, dgain!, dbias, dalpha!, dshift!, dy, x, t, gain, N, D, alpha, shift, isErf],
    );
  },
  webgpu({ run, room, backend, inputs, outputs, shapes, attributes }) {
    const { dy, x, t, alpha, shift, gain } = inputs;
    const [dx, dgain, dalpha, dshift, dbias] = outputs;
    const sizes = sizesOf(shapes.x, attributes);
    // The slope of erf is computed from what goes in, that of tanh from what came out.
    const isErf = attributes.squash === 'erf';
    const read = { dy, gain, ...(isErf ? { x, alpha, shift } : { t }) };
    const ofInput = [{ ...read, alpha }, { dx: dx! }] as const;
    const ofAll = [
      { ...read, x },
      { dalpha: dalpha!, dshift: dshift! },
    ] as const;
    const together = [
      { ...ofInput[0], ...ofAll[0] },
      { ...ofInput[1], ...ofAll[1] },
    ] as const;
    for (const [inputs, outputs] of room >= TOGETHER ? [together] : [ofInput, ofAll]) {
      run(pointNormInputProgram(backend, sizes, inputs, outputs));
    }
    run(
      pointNormGainProgram(backend, sizes, { dy, t }, { dgain: dgain!, ...(dbias && { dbias }) }),
    );
  },
});

/** Tensors of a program for the gradients of the input, of α and of the shift. */
const TOGETHER = 8;

const squashes: Record<Squash, (x: Tensor) => Tensor> = { tanh: tf.tanh, erf: tf.erf };

/**
 * g ⊙ f(αx + s) + b with f = tanh or erf, a norm that measures nothing (Zhu et al. 2025, DyT; Chen et al.
 * 2025, Derf). x: […, D]; alpha, shift: [1]; gain, bias: [D]; shift and bias may be null → […, D]
 */
export function pointNorm<T extends Tensor>(
  x: T,
  squash: Squash,
  alpha: Tensor,
  shift: Tensor | null,
  gain: Tensor,
  bias: Tensor | null,
): T {
  if (!forward.isHere()) {
    const scaled = tf.mul(x, alpha);
    const y = squashes[squash](shift ? tf.add(scaled, shift) : scaled);
    return (bias ? gainedAndShifted(y, gain, bias) : gained(y, gain)) as T;
  }
  const learned = [alpha, gain, ...(shift ? [shift] : []), ...(bias ? [bias] : [])];
  return differentiable(
    (x: Tensor, ..._learned: Tensor[]) => {
      const [y, t] = forward({ x, alpha, shift, gain, bias }, { squash })!;
      return { value: y!, saved: [x, t!, alpha, gain, ...(shift ? [shift] : [])] };
    },
    (dy, x, t, alpha, gain, shift) => {
      const attributes = { squash, withBias: bias !== null };
      const inputs = { dy, x, t, alpha, shift, gain };
      const [dx, dgain, dalpha, dshift, dbias] = gradient(inputs, attributes)!;
      return [dx!, dalpha!, dgain!, ...(shift ? [dshift!] : []), ...(dbias ? [dbias] : [])];
    },
  )(x, ...learned) as T;
}
