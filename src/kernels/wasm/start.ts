import * as tf from '@tensorflow/tfjs-core';
import type { KernelBuild } from '../../lib/adapters';
import { replaceElementwise } from './elementwise';
import { replaceMatMul } from './matmul';
import { shareMemory } from './sharing';
import { canShareMemory, withSharedMemory } from './threads/sharedMemory';
import { createTeam, type StartThread } from './threads/team';
import { instances } from './exports';
import { attach } from './module';

/**
 * A function that multiplies and adds with one rounding, f32x4.relaxed_madd: the module is valid exactly
 * where relaxed SIMD is known.
 */
const RELAXED_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 26, 11],
]);
const SIMD_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0],
  ...[65, 0, 253, 15, 26, 11],
]);

/** A file of our kernels: a build in the form that computes in float32, or in the one that rounds (see `assembly/rounding.ts`). */
export type KernelFile = KernelBuild | `${KernelBuild}.rounding`;

/** The build of our kernels that this machine can run; null where there is no SIMD. */
export function wasmBuild(): KernelBuild | null {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(SIMD_PROBE)) return null;
  return WebAssembly.validate(RELAXED_PROBE) ? 'relaxed' : 'simd';
}

/**
 * The memory that an instantiated module exports, whatever it calls it. Others may start modules meanwhile
 * (Node its own, when something is fetched), but of what they have compiled before: that has no `instance`.
 */
const memoryOf = ({ instance }: Partial<WebAssembly.WebAssemblyInstantiatedSource>) =>
  instance && Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);

/**
 * Starts the wasm backend with `start`, and our kernels in its memory. Where the machine has no SIMD, or
 * the backend is not the one that starts, TensorFlow.js's own operations stand in.
 *
 * @param read gives the bytes of a build
 * @param startThread a further thread for the kernels; used where memory can be shared
 */
export async function startWithKernels(
  start: () => Promise<boolean>,
  read: (build: KernelFile) => Promise<BufferSource>,
  startThread: StartThread,
): Promise<boolean> {
  const { instantiate, instantiateStreaming } = WebAssembly;
  const build = wasmBuild();
  const canShare = build !== null && canShareMemory();
  let memory: WebAssembly.Memory | undefined;
  const caught = <Result>(result: Result): Result => {
    memory ??= memoryOf(result as Partial<WebAssembly.WebAssemblyInstantiatedSource>);
    return result;
  };
  /** With a memory that is shared; or not, where the device refuses one of that size. */
  const begin = async (source: BufferSource, imports: WebAssembly.Imports) => {
    try {
      return await instantiate(canShare ? withSharedMemory(source) : source, imports);
    } catch (error) {
      if (!canShare) throw error;
      return instantiate(source, imports);
    }
  };
  WebAssembly.instantiate = ((
    source: BufferSource | WebAssembly.Module,
    imports: WebAssembly.Imports,
  ) =>
    source instanceof WebAssembly.Module
      ? instantiate(source, imports)
      : begin(source, imports).then(caught)) as typeof WebAssembly.instantiate;
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const response = await source;
    return canShare
      ? WebAssembly.instantiate(await response.arrayBuffer(), imports)
      : instantiateStreaming(response, imports).then(caught);
  };
  let started = false;
  try {
    started = await start();
    if (started) await tf.ready();
  } finally {
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
  }
  // Where it had started before there is nothing to catch, and nothing to do.
  if (!memory) return started;
  shareMemory();
  if (build) {
    const shares = canShare && memory.buffer instanceof SharedArrayBuffer;
    const compiled = async (form: KernelFile) => {
      const bytes = await read(form);
      return WebAssembly.compile(shares ? withSharedMemory(bytes) : bytes);
    };
    const [exact, rounding] = await Promise.all([compiled(build), compiled(`${build}.rounding`)]);
    const modules = { exact, rounding };
    const kernels = instances(modules, memory);
    attach(kernels, shares ? createTeam(modules, memory, kernels, startThread) : null);
    replaceMatMul();
    replaceElementwise();
  }
  return started;
}
