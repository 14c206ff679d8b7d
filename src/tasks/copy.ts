import type { Config } from '../config/fields';
import { drawBatch, letters } from './batch';
import type { Task } from './task';

const SYMBOLS = 16;
const SEPARATOR = SYMBOLS;

/**
 * Random symbols, a separator, the same symbols again: `abca|abca`. Only the second half is counted,
 * and what stands before determines all of it: the floor is 0. Where T is odd a separator stands in
 * front as well, so that the two halves are equally long.
 */
export function copy(config: Config): Task {
  const half = Math.floor(config.seq_len / 2);
  const lead = config.seq_len % 2 ? [SEPARATOR] : [];
  return {
    vocabulary: [...letters(SYMBOLS), '|'],
    levels: { uniform: Math.log(SYMBOLS + 1), unigram: Math.log(SYMBOLS), floor: 0 },
    batch: (step) =>
      drawBatch(config, step, (draw) => {
        const symbols = Array.from({ length: half }, () => draw.integer(SYMBOLS));
        return {
          tokens: [...lead, ...symbols, SEPARATOR, ...symbols],
          countedFrom: lead.length + half + 1,
        };
      }),
  };
}
