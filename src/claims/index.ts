import { INITIALIZATION_CLAIMS } from './initialization';
import { TRAINING_CLAIMS } from './training';
import type { Claim } from './claim';

/** Claims by what they need to be run. */
export const CLAIM_SETS = {
  initialization: INITIALIZATION_CLAIMS,
  training: TRAINING_CLAIMS,
} as const satisfies Record<string, readonly Claim[]>;

/** Every claim, those of initialization first. */
export const CLAIMS: readonly Claim[] = Object.values(CLAIM_SETS).flat();
