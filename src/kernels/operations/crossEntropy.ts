import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerKernel } from '../kernel';
import { crossEntropyPrograms } from '../webgpu/shaders/loss';

/**
 * Mean of −ln p(target) over the counted tokens, [1], and its gradient (softmax − one-hot)/count, [N, V].
 * logits: [N, V], targets: [N] int32, −1 is not counted; null where there is no kernel.
 */
export const crossEntropyKernel = registerKernel<'logits' | 'targets', object>({
  name: 'CrossEntropy',
  shapes: ({ logits }) => [[1], logits],
  wasm({ kernels, inputs: { logits, targets }, outputs: [loss, gradient], shapes }) {
    const [N, V] = shapes.logits as [number, number];
    kernels.crossEntropy(loss!, gradient!, logits, targets, N, V);
  },
  webgpu({ run, scratch, backend, inputs, outputs: [loss, gradient], shapes }) {
    const sizes = shapes.logits as [number, number];
    const outputs = {
      ...{ loss: loss!, gradient: gradient! },
      ...{ each: scratch([sizes[0]]), counted: scratch([1]) },
    };
    crossEntropyPrograms(backend, sizes, inputs, outputs).forEach(run);
  },
}) as (
  inputs: { logits: Tensor2D; targets: Tensor1D },
  attributes: object,
) => [Tensor1D, Tensor2D] | null;
