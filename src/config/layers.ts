import type { Sublayer } from './blockSites';
import type { Config } from './fields';
import type { NormId } from './norms';
import { overridesOf } from './overrides';
import { leavesByNorm, placements, type PlacementId } from './placements';

/** Placement and norm of one layer. */
export interface LayerPlan {
  placement: PlacementId;
  norm: NormId;
}

type Planned = Pick<Config, 'placement' | 'norm' | 'n_layers' | 'layer_overrides'>;

/** Placement and norm of every layer, from the configuration and its exceptions; later exceptions win. */
export function layerPlans({ placement, norm, n_layers, layer_overrides }: Planned): LayerPlan[] {
  const plans = Array.from({ length: n_layers }, (): LayerPlan => ({ placement, norm }));
  for (const { from, to, ...change } of overridesOf({ layer_overrides })) {
    for (let layer = from; layer <= Math.min(to, n_layers - 1); layer++) {
      plans[layer] = { ...plans[layer]!, ...change };
    }
  }
  return plans;
}

/** Tests of a norm between the last block and the unembedding. */
export function hasFinalNorm(
  config: Planned & Pick<Config, 'final_norm'>,
  plans = layerPlans(config),
): boolean {
  if (leavesByNorm(config.placement)) return true;
  if (config.final_norm !== 'auto') return config.final_norm === 'on';
  return placements[plans.at(-1)!.placement].endsInNorm;
}

/** Tests of a norm on the embedding, before the first block. */
export const hasEmbedNorm = (config: Planned, plans = layerPlans(config)): boolean =>
  placements[plans[0]!.placement].normsEmbedding ?? false;

/** The residual updates of a block, in order, each with the branches that it adds. */
export function updatesOf({
  sublayers,
  topology,
}: Pick<Config, 'sublayers' | 'topology'>): Sublayer[][] {
  if (sublayers !== 'both') return [[sublayers]];
  return topology === 'parallel' ? [['attn', 'mlp']] : [['attn'], ['mlp']];
}

/** N of the residual scales: how many sublayers run in the whole stack. */
export const sublayerCount = (config: Config): number =>
  config.n_layers * updatesOf(config).flat().length;
