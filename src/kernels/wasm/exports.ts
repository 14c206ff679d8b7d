import { mapValues } from '../../lib/objects';
import { bitRules, type EmulatedFormat } from '../../lib/floats';
import type { instantiate } from '../assembly/build/simd';
import type { instantiate as instantiateRounding } from '../assembly/build/simd.rounding';
import type { PrecisionPolicy } from '../precision/current';

type Exact = Awaited<ReturnType<typeof instantiate>>;
type Rounding = Awaited<ReturnType<typeof instantiateRounding>>;
/** The module as an instance, in the form that computes in float32 and in the one that rounds: see `assembly/`. */
export interface WasmExports {
  exact: Exact;
  rounding: Rounding;
}
/** The module compiled, in both forms. */
export type WasmModules = { [Form in keyof WasmExports]: WebAssembly.Module };

/** Instances in this thread that work in a memory. */
export function instances(modules: WasmModules, memory: WebAssembly.Memory): WasmExports {
  const { exact, rounding } = mapValues(
    modules,
    (module) => new WebAssembly.Instance(module, { env: { memory } }).exports,
  );
  return { exact, rounding } as unknown as WasmExports;
}

/** Functions that tell an instance its share, and its format. */
type Telling =
  'memory' | 'share' | 'be' | 'setRounding' | 'tabulate' | 'tableEntries' | 'productScratch';
/** Functions that compute. */
export type KernelName = Exclude<keyof Exact | keyof Rounding, Telling>;
type Functions = Omit<Rounding, Telling> & Omit<Exact, Telling>;
type Arguments = { [Name in KernelName]: Parameters<Functions[Name]> };
export type WasmKernels = { [Name in KernelName]: (...args: Arguments[Name]) => void };

/** The way in which a call rounds, as `setRounding` is told. */
export type CallRounding = Parameters<Rounding['setRounding']>;

/** Rounding to a format; what that loses is counted at `losses`, by every thread in its own bytes. */
export function callRounding(
  format: EmulatedFormat,
  policy: PrecisionPolicy,
  losses: number,
): CallRounding {
  const { dropped, normalFrom, overflowFrom, overflowBits, zeroTo, smallestPower } =
    bitRules(format);
  return [
    ...([dropped, normalFrom, overflowFrom, overflowBits, zeroTo, smallestPower] as const),
    ...([policy === 'every_op', losses] as const),
  ];
}

/** A call of the module, to be made again, in this thread or another; in float32 if it is not told how to round. */
export type KernelCall<Name extends KernelName = KernelName> = {
  [One in Name]: { name: One; args: Arguments[One]; rounding: CallRounding | null };
}[Name];

export function callKernel({ exact, rounding: inFormat }: WasmExports, call: KernelCall): void {
  const { name, args, rounding } = call;
  const kernels = rounding ? inFormat : exact;
  if (rounding) inFormat.setRounding(...rounding);
  (kernels as unknown as Record<string, (...args: unknown[]) => void>)[name]!(...args);
}

/**
 * The way several threads make the calls of a function: each does a part of every call; or whole calls, of which
 * one operation makes several that know nothing of each other; or one thread makes all.
 */
const DIVISION = {
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
  clipped: 'alone',
  changed: 'alone',
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
  round: 'parts',
  tabled: 'parts',
  tabledGradient: 'parts',
  takeLosses: 'alone',
} as const satisfies Record<KernelName, 'parts' | 'calls' | 'alone'>;
export const KERNEL_NAMES = Object.keys(DIVISION) as KernelName[];
export const howDivided = (name: KernelName) => DIVISION[name];
