import type { Claim } from '../claim';
import { RANK_COLLAPSE_HINDERS } from './rankCollapse';
import { WARM_UP_OF_POST_LN } from './warmUp';

export const TRAINING_CLAIMS: readonly Claim[] = [WARM_UP_OF_POST_LN, RANK_COLLAPSE_HINDERS];
