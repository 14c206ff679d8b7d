import type { Pass, Variant, Work, WorkingNorm } from './work';
import type { Spread } from '../lib/quartiles';

/** The size at which norms are timed: x is [tokens, features]. */
export interface CostSize {
  tokens: number;
  features: number;
}

export interface PassCost extends Work {
  /** Of one pass, in ms. */
  ms: Spread;
}

export interface VariantCost extends Record<Pass, PassCost> {
  /** Forward and backward together, as they are timed: backward is what that takes longer than forward alone. */
  bothMs: Spread;
}

export interface NormCost {
  norm: WorkingNorm;
  /** `fused` is null where no kernel does both at once. */
  variants: Record<Exclude<Variant, 'fused'>, VariantCost> & {
    fused: VariantCost | null;
  };
}

export interface Roof {
  /**
   * A sum of two tensors of the norms' own size or more, the fastest of several, in bytes a second: what
   * caches give where they hold them.
   */
  near: number;
  /** The same of tensors that no cache holds. */
  far: number;
  /** A product of two large matrices, in operations a second. */
  peak: number;
  /** Bytes that the large sum moves, and rows of the matrices. */
  farBytes: number;
  rows: number;
}
