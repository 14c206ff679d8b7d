import { INITIALIZATION_CLAIMS } from './initialization';
import { TRAINING_CLAIMS } from './training';
import type { Claim } from './claim';

/** Every claim, those of initialization first. */
export const CLAIMS: readonly Claim[] = [...INITIALIZATION_CLAIMS, ...TRAINING_CLAIMS];
