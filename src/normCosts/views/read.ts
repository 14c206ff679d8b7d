import type { Config } from '../../config/fields';
import { hasEmbedNorm, hasFinalNorm, layerPlans, updatesOf } from '../../config/layers';
import type { NormId } from '../../config/norms';
import { PASSES, type Work, attainableMs, intensity, perSecond, type Ceilings } from '../work';
import { normsOf } from '../../config/placements';
import type { CostSize, NormCost, Roof, VariantCost } from '../protocol';
import type { NormCosts } from '../desk/costs';
import { engineStep, type Lane } from '../../runs/state';
import type { NamedLane } from '../../views/panels/lanes';

export interface Total extends Work {
  ms: number;
}

export const totalOf = (cost: VariantCost): Total => ({
  ms: cost.bothMs.median,
  bytes: PASSES.reduce((sum, pass) => sum + cost[pass].bytes, 0),
  flops: PASSES.reduce((sum, pass) => sum + cost[pass].flops, 0),
});

export const alone = ({ variants }: NormCost): Total => totalOf(variants.alone);

/** The roof under which norms of this size are: memory as near as they lie. */
export const nearRoof = ({ near, peak }: Roof): Ceilings => ({ bandwidth: near, peak });
export const farRoof = ({ far, peak }: Roof): Ceilings => ({ bandwidth: far, peak });

/** The speed of a norm, and its share of the speed that the device allows. */
export function reached(total: Total, roof: Ceilings) {
  return {
    bytesPerSecond: perSecond(total.bytes, total.ms),
    flopsPerSecond: perSecond(total.flops, total.ms),
    intensity: intensity(total),
    share: attainableMs(total, roof) / total.ms,
  };
}

/** The share of the time of sum and norm that one kernel for both saves; null where there is none. */
export function savingOf({ variants: { added, fused } }: NormCost): number | null {
  return fused && 1 - fused.bothMs.median / added.bothMs.median;
}

/**
 * Norms of d_model features in the model of a configuration, by kind. Those of other widths (on
 * queries and keys of each head, inside the MLP) are not among them.
 */
export function normCounts(config: Config): Map<NormId, number> {
  const counts = new Map<NormId, number>();
  const count = (norm: NormId, times = 1) => counts.set(norm, (counts.get(norm) ?? 0) + times);
  const plans = layerPlans(config);
  if (hasEmbedNorm(config)) count(config.norm);
  for (const { placement, norm } of plans) {
    for (const sublayers of updatesOf(config)) {
      for (const place of normsOf(placement)) {
        count(norm, place === 'norm_out' ? sublayers.length : 1);
      }
      if (sublayers.includes('attn') && config.attention !== 'uniform') {
        if (config.qk_norm === 'rmsnorm_all') count('rmsnorm', 2);
      }
      // Before wo, or after attention.
      if (sublayers.includes('attn') && config.inner_norm !== 'none') count(norm);
    }
  }
  if (hasFinalNorm(config)) count(config.norm);
  return counts;
}

export const timedSize = ({ batch_size, seq_len, d_model }: Config): CostSize => ({
  tokens: batch_size * seq_len,
  features: d_model,
});
export const isSameSize = (a: CostSize, b: CostSize | null): boolean =>
  a.tokens === b?.tokens && a.features === b.features;

/** A step's time is a running mean, which the first steps, slow while code is compiled, have left by then. */
const STEADY = 30;

export interface StepShare {
  count: number;
  /** Of the measured time of a step. */
  share: number;
}

/** Share of a lane’s step that its norms would take if all were this one; null where no step was timed at this size. */
export function stepShare(
  cost: NormCost,
  lane: Lane,
  { size, device }: NormCosts,
): StepShare | null {
  const { config, engine } = lane;
  const step = engine.cost;
  const isComparable =
    step &&
    engineStep(lane) >= STEADY &&
    isSameSize(timedSize(config), size) &&
    engine.device?.backend === device?.backend;
  if (!isComparable || config.precision !== 'fp32') return null;
  const count = [...normCounts(config).values()].reduce((sum, n) => sum + n, 0);
  return count ? { count, share: (count * alone(cost).ms) / step.stepMs } : null;
}

export const usersOf = (norm: NormId, lanes: readonly NamedLane[]): NamedLane[] =>
  lanes.filter(({ lane }) => normCounts(lane.config).has(norm));
