import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/*
 * TensorFlow.js's wasm backend copies without need. Here a clone is a second tensor over the same
 * numbers, and so is a part of a vector.
 */

/** Members of the library's backend that this file uses. */
interface WasmBackend {
  dataIdMap: { get(dataId: object): { memoryOffset: number; refCount: number } };
  incRef(dataId: object): void;
  disposeData(dataId: object, force?: boolean): boolean;
  makeOutput(shape: number[], dtype: 'float32', memoryOffset: number): TensorInfo;
}

/** Data that lies within a tensor's, and is not to be freed. */
const views = new WeakSet<object>();

const identity: tf.KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs['x'] as TensorInfo;
  (backend as unknown as WasmBackend).incRef(dataId);
  return { dataId, shape, dtype };
};

/** To be called once the wasm backend has started. */
export function shareMemory() {
  tf.unregisterKernel('Identity', 'wasm');
  tf.registerKernel({ kernelName: 'Identity', backendName: 'wasm', kernelFunc: identity });
  const backend = tf.backend() as unknown as WasmBackend;
  const disposeData = backend.disposeData.bind(backend);
  backend.disposeData = (dataId, force) => {
    if (views.has(dataId)) {
      const data = backend.dataIdMap.get(dataId);
      // To free the address 0 does nothing.
      if (force || data.refCount === 1) data.memoryOffset = 0;
    }
    return disposeData(dataId, force);
  };
}

/** Elements `start` … of a vector, of that shape, in its own memory. The vector must outlive it. */
export function view(backend: unknown, vector: TensorInfo, start: number, shape: number[]) {
  const wasm = backend as WasmBackend;
  const { memoryOffset } = wasm.dataIdMap.get(vector.dataId);
  const part = wasm.makeOutput(shape, 'float32', memoryOffset + 4 * start);
  views.add(part.dataId);
  return part;
}
