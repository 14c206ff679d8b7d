// TensorFlow.js as Node loads it, with the gradients of all operations.
import '../../src/engine/nodeBackend';
import * as tf from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../../src/kernels/webgpu/backend';
import { useDriver } from './driver';
import { openGPU } from './vulkan';

/* WebGPU in Node: Dawn, on the driver that `driver.ts` finds. */

/** What the device has refused; it says so to nobody else. */
export const deviceErrors: string[] = [];

let opened: Promise<void> | null = null;

/**
 * Workgroup memory is not zeroed, which takes the software driver half of the time that it compiles a shader for. Kernels
 * write there what they read, and a browser zeroes it all the same.
 */
const QUICKLY_COMPILED = ['enable-dawn-features=disable_workgroup_init'];

/** Gives this process a GPU, and TensorFlow.js its backend. */
async function openDawn(): Promise<void> {
  useDriver();
  const gpu = await openGPU(QUICKLY_COMPILED);
  if (!(await gpu.requestAdapter())) {
    throw new Error(
      'Dawn found no WebGPU adapter. The tests of WebGPU need the driver beside Debian’s chromium ' +
        '(vk_swiftshader_icd.json), or another that VK_ICD_FILENAMES names.',
    );
  }
  // Not before there is a GPU: the library’s module looks for one when it is imported.
  const { registerWebGPU } = await import('../../src/kernels/webgpu/open');
  registerWebGPU(gpu);
}

/** Sets TensorFlow.js’s backend to WebGPU in Node. Fails, and does not skip, where there is no adapter. */
export async function openWebGPU(): Promise<TapingBackend> {
  await (opened ??= openDawn());
  if (!(await tf.setBackend('webgpu'))) throw new Error('The WebGPU backend did not start.');
  await tf.ready();
  const backend = tf.backend() as TapingBackend;
  backend.device.onuncapturederror = ({ error }) => deviceErrors.push(error.message);
  return backend;
}

/** What a form of the kernels goes by. */
type Traits = Partial<Pick<TapingBackend, 'hasBarriers' | 'hasSubgroups' | 'mostBuffers'>>;

/** Devices that a form of the kernels is for. */
export const FORMS: Record<string, Traits> = {
  'lanes that share a row by subgroups': { hasBarriers: true, hasSubgroups: true },
  'lanes that share a row by memory': { hasBarriers: true, hasSubgroups: false },
  'a thread for each row': { hasBarriers: false },
  'no more than eight tensors bound': { hasBarriers: false, mostBuffers: 8 },
};

/** Runs something as on such a device. */
export async function asDevice<T>(
  backend: TapingBackend,
  traits: Traits,
  run: () => Promise<T>,
): Promise<T> {
  const { hasBarriers, hasSubgroups, mostBuffers } = backend;
  Object.assign(backend, traits);
  try {
    return await run();
  } finally {
    Object.assign(backend, { hasBarriers, hasSubgroups, mostBuffers });
  }
}
