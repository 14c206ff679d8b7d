import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  callKernel,
  KERNEL_NAMES,
  type KernelCall,
  type KernelName,
  type WasmExports,
  type WasmKernels,
} from './exports';
import { MOST_THREADS, type Team } from './threads/team';

/*
 * Our own kernels in WebAssembly (`assembly/`). They work in the memory of TensorFlow.js's wasm backend, on
 * its tensors, without a copy: the module imports that memory, which is caught while the backend starts.
 */

/** Where a tensor's numbers begin in the heap, in bytes; 0 is no tensor. */
export type Address = number;

/** Members of the library's backend that this file uses. */
interface WasmBackend {
  wasm: { _malloc(bytes: number): number };
  dataIdMap: { get(dataId: object): { memoryOffset: Address } };
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo;
}
const backendOf = (backend: unknown) => backend as WasmBackend;

let kernels: WasmExports | null = null;
let heard: KernelCall[] | null = null;
let listening: WasmKernels | null = null;
let scratch = { address: 0, bytes: 0 };
let team: Team | null = null;

/** The threads that share the memory; null where it cannot be shared. */
export const wasmTeam = (): Team | null => team;

/** True once our kernels are attached. */
export const hasWasmKernels = (): boolean => kernels !== null;
export const wasmKernels = (): WasmKernels => (heard ? listening! : kernels!);

/** Runs something, and writes down the calls that it makes of the module. */
export function listenToKernels<T>(calls: KernelCall[], run: () => T): T {
  heard = calls;
  try {
    return run();
  } finally {
    heard = null;
  }
}

function withEar(kernels: WasmKernels): WasmKernels {
  const listening =
    (name: KernelName) =>
    (...args: unknown[]) => {
      const call = { name, args } as KernelCall;
      heard!.push(call);
      callKernel(kernels, call);
    };
  return Object.fromEntries(KERNEL_NAMES.map((name) => [name, listening(name)])) as WasmKernels;
}

export const addressOf = (backend: unknown, tensor: TensorInfo): Address =>
  backendOf(backend).dataIdMap.get(tensor.dataId).memoryOffset;

export const makeOutput = (backend: unknown, shape: readonly number[]): TensorInfo =>
  backendOf(backend).makeOutput(shape, 'float32');

/**
 * Memory for the length of one call of a kernel, as much for every thread. Where it is too small, one of twice
 * the size stands in; the former stays, as recorded calls may name it.
 */
export function scratchOf(bytes: number): Address {
  if (bytes > scratch.bytes) {
    // Whole lines of a cache: threads that write into one line hold each other up.
    const size = Math.ceil(Math.max(bytes, 2 * scratch.bytes) / 64) * 64;
    const all = size * (team ? MOST_THREADS : 1);
    const address = backendOf(tf.backend()).wasm._malloc(all) >>> 0;
    if (!address) throw new Error(`There is no memory for ${all} bytes of scratch.`);
    scratch = { address, bytes: size };
  }
  return scratch.address;
}
/** Bytes of scratch for a product of [M, K] and [K, N]. */
export const productBytes = (M: number, K: number): number => kernels!.productScratch(M, K);
export const productScratch = (M: number, K: number): Address => scratchOf(productBytes(M, K));
/** Bytes of it for each thread. */
export const scratchBytes = (): number => scratch.bytes;

/** Takes over the functions of an instance that works in the backend's memory, and the threads in it. */
export function attach(exports: WasmExports, withTeam: Team | null) {
  kernels = exports;
  listening = withEar(kernels);
  team = withTeam;
  scratch = { address: 0, bytes: 0 };
}
