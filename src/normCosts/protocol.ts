import type { Pass, Variant, Work, WorkingNorm } from './work';
import type { Spread } from '../lib/quartiles';
import type { DeviceReport } from '../protocol/engine';

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

/** The costs of norms, as far as they are known. */
export interface NormCosts {
  status: 'none' | 'running' | 'done' | 'cancelled' | 'failed';
  size: CostSize | null;
  device: DeviceReport | null;
  roof: Roof | null;
  /** In the order in which they were timed. */
  costs: NormCost[];
  /** The norm that is being timed; null for the device itself, and at rest. */
  current: WorkingNorm | null;
  error: string | null;
}

/** Keeps what was timed from visit to visit. */
export interface NormCostShelf {
  load(): NormCosts | null;
  save(costs: NormCosts): void;
}

export const NOTHING_TIMED: NormCosts = {
  status: 'none',
  size: null,
  device: null,
  roof: null,
  costs: [],
  current: null,
  error: null,
};
