import type { Config } from '../config/fields';
import { drawBatch, type Task } from './task';

/** A prime with 169 sums, so that a small model sees each of them every few steps. */
const P = 13;
const PLUS = P;
const EQUALS = P + 1;
/** Tokens of `a+b=c`. */
const ROW = 5;

/**
 * Sums of two residues, one after the other: `4+b=23+5=8` (a, b, c are ten, eleven, twelve). The window
 * ends where a row ends, and what is left in front is the end of one. Counted is c where its whole row is
 * in the window: there it is determined, and the floor is 0. c is as evenly spread as a and b are.
 *
 * Power et al. 2022, Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets
 */
export function modularAddition(config: Config): Task {
  const T = config.seq_len;
  const rows = Math.ceil((T + 1) / ROW);
  return {
    vocabulary: [...'0123456789abc+='],
    levels: { uniform: Math.log(P + 2), unigram: Math.log(P), floor: 0 },
    batch: drawBatch(config, (draw) => ({
      tokens: Array.from({ length: rows }, () => {
        const [a, b] = [draw.integer(P), draw.integer(P)];
        return [a, PLUS, b, EQUALS, (a + b) % P];
      })
        .flat()
        .slice(-(T + 1)),
      counts: (place) => place >= ROW - 1 && (T - place) % ROW === 0,
    })),
  };
}
