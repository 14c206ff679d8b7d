import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { registerLoop } from './loop';

/**
 * The library's slice on wasm copies the whole tensor out of the heap for each part of it: to split the
 * parameter vector of the default model so took 90 of 160 ms of a step. This copies the part alone.
 */
const copyPart = registerLoop<{ start: number; shape: number[] }>({
  name: 'ContiguousPart',
  shape: (_inputs, { shape }) => shape,
  run: ([vector], output, { start }) => output.set(vector!.subarray(start, start + output.length)),
});

/** Elements `start` … of a vector as a tensor of that shape. It has no gradient. */
export const part = (vector: Tensor1D, start: number, shape: number[]): Tensor =>
  copyPart([vector], { start, shape }) ??
  tf.reshape(tf.slice(vector, start, tf.util.sizeFromShape(shape)), shape);
