import type { Claim } from '../claim';
import { QK_NORM_STOPS_GROWTH, SIGMA_REPARAM_KEEPS_ENTROPY, SOFT_CAP_BOUNDS } from './attention';
import { LAYERNORM_SCALING_FLATTENS, PERI_LN_GROWS_LESS } from './growth';
import { RANK_COLLAPSE_HINDERS } from './rankCollapse';
import { WARM_UP_OF_POST_LN } from './warmUp';

export const TRAINING_CLAIMS: readonly Claim[] = [
  WARM_UP_OF_POST_LN,
  RANK_COLLAPSE_HINDERS,
  PERI_LN_GROWS_LESS,
  LAYERNORM_SCALING_FLATTENS,
  QK_NORM_STOPS_GROWTH,
  SOFT_CAP_BOUNDS,
  SIGMA_REPARAM_KEEPS_ENTROPY,
];
