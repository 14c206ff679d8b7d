import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, TensorInfo } from '@tensorflow/tfjs-core';

/** What this file uses of the wasm backend. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

const KERNEL = 'ContiguousPart';

/**
 * The library's slice on wasm copies the whole tensor out of the heap for each part of it: to split the
 * parameter vector of the default model so took 90 of 160 ms of a step. This copies the part alone.
 */
tf.registerKernel({
  kernelName: KERNEL,
  backendName: 'wasm',
  kernelFunc({ inputs, backend, attrs }) {
    const wasm = backend as unknown as WasmBackend;
    const { start, shape } = attrs as unknown as { start: number; shape: number[] };
    const part = wasm.makeOutput(shape, 'float32');
    // The heap may have grown, and moved, while the output was made: views are taken after it.
    const values = wasm.typedArrayFromHeap(inputs['vector'] as TensorInfo);
    const target = wasm.typedArrayFromHeap(part);
    target.set(values.subarray(start, start + target.length));
    return part;
  },
});

/** Elements `start` … of a vector as a tensor of that shape. It has no gradient. */
export function part(vector: Tensor1D, start: number, shape: number[]): Tensor {
  if (tf.getKernel(KERNEL, tf.getBackend())) {
    return tf.engine().runKernel(KERNEL, { vector }, { start, shape });
  }
  return tf.reshape(tf.slice(vector, start, tf.util.sizeFromShape(shape)), shape);
}
