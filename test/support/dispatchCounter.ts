import type { TapingBackend } from '../../src/kernels/webgpu/backend';

export interface Dispatched {
  /** How often each kernel ran, by the name of its shader. */
  kernels: Map<string, number>;
  /** Copies by the encoder. */
  copies: number;
}

/** Listens to what is encoded for the device. What is called gives what there was since it was called last. */
export function countDispatches({ device, pipelineCache }: TapingBackend): () => Dispatched {
  let counted: Dispatched = { kernels: new Map(), copies: 0 };
  const nameOf = (pipeline: GPUComputePipeline) =>
    Object.entries(pipelineCache).find(([, one]) => one === pipeline)?.[0] ?? 'unknown';
  const { createCommandEncoder } = device;
  device.createCommandEncoder = function (...args) {
    const encoder = createCommandEncoder.apply(this, args);
    const { beginComputePass, copyBufferToBuffer } = encoder;
    encoder.beginComputePass = function (...args) {
      const pass = beginComputePass.apply(this, args);
      const { setPipeline, dispatchWorkgroups } = pass;
      let name = '';
      pass.setPipeline = function (pipeline) {
        name = nameOf(pipeline);
        setPipeline.call(this, pipeline);
      };
      pass.dispatchWorkgroups = function (...groups) {
        counted.kernels.set(name, (counted.kernels.get(name) ?? 0) + 1);
        dispatchWorkgroups.apply(this, groups);
      };
      return pass;
    };
    encoder.copyBufferToBuffer = function (this: GPUCommandEncoder, ...args: unknown[]) {
      counted.copies++;
      copyBufferToBuffer.apply(this, args as Parameters<typeof copyBufferToBuffer>);
    } as typeof copyBufferToBuffer;
    return encoder;
  };
  return () => {
    const result = counted;
    counted = { kernels: new Map(), copies: 0 };
    return result;
  };
}
