import type { Config } from '../config/fields';
import { placements } from '../config/placements';

/** Whether a norm stands between the last block and the unembedding. */
export const hasFinalNorm = ({ final_norm, placement }: Config): boolean =>
  final_norm === 'auto' ? placements[placement].endsInNorm : final_norm === 'on';
