import type { Config } from '../../config/fields';
import { interventionsOf } from '../../config/interventions';
import { actionLabel, overrideLabel, stepsLabel } from '../../config/naming';
import { overridesOf } from '../../config/overrides';
import type { LayerRange } from '../../config/ranges';

/** Something about some layers of a lane that is not as the lane says: an exception, or an intervention. */
export interface LayerChange {
  key: 'layer_overrides' | 'interventions';
  index: number;
  layers: LayerRange;
  label: string;
  /** When, where that is not always. */
  steps: string;
}

export const changesOf = (config: Config): LayerChange[] => [
  ...overridesOf(config).map((one, index): LayerChange => ({
    ...{ key: 'layer_overrides', index, layers: { from: one.from, to: one.to } },
    ...{ label: overrideLabel(one), steps: '' },
  })),
  ...interventionsOf(config).map((one, index): LayerChange => ({
    ...{ key: 'interventions', index, layers: one.layers },
    ...{ label: actionLabel(one), steps: stepsLabel(one.steps) },
  })),
];
