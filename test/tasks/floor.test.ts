import { describe, expect, test } from 'vitest';
import { makeTask, TASKS, type TokenTask } from '../../src/tasks';
import { drawSource, type Source } from '../../src/tasks/source';
import { markovSource } from '../../src/tasks/markov';
import { add, configOf, drawn, entropyOf, taskOf, TEXT } from './support';

/*
 * The floor against the best causal predictor there can be: one that knows how often everything follows
 * every beginning of a sequence.
 */

const IDS = Object.keys(TASKS) as TokenTask[];
const solvable = IDS.filter((task) => makeTask(configOf({ task }), TEXT).levels.floor === 0);

test('the tasks that can be solved', () => {
  expect(solvable.sort()).toEqual(
    ['copy', 'dyck', 'induction', 'modular_addition', 'parity', 'reverse', 'sort'].sort(),
  );
});

describe.each(solvable)('%s', (task) => {
  test.each([4, 5, 6, 7])('a beginning has one continuation that is counted, length %i', (T) => {
    const next = new Map<string, number>();
    let met = 0;
    for (const { tokens, counted } of drawn({ task, seq_len: T, batch_size: 256 }, 24)) {
      for (const place of counted) {
        const beginning = tokens.slice(0, place).join();
        const before = next.get(beginning);
        if (before !== undefined) {
          expect(tokens[place], beginning).toBe(before);
          met++;
        }
        next.set(beginning, tokens[place]!);
      }
    }
    expect(met).toBeGreaterThan(500);
  });
});

/** Probabilities of every sequence of a source. */
function* sequences(
  { rows, contexts }: Source,
  order: number,
  length: number,
): Generator<[number[], number]> {
  const S = rows[0]!.length;
  const digits = (n: number, count: number) =>
    Array.from({ length: count }, (_, i) => Math.floor(n / S ** (count - 1 - i)) % S);
  for (let n = 0; n < S ** length; n++) {
    const symbols = digits(n, length);
    const at = (i: number) =>
      symbols.slice(i - order, i).reduce((context, symbol) => context * S + symbol, 0);
    let p = contexts[at(order)]!;
    for (let i = order; i < length; i++) p *= rows[at(i)]![symbols[i]!]!;
    yield [symbols, p];
  }
}

/** The mean over the counted places of H(beginning and next) − H(beginning). */
function best(joint: Iterable<[number[], number]>, counted: number[]): number {
  const tables = counted.map(() => [new Map<string, number>(), new Map<string, number>()] as const);
  for (const [tokens, p] of joint) {
    counted.forEach((place, i) => {
      add(tables[i]![0], tokens.slice(0, place).join(), p);
      add(tables[i]![1], tokens.slice(0, place + 1).join(), p);
    });
  }
  const losses = tables.map(([before, after]) => entropyOf(after) - entropyOf(before));
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

const SEEDS = [0, 1, 12345];

test.each(SEEDS)('markov: all sequences of length 4, seed %i', (seed) => {
  const task = { task: 'markov', seed, seq_len: 4 } as const;
  const { counted } = drawn(task)[0]!;
  const joint = sequences(markovSource(seed), 2, 5);
  expect(best(joint, counted)).toBeCloseTo(taskOf(task).levels.floor!, 10);
});

describe.each([4, 5])('two_modality: all sequences of length %i', (T) => {
  /** Those of both streams, one symbol of each in turn. */
  function* interleaved(seed: number): Generator<[number[], number]> {
    const [first, second] = [0, 1].map((m) => {
      const source = drawSource(seed, `task/two_modality/${m}`, 8, 1);
      return [...sequences(source, 1, Math.ceil((T + 1 - m) / 2))];
    });
    for (const [a, p] of first!) {
      for (const [b, q] of second!) {
        const tokens = Array.from({ length: T + 1 }, (_, i) =>
          i % 2 ? 8 + b[(i - 1) / 2]! : a[i / 2]!,
        );
        yield [tokens, p * q];
      }
    }
  }

  test.each(SEEDS)('seed %i', (seed) => {
    const task = { task: 'two_modality', seed, seq_len: T } as const;
    const { counted } = drawn(task)[0]!;
    expect(best(interleaved(seed), counted)).toBeCloseTo(taskOf(task).levels.floor!, 10);
  });

  test.each(SEEDS)('the unigram entropy is exact, seed %i', (seed) => {
    const task = { task: 'two_modality', seed, seq_len: T } as const;
    const { counted } = drawn(task)[0]!;
    const singles = new Map<number, number>();
    for (const [tokens, p] of interleaved(seed)) {
      for (const place of counted) add(singles, tokens[place]!, p);
    }
    expect(entropyOf(singles)).toBeCloseTo(taskOf(task).levels.unigram!, 10);
  });
});
