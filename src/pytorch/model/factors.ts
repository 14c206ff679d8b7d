import type { Config } from '../../config/fields';
import { layerPlans } from '../../config/layers';
import { placements, type Placement, type PlacementId } from '../../config/placements';
import { constant, type Definition } from '../code';
import { plainTex } from '../plainTex';

/** The factors of placements: of the stream, and of matrices at first; where their TeX stands among the constants. */
const FACTORS = {
  ALPHA: { of: 'streamFactor', said: 0 },
  BETA: { of: 'initFactor', said: 1 },
} as const;
type Letter = keyof typeof FACTORS;

interface Factor {
  id: PlacementId;
  /** Of its constant. */
  name: string;
  layers: number[];
  value: number;
  said: string;
}

/** The placements of a model that have such a factor, each with its layers. */
export function placementFactors(letter: Letter, config: Config): Factor[] {
  const plans = layerPlans(config);
  const { of, said } = FACTORS[letter];
  const ids = [...new Set(plans.map(({ placement }) => placement))].filter(
    (id) => (placements[id] as Placement)[of],
  );
  return ids.map((id) => {
    const placement: Placement = placements[id];
    return {
      id,
      name: ids.length > 1 ? `${letter}_${id.toUpperCase()}` : letter,
      layers: plans.flatMap((plan, layer) => (plan.placement === id ? [layer] : [])),
      value: placement[of]!(config.n_layers),
      said: plainTex(placement.constants?.[said] ?? ''),
    };
  });
}

export const factorConstants = (letter: Letter, config: Config): Definition[] =>
  placementFactors(letter, config).map(({ name, value, said }) => constant(name, value, said));
