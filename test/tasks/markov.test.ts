import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { markov, markovSource } from '../../src/tasks/markov';

const S = 8;
const config = (settings: Partial<Config>): Config => ({
  ...DEFAULTS,
  task: 'markov',
  ...settings,
});

describe('the source', () => {
  test('rows are distributions and the pairs are stationary, for any seed', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (seed) => {
        const { rows, contexts: pairs } = markovSource(seed);
        for (const row of rows) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(pairs.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
        for (let b = 0; b < S; b++) {
          for (let c = 0; c < S; c++) {
            let inflow = 0;
            for (let a = 0; a < S; a++) inflow += pairs[a * S + b]! * rows[a * S + b]![c]!;
            expect(Math.abs(inflow - pairs[b * S + c]!)).toBeLessThan(1e-12);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('its levels lie apart, so that a loss between them says something', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { uniform, unigram, floor } = markov(config({ seed })).levels;
      expect(floor).toBeGreaterThan(0.5);
      expect(unigram! - floor!).toBeGreaterThan(0.4);
      expect(uniform! - unigram!).toBeGreaterThan(0);
    }
  });
});

describe('the floor', () => {
  test.each([0, 1, 12345])('is the loss of the true source over its batches, seed %i', (seed) => {
    const { rows } = markovSource(seed);
    const { levels, batch } = markov(config({ seed, batch_size: 200, seq_len: 100 }));
    const losses: number[] = [];
    for (let step = 0; step < 20; step++) {
      const { inputs, targets, B, T } = batch(step);
      for (let b = 0; b < B; b++) {
        expect(targets[b * T]).toBe(-1);
        for (let t = 1; t < T; t++) {
          const at = b * T + t;
          losses.push(-Math.log(rows[inputs[at - 1]! * S + inputs[at]!]![targets[at]!]!));
        }
      }
    }
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    // 396,000 draws with a standard deviation below 1.5: five standard errors and some correlation.
    expect(Math.abs(mean - levels.floor!)).toBeLessThan(0.015);
  });

  test('sequences start in the long run’s distribution: first pairs are as frequent as last ones', () => {
    const { batch } = markov(config({ batch_size: 512, seq_len: 4 }));
    const { contexts: pairs } = markovSource(0);
    const first = new Float64Array(S * S);
    const last = new Float64Array(S * S);
    const steps = 60;
    for (let step = 0; step < steps; step++) {
      const { inputs, B, T } = batch(step);
      for (let b = 0; b < B; b++) {
        first[inputs[b * T]! * S + inputs[b * T + 1]!]! += 1 / (B * steps);
        last[inputs[b * T + 2]! * S + inputs[b * T + 3]!]! += 1 / (B * steps);
      }
    }
    pairs.forEach((p, pair) => {
      const error = 5 * Math.sqrt((p * (1 - p)) / (512 * steps)) + 1e-6;
      expect(Math.abs(first[pair]! - p)).toBeLessThan(error);
      expect(Math.abs(last[pair]! - p)).toBeLessThan(error);
    });
  });
});
