import type { Quantity } from '../../../config/quantity';
import { isPerToken, type BlockSite } from '../../../config/sites';

/** Statistics with a law, by what they are of. */
const WITH_LAW: Partial<Record<Quantity['of'], readonly string[]>> = {
  site: ['rms', 'token_cosine', 'grad_rms'],
  head: ['entropy'],
  param: ['param_grad_rms'],
};

/** Names of the matrices of linear maps. Gains, shifts and biases have no law. */
const MATRIX = /\.w([qkvo]|_in|_gate|_out)$/;

/** Tests of a quantity that theory has a law for: of a site with features, all modalities together. */
export const hasLaw = ({ of, statistic, place, each }: Quantity): boolean =>
  (WITH_LAW[of]?.includes(statistic) ?? false) &&
  (of !== 'site' || (!each && isPerToken(place as BlockSite))) &&
  (of !== 'param' || MATRIX.test(place));
