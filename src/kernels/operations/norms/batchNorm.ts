import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from '../../differentiable';
import { registerKernel } from '../../kernel';
import { divideByRms, gained, gainedAndShifted, standardize } from './normalize';
import { rowsOf } from '../../../lib/shapes';
import { scratchOf } from '../../wasm/module';
import {
  batchNormGradientProgram,
  batchNormProgram,
  normByProgram,
} from '../../webgpu/shaders/batchNorm';

/** Moments that a feature is normalized by: its mean over all tokens, if it is removed, and its variance about it. */
export interface Moments {
  mean: Tensor | null;
  variance: Tensor;
}

interface Attributes {
  eps: number;
}

const sizesOf = (x: readonly number[], { eps }: Attributes) => ({
  ...{ N: rowsOf(x), D: x.at(-1)!, eps },
});
/** Bytes of a float64 for each feature, and of a float32; whole vectors of four. */
const wide = (D: number) => 32 * Math.ceil(D / 4);
const narrow = (D: number) => wide(D) / 2;

const forward = registerKernel<'x' | 'gain' | 'bias', Attributes & { centred: boolean }>({
  name: 'BatchNorm',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x }, { centred }) => [x, [x.at(-1)!], ...(centred ? [[x.at(-1)!]] : [])],
  wasm({ kernels, inputs, outputs: [y, variance, mean = 0], shapes, attributes }) {
    const { x, gain, bias = 0 } = inputs;
    const { N, D, eps } = sizesOf(shapes.x, attributes);
    const scratch = scratchOf(wide(D));
    kernels.batchMoments(mean, variance!, x, N, D, scratch);
    kernels.normBy(y!, x, mean, variance!, gain, bias, N, D, eps, scratch);
  },
  webgpu({ run, backend, inputs, outputs: [y, variance, mean], shapes, attributes }) {
    const made = { y: y!, variance: variance!, ...(mean && { mean }) };
    run(batchNormProgram(backend, sizesOf(shapes.x, attributes), inputs, made));
  },
});

/** Tensors of a program for all gradients. */
const TOGETHER = 8;

const gradient = registerKernel<
  'dy' | 'x' | 'variance' | 'mean' | 'gain',
  Attributes & { withBias: boolean }
>({
  name: 'BatchNormGradient',
  rounds: 'operations',
  roundsOn: ['webgpu'],
  shapes: ({ x, gain }, { withBias }) => [x, gain, ...(withBias ? [gain] : [])],
  wasm({ kernels, inputs, outputs: [dx, dgain, dbias = 0], shapes, attributes }) {
    const { dy, x, mean = 0, variance, gain } = inputs;
    const { N, D, eps } = sizesOf(shapes.x, attributes);
    const scratch = scratchOf(2 * wide(D) + 4 * narrow(D));
    kernels.batchNormGradient(
      ...[dx!, dgain!, dbias, dy, x, mean, variance, gain, N, D, eps, scratch],
    );
  },
  webgpu({ run, room, backend, inputs, outputs: [dx, dgain, dbias], shapes, attributes }) {
    const { gain, ...ofLearned } = inputs;
    const learned = { dgain: dgain!, ...(dbias && { dbias }) };
    const sizes = sizesOf(shapes.x, attributes);
    const make = (inputs: typeof ofLearned & { gain?: typeof gain }, outputs: object) => {
      run(batchNormGradientProgram(backend, sizes, inputs, outputs));
    };
    if (room >= TOGETHER) make(inputs, { dx: dx!, ...learned });
    else {
      make(inputs, { dx: dx! });
      make(ofLearned, learned);
    }
  },
});

const byGiven = registerKernel<'x' | 'mean' | 'variance' | 'gain' | 'bias', Attributes>({
  name: 'NormBy',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs, outputs: [y], shapes, attributes }) {
    const { x, mean = 0, variance, gain, bias = 0 } = inputs;
    const { N, D, eps } = sizesOf(shapes.x, attributes);
    kernels.normBy(y!, x, mean, variance, gain, bias, N, D, eps, scratchOf(narrow(D)));
  },
  webgpu({ run, inputs, outputs: [y], shapes, attributes }) {
    run(normByProgram(sizesOf(shapes.x, attributes), inputs, y!));
  },
});

const withAffine = <T extends Tensor>(y: T, gain: Tensor, bias: Tensor | null): T =>
  (bias ? gainedAndShifted(y, gain, bias) : gained(y, gain)) as T;

/**
 * A norm of each feature over all tokens, with its gain and bias: g ⊙ (x − mean)/√(var + ε) + b, or without
 * a mean (see `normalize.ts` for the gradients). `follow` is told the moments on the way forward.
 * x: […, D]; gain, bias: [D]; bias may be null → […, D]
 */
export function batchNorm<T extends Tensor>(
  x: T,
  gain: Tensor,
  bias: Tensor | null,
  { centred, eps }: { centred: boolean; eps: number },
  follow: (moments: Moments) => void,
): T {
  if (!forward.isHere()) {
    const flat = (moment: Tensor) => tf.reshape(moment, [-1]);
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const y = centred
      ? standardize(x, axes, eps, (mean, variance) =>
          follow({ mean: flat(mean), variance: flat(variance) }),
        )
      : divideByRms(x, axes, eps, undefined, (meanSquare) =>
          follow({ mean: null, variance: flat(meanSquare) }),
        );
    return withAffine(y, gain, bias);
  }
  return differentiable(
    (x: Tensor, ...learned: Tensor[]) => {
      const [y, variance, mean] = forward({ x, gain, bias }, { centred, eps })!;
      follow({ mean: mean ?? null, variance: variance! });
      return { value: y!, saved: [x, learned[0]!, variance!, ...(mean ? [mean] : [])] };
    },
    (dy, x, gain, variance, mean) =>
      gradient({ dy, x, variance, mean, gain }, { eps, withBias: bias !== null })!,
  )(x, gain, ...(bias ? [bias] : [])) as T;
}

/** The same by moments that are given, as a model is used after training: its kernel has no gradient. */
export function normBy<T extends Tensor>(
  x: T,
  { mean, variance }: Moments,
  gain: Tensor,
  bias: Tensor | null,
  eps: number,
): T {
  const made = byGiven({ x, mean, variance, gain, bias }, { eps });
  if (made) return made[0] as T;
  const centred = mean ? tf.sub(x, mean) : x;
  return withAffine(tf.mul(centred, tf.rsqrt(tf.add(variance, eps))) as T, gain, bias);
}
