import type { Config } from '../config/fields';
import type { Stream } from '../lib/random';
import { drawBatch, from, letters, type Task } from './task';

const SYMBOLS = 32;

/** `count` different symbols in random order: the beginning of a shuffle by Fisher and Yates. */
function block(draw: Stream, count: number): number[] {
  const symbols = Array.from({ length: SYMBOLS }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + draw.integer(SYMBOLS - i);
    [symbols[i], symbols[j]] = [symbols[j]!, symbols[i]!];
  }
  return symbols.slice(0, count);
}

/**
 * A block of different symbols, repeated to the end: `cfbacfbac`. Its length is drawn for every
 * sequence, so that no fixed distance gives the answer. Counted is what follows the first token seen for
 * the second time: from there on the next token is the one that followed the present one before, and
 * nothing else; so the floor is exactly 0.
 */
export function induction(config: Config): Task {
  const longest = Math.min(Math.floor(config.seq_len / 2), SYMBOLS);
  const shortest = Math.max(2, Math.ceil(longest / 2));
  return {
    vocabulary: letters(SYMBOLS),
    levels: { uniform: Math.log(SYMBOLS), unigram: Math.log(SYMBOLS), floor: 0 },
    batch: drawBatch(config, (draw) => {
      const period = shortest + draw.integer(longest - shortest + 1);
      const symbols = block(draw, period);
      return {
        tokens: Array.from({ length: config.seq_len + 1 }, (_, i) => symbols[i % period]!),
        counts: from(period + 1),
      };
    }),
  };
}
