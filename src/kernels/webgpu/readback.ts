/** As many staging buffers are kept for the next readbacks. */
const KEPT = 3;

/**
 * Reads a vector back without making the next step wait: each readback has a staging buffer of its own,
 * so that several steps may be on their way.
 */
export interface Readback {
  /** Adds the copy to the commands. What is called after they were submitted gives the numbers. */
  from(encoder: GPUCommandEncoder, source: GPUBufferBinding): () => Promise<Float32Array>;
  dispose(): void;
}

export function createReadback(
  bytes: number,
  allocate: (bytes: number, usage: GPUBufferUsageFlags) => GPUBuffer,
  release: (buffer: GPUBuffer) => void,
): Readback {
  const free: GPUBuffer[] = [];
  let kept = KEPT;
  return {
    from(encoder, { buffer, offset = 0 }) {
      const staging =
        free.pop() ?? allocate(bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
      return async () => {
        await staging.mapAsync(GPUMapMode.READ);
        const values = new Float32Array(staging.getMappedRange().slice(0));
        staging.unmap();
        if (free.length < kept) free.push(staging);
        else release(staging);
        return values;
      };
    },
    dispose() {
      // Those on their way are let go when they have arrived.
      kept = 0;
      free.splice(0).forEach(release);
    },
  };
}
