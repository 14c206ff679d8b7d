import type { instantiate } from '../assembly/build/simd';

/** The module's functions, with the signatures that the compiler gave them: see `assembly/`. */
export type WasmExports = Awaited<ReturnType<typeof instantiate>>;
/** Functions that compute; the others tell an instance its share of that, or what scratch they need. */
export type KernelName = Exclude<
  keyof WasmExports,
  'memory' | 'share' | 'moveScratch' | 'productScratch'
>;
type Arguments = { [Name in KernelName]: Parameters<WasmExports[Name]> };
export type WasmKernels = { [Name in KernelName]: (...args: Arguments[Name]) => void };

/** A call of the module, to be made again, in this thread or another. */
export type KernelCall<Name extends KernelName = KernelName> = {
  [One in Name]: { name: One; args: Arguments[One] };
}[Name];

export function callKernel<Name extends KernelName>(
  kernels: WasmKernels,
  { name, args }: KernelCall<Name>,
): void {
  kernels[name](...args);
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
} as const satisfies Record<KernelName, 'parts' | 'calls' | 'alone'>;
export const KERNEL_NAMES = Object.keys(DIVISION) as KernelName[];
export const howDivided = (name: KernelName) => DIVISION[name];
