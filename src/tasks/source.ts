import { entropy } from '../lib/entropy';
import { stream, type Stream } from '../lib/random';

/**
 * Standard deviation of the logits that a row of transitions is the softmax of. With 2, two or three of
 * eight symbols carry most of a row, while the frequencies of single symbols stay close to even.
 */
const SKEW = 2;

/** A random source whose next symbol depends on the last `order` ones, its context. */
export interface Source {
  /** Probabilities of the next symbol after each context. A context is a number in base S, oldest first. */
  rows: Float64Array[];
  /** The frequency of each context in the long run, [S^order]. */
  contexts: Float64Array;
  /** The frequency of each symbol, [S]. */
  singles: Float64Array;
  /** Entropy of the next symbol when the context is known, in nats. */
  rate: number;
  /** So many symbols, the first ones a context as the long run has them. */
  sequence(draw: Stream, length: number): number[];
}

function transitions(seed: number, name: string, S: number, order: number): Float64Array[] {
  const draw = stream(seed, name);
  return Array.from({ length: S ** order }, () => {
    const weights = Float64Array.from({ length: S }, () => Math.exp(SKEW * draw.normal()));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
}

/**
 * The fixed point of the contexts' frequencies: for pairs π(b, c) = Σ_a π(a, b) p(c | a, b), by
 * iteration. Every context can be reached from every other, so there is one and it is reached.
 */
function stationary(rows: Float64Array[]): Float64Array {
  const S = rows[0]!.length;
  const count = rows.length;
  let contexts = new Float64Array(count).fill(1 / count);
  for (let change = 1, round = 0; change > 1e-14 && round < 100_000; round++) {
    const next = new Float64Array(count);
    rows.forEach((row, context) => {
      row.forEach((p, symbol) => (next[(context * S + symbol) % count]! += contexts[context]! * p));
    });
    change = next.reduce((sum, p, context) => sum + Math.abs(p - contexts[context]!), 0);
    contexts = next;
  }
  return contexts;
}

function pick(draw: Stream, probabilities: Float64Array): number {
  let left = draw.uniform();
  for (let i = 0; i < probabilities.length - 1; i++) {
    left -= probabilities[i]!;
    if (left < 0) return i;
  }
  return probabilities.length - 1;
}

/** The source over S symbols that is drawn from the stream called `name` under `seed`. */
export function drawSource(seed: number, name: string, S: number, order: number): Source {
  const rows = transitions(seed, name, S, order);
  const contexts = stationary(rows);
  const singles = new Float64Array(S);
  contexts.forEach((p, context) => (singles[context % S]! += p));
  return {
    rows,
    contexts,
    singles,
    rate: rows.reduce((sum, row, context) => sum + contexts[context]! * entropy(row), 0),
    sequence(draw, length) {
      let context = pick(draw, contexts);
      const symbols = Array.from(
        { length: order },
        (_, i) => Math.floor(context / S ** (order - 1 - i)) % S,
      );
      while (symbols.length < length) {
        const symbol = pick(draw, rows[context]!);
        symbols.push(symbol);
        context = (context * S + symbol) % rows.length;
      }
      return symbols.slice(0, length);
    },
  };
}
