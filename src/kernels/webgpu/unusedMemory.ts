import * as tf from '@tensorflow/tfjs-core';

/** Members of the WebGPU backend’s buffer manager that this file uses. */
interface BufferPool {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

/**
 * Gives back the memory that no tensor uses. The WebGPU backend keeps every buffer it ever made for
 * tensors of exactly that size: after a change of shape they would lie there for good. To be called when
 * nothing is being computed.
 */
export function releaseUnusedMemory(): void {
  const { bufferManager: pool } = tf.backend() as unknown as { bufferManager?: BufferPool };
  if (!pool?.freeBuffers) return;
  for (const buffers of pool.freeBuffers.values()) {
    for (const buffer of buffers) {
      pool.numBytesAllocated -= buffer.size;
      pool.numFreeBuffers--;
      buffer.destroy();
    }
    buffers.length = 0;
  }
}
