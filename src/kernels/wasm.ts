import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { mapValues } from '../lib/objects';

/*
 * Our own kernels in WebAssembly (`assembly/`). They work in the memory of TensorFlow.js's wasm backend, on
 * its tensors, without a copy: the module imports that memory, which is caught while the backend starts.
 */

/** Where a tensor's numbers begin in the heap, in bytes; 0 is no tensor. */
export type Address = number;

type Call = (...args: number[]) => void;
/** What the module exports: see `assembly/`, whose functions have these names. */
export type WasmKernels = Record<(typeof EXPORTS)[number], Call>;
/** A call of the module, to be made again. */
export interface KernelCall {
  call: Call;
  args: number[];
}
const EXPORTS = [
  'linear',
  'linearInputGradient',
  'linearWeightGradient',
  'rowNorm',
  'rowNormGradient',
  'addRowNorm',
  'addRowNormGradient',
  'pointNorm',
  'pointNormGradient',
  'attention',
  'attentionGradient',
  'headMoments',
  'activation',
  'activationGradient',
  'moments',
  'tokenMoments',
  'rms',
  'segmentRms',
  'adam',
  'crossEntropy',
  'outputMoments',
  'add',
  'multiply',
  'divide',
  'embedding',
  'embeddingGradient',
  'copy',
  'matmul',
] as const;

/** What this file uses of the backend. */
interface WasmBackend {
  wasm: { _malloc(bytes: number): number };
  dataIdMap: { get(dataId: object): { memoryOffset: Address } };
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo;
}
const backendOf = (backend: unknown) => backend as WasmBackend;

let kernels: WasmKernels | null = null;
let heard: KernelCall[] | null = null;
let listening: WasmKernels | null = null;
let scratch = { address: 0, bytes: 0 };

/** Whether our kernels are there. */
export const hasWasmKernels = (): boolean => kernels !== null;
/** The module's functions. */
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

/** The functions that write down their calls. */
const withEar = (module: WasmKernels): WasmKernels =>
  mapValues(module, (call) => (...args: number[]) => {
    heard!.push({ call, args });
    call(...args);
  });

export const addressOf = (backend: unknown, tensor: TensorInfo): Address =>
  backendOf(backend).dataIdMap.get(tensor.dataId).memoryOffset;

export const makeOutput = (backend: unknown, shape: readonly number[]): TensorInfo =>
  backendOf(backend).makeOutput(shape, 'float32');

/**
 * Memory for the length of one call of a kernel. Where it is too small, one of twice the size stands in; the
 * former stays, as recorded calls may name it.
 */
export function scratchOf(bytes: number): Address {
  if (bytes > scratch.bytes) {
    const size = Math.max(bytes, 2 * scratch.bytes);
    const address = backendOf(tf.backend()).wasm._malloc(size) >>> 0;
    if (!address) throw new Error(`There is no memory for ${size} bytes of scratch.`);
    scratch = { address, bytes: size };
  }
  return scratch.address;
}

/** Takes over the functions of an instance that works in the backend's memory. */
export function attach({ exports }: WebAssembly.Instance) {
  kernels = Object.fromEntries(EXPORTS.map((name) => [name, exports[name] as Call])) as WasmKernels;
  listening = withEar(kernels);
  scratch = { address: 0, bytes: 0 };
}
