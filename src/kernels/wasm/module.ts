import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  callKernel,
  callRounding,
  KERNEL_NAMES,
  type CallRounding,
  type KernelCall,
  type KernelName,
  type WasmExports,
  type WasmKernels,
} from './exports';
import type { EmulatedFormat } from '../../lib/floats';
import type { Emulation } from '../precision/current';
import { MOST_THREADS, type Team } from './threads/team';

/*
 * Our own kernels in WebAssembly (`assembly/`). They work in the memory of TensorFlow.js's wasm backend, on
 * its tensors, without a copy: the module imports that memory, which is caught while the backend starts.
 */

/** Where a tensor's numbers begin in the heap, in bytes; 0 is no tensor. */
export type Address = number;

/** Members of the library's backend that this file uses. */
interface WasmBackend {
  wasm: { _malloc(bytes: number): number; HEAPU8: Uint8Array };
  dataIdMap: { get(dataId: object): { memoryOffset: Address } };
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo;
}
const backendOf = (backend: unknown) => backend as WasmBackend;

let exports: WasmExports | null = null;
let heard: KernelCall[] | null = null;
let scratch = { address: 0, bytes: 0 };
let losses: Address = 0;
let team: Team | null = null;

/** The threads that share the memory; null where it cannot be shared. */
export const wasmTeam = (): Team | null => team;

/** True once our kernels are attached. */
export const hasWasmKernels = (): boolean => exports !== null;
export const wasmExports = (): WasmExports => exports!;

/** Runs something, and writes down the calls that it makes of the module. */
export function listenToKernels<T>(calls: KernelCall[], run: () => T): T {
  heard = calls;
  try {
    return run();
  } finally {
    heard = null;
  }
}

function kernelsRounding(rounding: CallRounding | null): WasmKernels {
  const calling =
    (name: KernelName) =>
    (...args: unknown[]) => {
      const call = { name, args, rounding } as KernelCall;
      heard?.push(call);
      callKernel(exports!, call);
    };
  return Object.fromEntries(KERNEL_NAMES.map((name) => [name, calling(name)])) as WasmKernels;
}

const exact = kernelsRounding(null);
const rounding = new Map<string, WasmKernels>();

/** The module's functions in float32; or as they round where products compute in a format. */
export function wasmKernels(as: Pick<Emulation, 'format' | 'policy'> | null = null): WasmKernels {
  if (!as) return exact;
  const { format, policy } = as;
  const key = `${format} ${policy}`;
  const kernels = rounding.get(key) ?? kernelsRounding(callRounding(format, policy, losses));
  rounding.set(key, kernels);
  return kernels;
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
export const productBytes = (M: number, K: number): number => exports!.exact.productScratch(M, K);
export const productScratch = (M: number, K: number): Address => scratchOf(productBytes(M, K));
/** Bytes of scratch that each thread has. */
export const scratchBytes = (): number => scratch.bytes;

/** Tables of functions of all numbers of a format, by format and function; see `assembly/roundedActivation.ts`. */
const tables = new Map<string, Address>();

/** The table of a function of that number, or of its slope. */
export function tableOf(format: EmulatedFormat, kind: number, ofSlope: boolean): Address {
  const key = `${format} ${kind} ${ofSlope}`;
  const known = tables.get(key);
  if (known) return known;
  const { rounding } = exports!;
  rounding.setRounding(...callRounding(format, 'every_op', losses));
  const bytes = 16 * rounding.tableEntries();
  const table = backendOf(tf.backend()).wasm._malloc(bytes) >>> 0;
  if (!table) throw new Error(`There is no memory for a table of ${bytes} bytes.`);
  rounding.tabulate(table, kind, ofSlope);
  tables.set(key, table);
  return table;
}

/** Bytes of the memory for rounding: OWN of `assembly/rounding.ts` for each thread. */
const ROUNDING_BYTES = 512 * MOST_THREADS;
/** Where the threads count that; see `assembly/rounding.ts`. */
export const countedLosses = (): { address: Address; threads: number } => ({
  address: losses,
  threads: MOST_THREADS,
});

/** Takes over the functions of an instance that works in the backend's memory, and the threads in it. */
export function attach(attached: WasmExports, withTeam: Team | null) {
  exports = attached;
  team = withTeam;
  scratch = { address: 0, bytes: 0 };
  const { wasm } = backendOf(tf.backend());
  losses = wasm._malloc(ROUNDING_BYTES) >>> 0;
  wasm.HEAPU8.fill(0, losses, losses + ROUNDING_BYTES);
  rounding.clear();
  tables.clear();
}
