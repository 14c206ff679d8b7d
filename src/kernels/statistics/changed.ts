import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { registerKernel } from '../kernel';
import { changedProgram } from '../webgpu/shaders/changed';

const kernel = registerKernel<'before' | 'after', object>({
  name: 'Changed',
  shapes: () => [[1]],
  wasm({ kernels, inputs: { before, after }, outputs: [out], shapes }) {
    kernels.changed(out!, before, after, shapes.before[0]!);
  },
  webgpu({ run, backend, inputs, outputs: [changed] }) {
    run(changedProgram(backend, inputs, changed!));
  },
});

/** 1 where a number of two vectors differs, or is NaN afterwards, else 0. before, after: [P] → [] or [1] */
export const changed = (before: Tensor1D, after: Tensor1D): Tensor =>
  kernel({ before, after }, {})?.[0] ?? tf.cast(tf.any(tf.notEqual(before, after)), 'float32');
