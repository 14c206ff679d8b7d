import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { registerKernel } from '../kernel';
import { numbered } from '../numbered';

const join = registerKernel<string, object>({
  name: 'Join',
  rounds: 'nothing',
  shapes: (inputs) => [[Object.values(inputs).reduce((size, shape) => size + sizeOf(shape), 0)]],
  wasm({ kernels, inputs, outputs: [vector], shapes }) {
    let to = vector!;
    for (const name in inputs) {
      const bytes = 4 * sizeOf(shapes[name]!);
      kernels.copy(to, inputs[name]!, bytes);
      to += bytes;
    }
  },
  webgpu({ backend, inputs, outputs: [vector], shapes }) {
    let at = 0;
    for (const name in inputs) {
      const size = sizeOf(shapes[name]!);
      backend.copy(inputs[name]!, 0, vector!, at, size);
      at += size;
    }
  },
});

/** The numbers of tensors one after the other, in a vector. It has no gradient. */
export const joined = (tensors: Tensor[]): Tensor1D =>
  (join(numbered('x', tensors), {})?.[0] as Tensor1D | undefined) ??
  tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [-1])));
