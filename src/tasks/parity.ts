import type { Config } from '../config/fields';
import { drawBatch, type Task } from './task';

/** Tokens: the bits are 0 and 1 themselves. */
const EVEN = 2;

/**
 * Random bits, each followed by the parity of all bits so far: `0e1o1e`. Where T is even the parity of
 * none stands in front, so that the last token is a parity too. The parity before and the bit give the
 * next one, an exclusive or of the two tokens last read; so the floor is 0. Each bit is fair, and so each
 * parity.
 */
export function parity(config: Config): Task {
  const T = config.seq_len;
  const lead = T % 2 ? [] : [EVEN];
  return {
    vocabulary: ['0', '1', 'e', 'o'],
    levels: { uniform: Math.log(4), unigram: Math.LN2, floor: 0 },
    batch: drawBatch(config, (draw) => {
      const tokens = [...lead];
      for (let odd = 0; tokens.length <= T;) {
        const bit = draw.integer(2);
        odd ^= bit;
        tokens.push(bit, EVEN + odd);
      }
      return { tokens, counts: (place) => (T - place) % 2 === 0 };
    }),
  };
}
