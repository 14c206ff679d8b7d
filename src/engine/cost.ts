import * as tf from '@tensorflow/tfjs-core';
import type { Counts } from '../kernels/webgpu/tape';

/** The device’s work so far, where the backend counts it. */
export function deviceCounts(): Counts | null {
  const { counts } = tf.backend() as { counts?: Counts };
  return counts ? { ...counts } : null;
}

/** The device’s work since it was counted; null where the backend does not count. */
export function countedSince(before: Counts | null) {
  const now = deviceCounts();
  const since = (name: keyof Counts) => before && now && now[name] - before[name];
  return {
    dispatches: since('dispatches'),
    submits: since('submits'),
    readbackBytes: since('readbackBytes'),
  };
}

/** The fields of backends that know how much memory they have taken. */
interface Heap {
  wasm?: { HEAPU8: Uint8Array };
}
interface CardMemory {
  /** WebGPU’s name for it, and WebGL’s. */
  numBytesAllocatedInGPU?: number;
  numBytesInGPUAllocated?: number;
}

/** Memory held on the device, in bytes: on wasm the heap; null where nobody counts. */
export function deviceBytes(): number | null {
  const { wasm } = tf.backend() as Heap;
  if (wasm) return wasm.HEAPU8.byteLength;
  const { numBytesAllocatedInGPU, numBytesInGPUAllocated } = tf.memory() as CardMemory;
  return numBytesAllocatedInGPU ?? numBytesInGPUAllocated ?? null;
}
