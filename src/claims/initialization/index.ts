import type { Claim } from '../claim';
import {
  MLPS_COUNTERACT,
  POST_LN_ALIGNS,
  PURE_ATTENTION,
  QUERIES_VANISH,
  RANK_COLLAPSE,
} from './alignment';
import { ENTROPY, ENTROPY_FLOOR } from './attention';
import { COMPONENTS } from './components';
import { MIX_LN, NORMFORMER } from './early';
import { BATCHNORM_EXPLODES, DEEPNORM, DYT_SUBCRITICAL } from './gradients';
import { DEEPSCALE, LAYERNORM_SCALING, PERI } from './growth';
import { IDENTITY, LAYERSCALE } from './identity';
import { BATCHNORM_LEAK, DYT, RMSNORM, SCALENORM } from './norms';
import { EPSILON, LOSS_SCALE, SUM_OF_SQUARES } from './precision';
import { ALL_LAYERS, LAST_LAYER, LEMMA_2 } from './xiong';

/** Findings that show at step 0, or within the first thirty, by subject. */
export const INITIALIZATION_CLAIMS: readonly Claim[] = [
  ...[LEMMA_2, PERI, LAYERNORM_SCALING, DEEPSCALE, IDENTITY, LAYERSCALE],
  ...[LAST_LAYER, ALL_LAYERS, DEEPNORM, MIX_LN, NORMFORMER, BATCHNORM_EXPLODES, DYT_SUBCRITICAL],
  ...[RANK_COLLAPSE, POST_LN_ALIGNS, PURE_ATTENTION, MLPS_COUNTERACT, QUERIES_VANISH],
  ...[ENTROPY, ENTROPY_FLOOR],
  ...[RMSNORM, SCALENORM, DYT, BATCHNORM_LEAK, COMPONENTS],
  ...[EPSILON, SUM_OF_SQUARES, LOSS_SCALE],
];
