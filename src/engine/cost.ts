import * as tf from '@tensorflow/tfjs-core';
import type { Counts } from '../kernels/webgpu/tape';

/** What was asked of the device so far, where the backend counts it. */
export function deviceCounts(): Counts | null {
  const { counts } = tf.backend() as { counts?: Counts };
  return counts ? { ...counts } : null;
}

/** What this file uses of backends that know how much memory they have taken. */
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
