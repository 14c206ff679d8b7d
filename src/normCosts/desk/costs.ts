import type { DeviceReport } from '../../protocol/engine';
import type { CostSize, NormCost, Roof } from '../protocol';
import type { WorkingNorm } from '../work';

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
