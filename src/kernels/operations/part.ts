import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { registerLoop } from '../loop';
import { view } from '../wasm/sharing';
import type { TapingBackend } from '../webgpu/backend';

/**
 * The library's slice on wasm copies the whole tensor out of the heap for each part of it: to split the
 * parameter vector of the default model so took 90 of 160 ms of a step. There a part lies in the vector.
 */
const partOf = registerLoop<{ start: number; shape: number[] }>({
  name: 'ContiguousPart',
  shape: (_inputs, { shape }) => shape,
  run: ([vector], output, { start }) => output.set(vector!.subarray(start, start + output.length)),
  instead: {
    wasm({ inputs, backend, attrs }) {
      const { start, shape } = attrs as unknown as { start: number; shape: number[] };
      return view(backend, inputs['input0'] as TensorInfo, start, shape);
    },
    webgpu({ inputs, backend: current, attrs }) {
      const { start, shape } = attrs as unknown as { start: number; shape: number[] };
      const backend = current as unknown as TapingBackend;
      return backend.part(inputs['input0'] as TensorInfo, start, shape);
    },
  },
});

/** Elements `start` … of a vector, which outlives it, as a tensor of that shape. It has no gradient. */
export const part = (vector: Tensor1D, start: number, shape: number[]): Tensor =>
  partOf([vector], { start, shape }) ?? tf.reshape(tf.slice(vector, start, sizeOf(shape)), shape);
