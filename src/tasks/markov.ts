import type { Config } from '../config/fields';
import { entropy } from '../lib/entropy';
import { stream, type Stream } from '../lib/random';
import { drawBatch, letters } from './batch';
import type { Task } from './task';

const SYMBOLS = 8;
/**
 * Standard deviation of the logits that a row of transitions is the softmax of. With 2, two or three of
 * the eight symbols carry most of a row, while the frequencies of single symbols stay close to even.
 */
const SKEW = 2;

/** Probabilities of the next symbol after each pair (a, b), in row S·a + b: [S², S]. */
export function transitions(seed: number): Float64Array[] {
  const draw = stream(seed, 'task/markov');
  return Array.from({ length: SYMBOLS ** 2 }, () => {
    const weights = Float64Array.from({ length: SYMBOLS }, () => Math.exp(SKEW * draw.normal()));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}

/**
 * How often each pair occurs in the long run, [S²]: the fixed point of π(b, c) = Σ_a π(a, b) p(c | a, b),
 * by iteration. Every pair can be reached from every other, so there is one and it is reached.
 */
export function stationaryPairs(rows: Float64Array[]): Float64Array {
  let pairs = new Float64Array(SYMBOLS ** 2).fill(1 / SYMBOLS ** 2);
  for (let change = 1, round = 0; change > 1e-14 && round < 100_000; round++) {
    const next = new Float64Array(SYMBOLS ** 2);
    rows.forEach((row, pair) => {
      const b = pair % SYMBOLS;
      row.forEach((p, c) => (next[b * SYMBOLS + c]! += pairs[pair]! * p));
    });
    change = next.reduce((sum, p, pair) => sum + Math.abs(p - pairs[pair]!), 0);
    pairs = next;
  }
  return pairs;
}

/** A symbol drawn with these probabilities. */
function pick(draw: Stream, probabilities: Float64Array): number {
  let left = draw.uniform();
  for (let i = 0; i < probabilities.length - 1; i++) {
    left -= probabilities[i]!;
    if (left < 0) return i;
  }
  return probabilities.length - 1;
}

/**
 * A random source of order 2, drawn from the seed; a sequence begins with a pair as the long run has
 * them. Counted is what follows a whole pair, so that the source's entropy, H(c | a, b), is the floor and
 * can be reached.
 */
export function markov(config: Config): Task {
  const rows = transitions(config.seed);
  const pairs = stationaryPairs(rows);
  const singles = new Float64Array(SYMBOLS);
  pairs.forEach((p, pair) => (singles[pair % SYMBOLS]! += p));
  return {
    vocabulary: letters(SYMBOLS),
    levels: {
      uniform: Math.log(SYMBOLS),
      unigram: entropy(singles),
      floor: rows.reduce((sum, row, pair) => sum + pairs[pair]! * entropy(row), 0),
    },
    batch: (step) =>
      drawBatch(config, step, (draw) => {
        const first = pick(draw, pairs);
        const tokens = [Math.floor(first / SYMBOLS), first % SYMBOLS];
        while (tokens.length <= config.seq_len) {
          const [a, b] = tokens.slice(-2) as [number, number];
          tokens.push(pick(draw, rows[a * SYMBOLS + b]!));
        }
        return { tokens, countedFrom: 2 };
      }),
  };
}
