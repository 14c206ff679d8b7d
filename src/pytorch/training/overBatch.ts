import type { Config } from '../../config/fields';
import { layerPlans } from '../../config/layers';
import { norms } from '../../config/norms';

/** The kinds of norm in a model whose statistics are of the whole batch. */
export function normsOverBatch(config: Config): string[] {
  const used = new Set([config.norm, ...layerPlans(config).map(({ norm }) => norm)]);
  return [...used].filter((id) => norms[id].over === 'batch');
}
