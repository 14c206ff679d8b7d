import type { Sublayer } from '../../config/blockSites';
import { missing } from '../../config/conflicts';
import {
  formatInterventions,
  interventionsOf,
  type Intervention,
} from '../../config/interventions';
import { layerPlans, updatesOf } from '../../config/layers';
import type { NormId } from '../../config/norms';
import { formatOverrides, overridesOf, withOverride } from '../../config/overrides';
import { canMix, placements, type PlacementId } from '../../config/placements';
import { overlap, type LayerRange } from '../../config/ranges';
import { cutSpan } from '../../plot/span';
import type { Lane } from '../../runs/state';
import type { Config } from '../../config/fields';

export type Part = Pick<Lane, 'id' | 'config'>;

/** Placement and norm of some layers of some lanes, '' where they differ, and whether any of it is an exception. */
export interface Held {
  placement: PlacementId | '';
  norm: NormId | '';
  excepted: boolean;
}

const agreed = <T extends string>(values: T[]): T | '' => {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : '';
};

export function heldBy(parts: { config: Config; layers: LayerRange }[]): Held {
  const plans = parts.flatMap(({ config, layers }) =>
    layerPlans(config).slice(layers.from, layers.to + 1),
  );
  return {
    placement: agreed(plans.map(({ placement }) => placement)),
    norm: agreed(plans.map(({ norm }) => norm)),
    excepted: parts.some(({ config, layers }) =>
      overridesOf(config).some((one) => overlap(one, layers)),
    ),
  };
}

/**
 * Another placement or norm for some layers; what the lane has anyway needs no exception, nor has null. A
 * lane that cannot have it stays as it is.
 *
 * @param axis the number of layers that the range counts, where it marks a fraction of the depth
 */
export function withLayers(
  config: Config,
  layers: LayerRange,
  change: { placement?: PlacementId | null; norm?: NormId | null },
  axis?: number,
): Partial<Config> {
  const range = cutSpan(layers, config.n_layers, axis);
  if (!range || (change.placement && !canMix(change.placement, config.placement))) return {};
  const own = { ...change };
  if (own.placement === config.placement) own.placement = null;
  if (own.norm === config.norm) own.norm = null;
  return { layer_overrides: withOverride(config.layer_overrides, range, own) };
}

const WHOLE_MODEL = 'ResiDual holds for the whole model, or not at all.';

/** Placements that layers of none of these lanes can have, and why. */
export function placementsWithout(configs: Config[]): Record<string, string> {
  const ids = Object.keys(placements) as PlacementId[];
  const barred = ids.filter((id) => !configs.some(({ placement }) => canMix(id, placement)));
  return Object.fromEntries(barred.map((id) => [id, WHOLE_MODEL]));
}

export const branchesOf = (configs: Config[]): Sublayer[] =>
  (['attn', 'mlp'] as const).filter((branch) =>
    configs.some((config) => updatesOf(config).flat().includes(branch)),
  );

/** With one more intervention; a lane that has not what it acts on stays as it is. */
export function withIntervention(
  config: Config,
  one: Intervention,
  axis?: number,
): Partial<Config> {
  const layers = cutSpan(one.layers, config.n_layers, axis);
  if (!layers || missing({ ...one, layers }, config)) return {};
  return { interventions: formatInterventions([...interventionsOf(config), { ...one, layers }]) };
}

/** Without the exception or the intervention at this place of its list. */
export function without(
  config: Config,
  key: 'layer_overrides' | 'interventions',
  index: number,
): Partial<Config> {
  const isOther = (_: unknown, i: number) => i !== index;
  return key === 'layer_overrides'
    ? { layer_overrides: formatOverrides(overridesOf(config).filter(isOther)) }
    : { interventions: formatInterventions(interventionsOf(config).filter(isOther)) };
}
