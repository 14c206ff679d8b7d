import type { Config } from '../config/fields';
import { drawBatch, from, letters, type Task } from './task';

const SYMBOLS = 16;
const SEPARATOR = SYMBOLS;

/**
 * Random symbols, a separator, and the same symbols in an order of the task's own. Only the second half
 * is counted, and what stands before determines all of it: the floor is 0. Where T is odd a separator
 * stands in front as well, so that the two halves are equally long.
 *
 * @param reorder the second half of the first; every symbol must come again as often as it was there,
 * which is why the counted ones are as evenly spread as those that were drawn
 */
const halves =
  (reorder: (symbols: number[]) => number[]) =>
  (config: Config): Task => {
    const half = Math.floor(config.seq_len / 2);
    const lead = config.seq_len % 2 ? [SEPARATOR] : [];
    return {
      vocabulary: [...letters(SYMBOLS), '|'],
      levels: { uniform: Math.log(SYMBOLS + 1), unigram: Math.log(SYMBOLS), floor: 0 },
      batch: drawBatch(config, (draw) => {
        const symbols = Array.from({ length: half }, () => draw.integer(SYMBOLS));
        return {
          tokens: [...lead, ...symbols, SEPARATOR, ...reorder(symbols)],
          counts: from(lead.length + half + 1),
        };
      }),
    };
  };

/** Random symbols, a separator, the same symbols again: `abca|abca`. */
export const copy = halves((symbols) => symbols);

/**
 * Random symbols, a separator, the same symbols backward: `abcd|dcba`. What is to be read stands ever
 * farther back, so that no one distance gives the answer.
 */
export const reverse = halves((symbols) => symbols.toReversed());

/** Random symbols, a separator, the same symbols in the order of the alphabet: `cabc|abcc`. */
export const sort = halves((symbols) => symbols.toSorted((a, b) => a - b));
