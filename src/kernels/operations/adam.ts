import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { registerKernel, shaderBackend } from '../kernel';
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

/** Numbers of which the module tells together whether one has changed. */
const STRETCH = 1024;

/** On WebGPU the moments and the step; on wasm the update is made in the same walk through memory. */
const adam = registerKernel<Inputs, Attributes>({
  name: 'Adam',
  shapes: ({ g }) => (shaderBackend() ? [g, g, g] : [g, g, g, g, [Math.ceil(g[0]! / STRETCH)]]),
  wasm({ kernels, inputs, outputs, shapes, attributes }) {
    const [delta, mNext, vNext, thetaNext, changes] = outputs;
    const { theta, g, m, v, decays, rate, correction1, correction2 } = inputs;
    const { beta1, beta2, eps, decay, decoupled } = attributes;
    kernels.adam(
      ...[thetaNext!, mNext!, vNext!, delta!, changes!, theta, g, m, v, decays],
      ...[shapes.g[0]!, STRETCH, rate],
      ...[beta1, beta2, 1 - beta1, 1 - beta2],
      ...[eps, decay, decoupled, correction1, correction2],
    );
  },
  webgpu({ run, inputs, outputs: [delta, mNext, vNext], attributes }) {
    const outputs = { delta: delta!, mNext: mNext!, vNext: vNext! };
    adamPrograms(attributes, inputs, outputs).forEach(run);
  },
});

/** Parameters that were updated, and 1 for each stretch of them of which one has changed, else 0. */
export interface Applied {
  theta: Tensor1D;
  changes: Tensor1D;
}

/**
 * One update by Adam or AdamW in one kernel, which on wasm applies it too; null where there is none. See
 * `optim/optimizers.ts`.
 */
export function adamKernel(
  inputs: Record<Exclude<Inputs, 'rate' | `correction${string}`>, Tensor1D> &
    Record<'rate' | 'correction1' | 'correction2', Scalar>,
  attributes: Attributes,
): { delta: Tensor1D; m: Tensor1D; v: Tensor1D; applied: Applied | null } | null {
  const results = adam(inputs, attributes) as Tensor1D[] | null;
  if (!results) return null;
  const [delta, m, v, theta, changes] = results;
  return { delta: delta!, m: m!, v: v!, applied: changes ? { theta: theta!, changes } : null };
}
