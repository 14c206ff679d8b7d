import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { registerKernel } from '../kernel';
import { adamPrograms } from '../webgpu/shaders/adam';

/** Settings that are fixed for the length of a training. */
interface Attributes {
  beta1: number;
  beta2: number;
  eps: number;
  /** Weight decay, and whether it is part of the step (AdamW) or of the gradient. */
  decay: number;
  decoupled: boolean;
}

/** The vectors, [P] each, and what changes from step to step. */
type Inputs = 'theta' | 'g' | 'm' | 'v' | 'decays' | 'rate' | 'correction1' | 'correction2';

const adam = registerKernel<Inputs, Attributes>({
  name: 'Adam',
  shapes: ({ g }) => [g, g, g],
  wasm({ kernels, inputs, outputs: [delta, mNext, vNext], shapes, attributes }) {
    const { theta, g, m, v, decays, rate, correction1, correction2 } = inputs;
    const { beta1, beta2, eps, decay, decoupled } = attributes;
    kernels.adam(
      ...[delta!, mNext!, vNext!, theta, g, m, v, decays, shapes.g[0]!, rate],
      ...[beta1, beta2, 1 - beta1, 1 - beta2],
      ...[eps, decay, decoupled, correction1, correction2],
    );
  },
  webgpu({ run, inputs, outputs: [delta, mNext, vNext], attributes }) {
    const outputs = { delta: delta!, mNext: mNext!, vNext: vNext! };
    adamPrograms(attributes, inputs, outputs).forEach(run);
  },
});

/** One update by Adam or AdamW in one kernel; null where there is none. See `optim/optimizers.ts`. */
export function adamKernel(
  inputs: Record<Exclude<Inputs, 'rate' | `correction${string}`>, Tensor1D> &
    Record<'rate' | 'correction1' | 'correction2', Scalar>,
  attributes: Attributes,
): { delta: Tensor1D; m: Tensor1D; v: Tensor1D } | null {
  const results = adam(inputs, attributes) as [Tensor1D, Tensor1D, Tensor1D] | null;
  return results && { delta: results[0], m: results[1], v: results[2] };
}
