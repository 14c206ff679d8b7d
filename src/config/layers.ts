import { perObject } from '../lib/objects';
import type { Sublayer } from './blockSites';
import type { Config } from './fields';
import type { NormId } from './norms';
import { overridesOf } from './overrides';
import { leavesByNorm, placements, type PlacementId } from './placements';

export interface LayerPlan {
  placement: PlacementId;
  norm: NormId;
}

type Planned = Pick<Config, 'placement' | 'norm' | 'n_layers' | 'layer_overrides'>;

/** Placement and norm of every layer, from the configuration and its exceptions; later exceptions win. */
export const layerPlans = perObject((config: Planned): LayerPlan[] => {
  const { placement, norm, n_layers, layer_overrides } = config;
  const plans = Array.from({ length: n_layers }, (): LayerPlan => ({ placement, norm }));
  for (const { from, to, ...change } of overridesOf({ layer_overrides })) {
    for (let layer = from; layer <= Math.min(to, n_layers - 1); layer++) {
      plans[layer] = { ...plans[layer]!, ...change };
    }
  }
  return plans;
});

/** Tests of a norm between the last block and the unembedding. */
export function hasFinalNorm(config: Planned & Pick<Config, 'final_norm'>): boolean {
  if (leavesByNorm(config.placement)) return true;
  if (config.final_norm !== 'auto') return config.final_norm === 'on';
  return placements[layerPlans(config).at(-1)!.placement].endsInNorm;
}

/** Tests of a norm on the embedding, before the first block. */
export const hasEmbedNorm = (config: Planned): boolean =>
  placements[layerPlans(config)[0]!.placement].normsEmbedding ?? false;

/** The residual updates of a block, in order, each with the branches that it adds. */
export function updatesOf(config: Pick<Config, 'sublayers' | 'topology'>): Sublayer[][] {
  const { sublayers, topology } = config;
  if (sublayers !== 'both') return [[sublayers]];
  return topology === 'parallel' ? [['attn', 'mlp']] : [['attn'], ['mlp']];
}

/** N of the residual scales: how many sublayers run in the whole stack. */
export const sublayerCount = (config: Config): number =>
  config.n_layers * updatesOf(config).flat().length;
