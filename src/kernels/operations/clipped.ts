import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { registerKernel } from '../kernel';
import { clippedPrograms, CLIP_CHUNK } from '../webgpu/shaders/clipped';
import { overLargest } from './overLargest';

const kernel = registerKernel<'x', { most: number }>({
  name: 'Clipped',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x }, outputs: [y], shapes, attributes: { most } }) {
    kernels.clipped(y!, x, shapes.x[0]!, most);
  },
  webgpu({ run, backend, scratch, inputs: { x }, outputs: [y], shapes, attributes: { most } }) {
    const parts = scratch([Math.ceil(shapes.x[0]! / CLIP_CHUNK), 2]);
    const whole = scratch([2]);
    clippedPrograms(backend, most, { x, parts, whole, y: y! }).forEach(run);
  },
});

/** The same of the library’s operations. */
function composed(x: Tensor1D, most: number): Tensor1D {
  const { largest, unit } = overLargest(x, [0]);
  const length = tf.sqrt(tf.sum(tf.square(unit)));
  const isShort = tf.lessEqual(tf.mul(largest, length), most);
  return tf.where(isShort, x, tf.mul(unit, tf.div(most, length)));
}

/**
 * x · min(1, most/‖x‖), also where ‖x‖ or its square is no number of float32; NaN throughout where one number is
 * not finite. x: [P] → [P]
 */
export const clipped = (x: Tensor1D, most: number): Tensor1D =>
  (kernel({ x }, { most })?.[0] as Tensor1D | undefined) ?? composed(x, most);
