import type { Results } from '../../claims/results';
import stored from '../../claims/results.json';

/** The stored outcome of every claim. */
export const RESULTS = stored as unknown as Results;
