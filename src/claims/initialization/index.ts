import type { Claim } from '../claim';

export const INITIALIZATION_CLAIMS: readonly Claim[] = [];
