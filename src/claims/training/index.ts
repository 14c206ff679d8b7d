import type { Claim } from '../claim';

export const TRAINING_CLAIMS: readonly Claim[] = [];
