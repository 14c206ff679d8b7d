import { ARCHITECTURE_CHOICES } from './choices/architecture';
import { DATA_CHOICES } from './choices/data';
import { INITIALIZATION_CHOICES } from './choices/initialization';
import { NORMALIZATION_CHOICES } from './choices/normalization';
import { NUMERICS_CHOICES } from './choices/numerics';
import { TRAINING_CHOICES } from './choices/training';
import { norms } from './norms';
import { placements } from './placements';

/** Every setting that is a choice among named things, with what a person is told about each. */
export const CHOICES = {
  placement: placements,
  norm: norms,
  ...NORMALIZATION_CHOICES,
  ...ARCHITECTURE_CHOICES,
  ...INITIALIZATION_CHOICES,
  ...DATA_CHOICES,
  ...TRAINING_CHOICES,
  ...NUMERICS_CHOICES,
} as const;

export type ChoiceKey = keyof typeof CHOICES;
export type Chosen = { [K in ChoiceKey]: keyof (typeof CHOICES)[K] };
