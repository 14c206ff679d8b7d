import { CONFLICTS } from '../config/conflicts';
import type { Config } from '../config/fields';
import { shortened } from '../lib/words';

/** Settings whose number a script may have beyond what a browser tab holds. */
export const SIZES = ['n_layers', 'd_model', 'n_heads', 'seq_len', 'batch_size'] as const;
type Size = (typeof SIZES)[number];

const isSize = (key: string): key is Size => (SIZES as readonly string[]).includes(key);

/**
 * A configuration at another size, which the engine need not be able to hold, or what is wrong with it in one sentence.
 *
 * @param typed `n_layers=96&d_model=4096`
 */
export function atSize(config: Config, typed: string): { config: Config } | { problem: string } {
  const sizes: Partial<Record<Size, number>> = {};
  for (const [key, text] of new URLSearchParams(typed)) {
    if (!isSize(key))
      return { problem: `“${shortened(key)}” is no size; sizes are ${SIZES.join(', ')}.` };
    if (!/^[1-9]\d{0,8}$/.test(text))
      return { problem: `${key} is “${shortened(text)}”; it must be a whole number from 1.` };
    sizes[key] = Number(text);
  }
  const larger = { ...config, ...sizes };
  for (const { problem, isSize } of CONFLICTS) {
    const said = !isSize && problem(larger);
    if (said) return { problem: said };
  }
  return { config: larger };
}
