import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { mapValues } from '../../lib/objects';
import { MOST_THREADS, type Team } from './threads/team';

/*
 * Our own kernels in WebAssembly (`assembly/`). They work in the memory of TensorFlow.js's wasm backend, on
 * its tensors, without a copy: the module imports that memory, which is caught while the backend starts.
 */

/** Where a tensor's numbers begin in the heap, in bytes; 0 is no tensor. */
export type Address = number;

type Call = (...args: number[]) => void;
/** What the module exports: see `assembly/`, whose functions have these names. */
export type WasmKernels = Record<KernelName, Call>;
/** A call of the module, to be made again. */
export interface KernelCall {
  name: KernelName;
  call: Call;
  args: number[];
}

/**
 * The module's functions, and how several threads make their calls: each does a part of every call; or whole
 * calls, of which one operation makes several that know nothing of each other; or one thread makes all.
 */
const EXPORTS = {
  linear: 'parts',
  linearInputGradient: 'parts',
  linearWeightGradient: 'parts',
  rowNorm: 'parts',
  rowNormGradient: 'alone',
  addRowNorm: 'alone',
  addRowNormGradient: 'alone',
  adaptiveNorm: 'alone',
  adaptiveNormGradient: 'alone',
  seedNorm: 'alone',
  seedNormGradient: 'alone',
  batchMoments: 'alone',
  normBy: 'alone',
  batchNormGradient: 'alone',
  movingAverage: 'alone',
  discrepancy: 'alone',
  pointNorm: 'alone',
  pointNormGradient: 'alone',
  attention: 'parts',
  attentionGradient: 'parts',
  headMoments: 'parts',
  activation: 'parts',
  activationGradient: 'parts',
  moments: 'calls',
  tokenMoments: 'calls',
  rms: 'calls',
  segmentRms: 'alone',
  adam: 'parts',
  crossEntropy: 'alone',
  outputMoments: 'alone',
  copy: 'alone',
  matmul: 'parts',
  add: 'parts',
  multiply: 'parts',
  divide: 'parts',
  embedding: 'alone',
  embeddingGradient: 'alone',
  modalityRms: 'alone',
  dropped: 'alone',
  overNorm: 'alone',
  blended: 'alone',
  rotated: 'alone',
  scaled: 'alone',
  scaledGradient: 'alone',
  spectral: 'alone',
  spectralGradient: 'alone',
} as const satisfies Record<string, 'parts' | 'calls' | 'alone'>;
type KernelName = keyof typeof EXPORTS;
export const howDivided = (name: KernelName) => EXPORTS[name];

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
let team: Team | null = null;

/** The threads that share the memory; null where it cannot be shared. */
export const wasmTeam = (): Team | null => team;

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
  mapValues(module, (call, name) => (...args: number[]) => {
    heard!.push({ name, call, args });
    call(...args);
  });

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
/** What each thread has of it. */
export const scratchBytes = (): number => scratch.bytes;

/** Takes over the functions of an instance that works in the backend's memory, and the threads in it. */
export function attach({ exports }: WebAssembly.Instance, withTeam: Team | null) {
  kernels = mapValues(EXPORTS, (_, name) => exports[name] as Call);
  listening = withEar(kernels);
  team = withTeam;
  scratch = { address: 0, bytes: 0 };
}
