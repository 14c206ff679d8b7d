import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHOICES } from '../../src/config/choices';
import { DEFAULTS } from '../../src/config/fields';
import { makeTask, TASKS, type TokenTask } from '../../src/tasks';
import { add, configOf as config, drawn, entropyOf, LENGTHS, taskOf, TEXT } from './support';

const IDS = Object.keys(TASKS) as TokenTask[];

/** Shapes and seeds, with lengths down to the shortest that is allowed. */
const settings = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  seq_len: fc.integer({ min: 4, max: 80 }),
  batch_size: fc.integer({ min: 1, max: 5 }),
});
const steps = fc.nat(100_000);

test('every task but gaussian is there', () => {
  expect([...IDS, 'gaussian'].sort()).toEqual(Object.keys(CHOICES.task).sort());
});

describe.each(IDS)('task %s', (task) => {
  test('targets are the inputs shifted, in range, and some of every sequence count', () => {
    fc.assert(
      fc.property(settings, steps, (shape, step) => {
        const { vocabulary, batch } = makeTask(config({ task, ...shape }), TEXT);
        const { inputs, targets, B, T } = batch(step);
        expect([B, T]).toEqual([shape.batch_size, shape.seq_len]);
        expect([inputs.length, targets.length]).toEqual([B * T, B * T]);
        for (let b = 0; b < B; b++) {
          const row = {
            x: inputs.subarray(b * T, b * T + T),
            y: targets.subarray(b * T, b * T + T),
          };
          expect(row.x.every((token) => token >= 0 && token < vocabulary.length)).toBe(true);
          expect(row.y.every((token) => token >= -1 && token < vocabulary.length)).toBe(true);
          expect(row.y[T - 1]).not.toBe(-1);
          const shifted = row.y.subarray(0, T - 1).map((y, t) => (y === -1 ? -1 : row.x[t + 1]!));
          expect(row.y.subarray(0, T - 1)).toEqual(shifted);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a batch depends on the seed and the step alone', () => {
    fc.assert(
      fc.property(settings, steps, (shape, step) => {
        const first = makeTask(config({ task, ...shape }), TEXT);
        const batch = first.batch(step);
        first.batch(step + 1);
        const again = makeTask(config({ task, ...shape, norm: 'rmsnorm', n_layers: 3 }), TEXT);
        expect(first.batch(step)).toEqual(batch);
        expect(again.batch(step)).toEqual(batch);
      }),
      { numRuns: 20 },
    );
  });

  test('a larger batch begins with the smaller one', () => {
    const small = makeTask(config({ task, batch_size: 3 }), TEXT).batch(7);
    const large = makeTask(config({ task, batch_size: 8 }), TEXT).batch(7);
    expect(large.inputs.subarray(0, small.inputs.length)).toEqual(small.inputs);
    expect(large.targets.subarray(0, small.targets.length)).toEqual(small.targets);
  });

  test('steps and seeds differ', () => {
    const at = (seed: number, step: number) =>
      makeTask(config({ task, seed }), TEXT).batch(step).inputs.join();
    expect(new Set([at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(2, 0)]).size).toBe(5);
  });

  test('the vocabulary has no symbol twice', () => {
    const { vocabulary } = makeTask(config({ task }), TEXT);
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
    expect(vocabulary.every((symbol) => [...symbol].length === 1)).toBe(true);
  });

  test('the levels are in order, at any length', () => {
    for (const seq_len of LENGTHS) {
      const { levels, vocabulary } = taskOf({ task, seed: 3, seq_len });
      const { uniform, unigram, floor } = levels;
      expect(uniform).toBe(Math.log(vocabulary.length));
      expect(unigram).toBeLessThanOrEqual(uniform! + 1e-12);
      if (floor !== undefined) expect(floor).toBeLessThanOrEqual(unigram! + 1e-12);
    }
  });

  test.each([4, 5, 7, 32, 33])('the unigram entropy is what batches show at length %i', (T) => {
    const shape = { task, seed: 3, seq_len: T, batch_size: 64 } as const;
    const counts = new Map<number, number>();
    for (const { tokens, counted } of drawn(shape, Math.ceil(1500 / T))) {
      for (const place of counted) add(counts, tokens[place]!, 1);
    }
    // Of at least 20,000 draws: below 0.01 for evenly spread symbols, and of a wrong level far more.
    expect(Math.abs(entropyOf(counts) - taskOf(shape).levels.unigram!)).toBeLessThan(0.02);
  });

  test('something is counted in every sequence of both splits, at any length', () => {
    for (const seq_len of LENGTHS) {
      for (const split of ['train', 'eval'] as const) {
        for (const { tokens, counted } of drawn({ task, seq_len, batch_size: 8 }, 4, split)) {
          expect(tokens).toHaveLength(seq_len + 1);
          expect(counted.length).toBeGreaterThan(0);
        }
      }
    }
  });

  test('evaluation draws other batches, the same ones again, whatever was drawn between', () => {
    const made = taskOf({ task });
    const { inputs, targets } = made.batch(5, 'eval');
    const training = Array.from({ length: 20 }, (_, step) => made.batch(step).inputs.join());
    expect(training).not.toContain(inputs.join());
    expect(made.batch(5, 'eval')).toEqual({ inputs, targets, B: 4, T: 32 });
    expect(made.batch(6, 'eval').inputs).not.toEqual(inputs);
    expect(made.batch(5, 'train')).toEqual(made.batch(5));
  });

  test('is the same task at another length', () => {
    const wanted = taskOf({ task }).vocabulary;
    for (const seq_len of [...LENGTHS, 200, 1024]) {
      expect(taskOf({ task, seq_len }).vocabulary).toEqual(wanted);
    }
  });
});

test('gaussian has no tokens and says so', () => {
  expect(() => makeTask(config({ task: 'gaussian' }), TEXT)).toThrow(/gaussian has no tokens/);
});

describe('copy', () => {
  test.each([4, 5, 6, 7, 32, 33])('counts the second half and nothing else at length %i', (T) => {
    const { vocabulary, batch } = makeTask(config({ task: 'copy', seq_len: T }), '');
    const half = Math.floor(T / 2);
    const { inputs, targets } = batch(0);
    for (let b = 0; b < DEFAULTS.batch_size; b++) {
      const x = [...inputs.subarray(b * T, b * T + T)].map((token) => vocabulary[token]).join('');
      const y = [...targets.subarray(b * T, b * T + T)];
      const [first, separator] = [x.slice(T % 2, half + (T % 2)), x.at(half + (T % 2))];
      expect(separator).toBe('|');
      expect(first).not.toContain('|');
      expect(y.slice(0, T - half).every((token) => token === -1)).toBe(true);
      expect(
        y
          .slice(T - half)
          .map((token) => vocabulary[token])
          .join(''),
      ).toBe(first);
    }
  });
});

describe('induction', () => {
  test('the token after the last occurrence of the present one is always right', () => {
    fc.assert(
      fc.property(settings, steps, (shape, step) => {
        const { inputs, targets, B, T } = makeTask(
          config({ task: 'induction', ...shape }),
          '',
        ).batch(step);
        for (let b = 0; b < B; b++) {
          const x = inputs.subarray(b * T, b * T + T);
          for (let t = 0; t < T; t++) {
            const before = t ? x.subarray(0, t).lastIndexOf(x[t]!) : -1;
            const expected = before < 0 ? -1 : x[before + 1];
            if (targets[b * T + t] !== expected) expect.fail(`token ${t} of ${x.join()}`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('no one distance gives the answer', () => {
    const { inputs, T, B } = makeTask(config({ task: 'induction', batch_size: 64 }), '').batch(0);
    const periods = Array.from({ length: B }, (_, b) => {
      const x = inputs.subarray(b * T, b * T + T);
      return x.indexOf(x[0]!, 1);
    });
    expect(new Set(periods).size).toBeGreaterThan(4);
  });
});
