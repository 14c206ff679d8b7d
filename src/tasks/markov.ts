import type { Config } from '../config/fields';
import { entropy } from '../lib/entropy';
import { drawBatch, from, letters, type Task } from './task';
import { drawSource, type Source } from './source';

const SYMBOLS = 8;
const ORDER = 2;

export const markovSource = (seed: number): Source =>
  drawSource(seed, 'task/markov', SYMBOLS, ORDER);

/**
 * A random source of order 2, drawn from the seed; a sequence begins with a pair as the long run has
 * them. Counted is what follows a whole pair, so that the source's entropy, H(c | a, b), is the floor and
 * can be reached.
 */
export function markov(config: Config): Task {
  const source = markovSource(config.seed);
  return {
    vocabulary: letters(SYMBOLS),
    levels: {
      uniform: Math.log(SYMBOLS),
      unigram: entropy(source.singles),
      floor: source.rate,
    },
    batch: drawBatch(config, (draw) => ({
      tokens: source.sequence(draw, config.seq_len + 1),
      counts: from(ORDER),
    })),
  };
}
