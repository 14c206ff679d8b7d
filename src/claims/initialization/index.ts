import type { Claim } from '../claim';
import { LEMMA_2 } from './xiong';

/** What shows at step 0, by subject. */
export const INITIALIZATION_CLAIMS: readonly Claim[] = [LEMMA_2];
