import type { NormId } from '../config/norms';

/** The least that a pass over memory asks of a machine. */
export interface Work {
  bytes: number;
  flops: number;
}

export const PASSES = ['forward', 'backward'] as const;
export type Pass = (typeof PASSES)[number];

/** The norm by itself; after a residual sum, as two operations; both as one. */
export const VARIANTS = ['alone', 'added', 'fused'] as const;
export type Variant = (typeof VARIANTS)[number];

export type WorkingNorm = Exclude<NormId, 'none'>;

/**
 * Operations for each number of x, forward and backward, over d features. A sum, a difference, a product, a
 * quotient and an elementary function (tanh, erf, exp) are one each; what is done once for each token or
 * feature is left out. Backward, x̂ or what stands for it is computed again from x and the statistics.
 */
const FLOPS: Record<WorkingNorm, (d: number) => readonly [forward: number, backward: number]> = {
  // Σx, x − μ, ( )², Σ, ·r, ·g, + b; x̂ 2, dy·g, Σ, ·x̂, Σ, for dg 2, for db 1, dx 4.
  layernorm: () => [7, 13],
  // x², Σ, ·r, ·g; x̂, dy·g, ·x̂, Σ, for dg 2, dx 3.
  rmsnorm: () => [4, 9],
  // As RMSNorm, but x² and Σ, and backward two of dx, of the features that are counted alone.
  prmsnorm: (d) => [2 + 2 * countedShare(d), 7 + 2 * countedShare(d)],
  // x², Σ, ·g r; x̂, dy·x̂, Σ, dx 3: the gain is one number for each token.
  scalenorm: () => [3, 6],
  // As LayerNorm; x̂ 2, for db 1, for dg 2, dx 4: of a feature g and the two means are single numbers.
  batchnorm: () => [7, 9],
  // As BatchNorm without a mean: x², Σ, ·r, ·g, + b; x̂, for db 1, for dg 2, dx 3.
  powernorm: () => [5, 7],
  // αx, tanh, ·g, + b; αx, tanh, dy·g, 1 − t², product, dx, for dα 2, for dg 2, for db 1.
  dyt: () => [4, 12],
  // αx + s, erf, ·g, + b; αx + s, erf, exp(−u²) 3, dy·g, product, dx, for dα 2, ds 1, dg 2, db 1.
  derf: () => [5, 15],
  // (x − μ) r as LayerNorm; the scale and shift of a modality are gain and bias.
  adaptive: () => [7, 13],
  // x·β and Σ, ·α, + g, x², Σ, ·r, ·gain; RMSNorm's, the gain again, for dg 1, dα 2, dtanh 2, dβ 2, dx 2.
  seednorm: () => [8, 19],
};

/** The features that pRMSNorm counts. */
const countedShare = (d: number) => Math.max(1, Math.floor(d / 16)) / d;

export const WORKING_NORMS = Object.keys(FLOPS) as WorkingNorm[];

/** Tensors of N·d numbers that are read or written at least: x and y; dy, x and dx; and those of the sum. */
const TENSORS: Record<Variant, Record<Pass, number>> = {
  alone: { forward: 2, backward: 3 },
  added: { forward: 5, backward: 6 },
  fused: { forward: 4, backward: 4 },
};

export interface NormNumbers {
  /** Learned, without biases. */
  weights: number;
  biases: number;
  buffers: number;
}

/**
 * The least work of a pass of a norm over N tokens of d features. Bytes: every tensor once, in float32.
 * Forward reads weights and biases and renews buffers; backward reads weights, and writes the gradients of
 * both.
 */
export function normWork(
  norm: WorkingNorm,
  variant: Variant,
  pass: Pass,
  [N, d]: readonly [tokens: number, features: number],
  { weights, biases, buffers }: NormNumbers,
): Work {
  const small = pass === 'forward' ? weights + biases + 2 * buffers : 2 * weights + biases;
  const summed = variant === 'alone' ? 0 : 1;
  return {
    bytes: 4 * (TENSORS[variant][pass] * N * d + small),
    flops: (FLOPS[norm](d)[PASSES.indexOf(pass)]! + summed) * N * d,
  };
}

/*
 * The roofline (Williams, Waterman, Patterson 2009): no computation is faster than memory brings its bytes,
 * nor than the machine computes.
 */

export interface Ceilings {
  /** Bytes a second. */
  bandwidth: number;
  /** Operations a second. */
  peak: number;
}

/** Operations for each byte. */
export const intensity = ({ bytes, flops }: Work): number => flops / bytes;

/** The least time in ms. */
export const attainableMs = ({ bytes, flops }: Work, { bandwidth, peak }: Ceilings): number =>
  1000 * Math.max(bytes / bandwidth, flops / peak);

/** The rate of an amount in so many ms. */
export const perSecond = (amount: number, ms: number): number => (1000 * amount) / ms;
