import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairedTest, rejected, studentTail } from '../../src/lib/pairedTest';
import { stream } from '../../src/lib/random';

test.each([
  [12.706, 1],
  [4.303, 2],
  [3.182, 3],
  [2.776, 4],
  [2.365, 7],
  [2.0395, 31],
])('beyond %d lie 5 %% of Student’s t with %i degrees of freedom', (t, freedom) => {
  expect(studentTail(t, freedom)).toBeCloseTo(0.05, 4);
  expect(studentTail(-t, freedom)).toBe(studentTail(t, freedom));
  expect(studentTail(0, freedom)).toBe(1);
});

describe('a paired test', () => {
  test('compares ratios, where all values are above 0', () => {
    const [a, b] = [
      [1, 2, 4, 8],
      [1.1, 2.3, 4.3, 9],
    ];
    const scaled = (values: number[]) => values.map((value) => 1e-6 * value);
    expect(pairedTest(a, b)).toBeCloseTo(pairedTest(scaled(a), scaled(b))!, 9);
    // Differences of logarithms: 0.0953, 0.1398, 0.0723, 0.1178; their mean over its error is 7.3.
    expect(pairedTest(a, b)).toBeCloseTo(studentTail(7.306, 3), 4);
    // Of -1, 1, 2 and 0: 0.5 over 0.645.
    expect(pairedTest([-1, 1, 2, 0], [0, 0, 0, 0])).toBeCloseTo(studentTail(0.7746, 3), 4);
  });
  test('sees a difference that every pair has, and none in what float32 rounds', () => {
    expect(pairedTest([2, 2, 2], [1, 1, 1])).toBe(0);
    expect(pairedTest([1, 1, 1], [1 + 1e-6, 1 + 1e-6, 1 + 1e-6])).toBe(1);
    expect(pairedTest([0, 0], [0, 0])).toBe(1);
  });
  test('says nothing of one pair, or of what is not finite', () => {
    expect(pairedTest([1], [2])).toBeNull();
    expect(pairedTest([1, NaN], [2, 3])).toBeNull();
  });
});

test('Holm’s levels: one that passes lets all the larger ones pass', () => {
  expect(rejected([0.01, 0.04, 0.03, 0.005])).toEqual([true, false, false, true]);
  expect(rejected([0.02, 0.02])).toEqual([true, true]);
  expect(rejected([])).toEqual([]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (all) => {
      const found = rejected(all);
      // Between Bonferroni and no correction at all.
      all.forEach((p, i) => {
        if (p <= 0.05 / all.length) expect(found[i]).toBe(true);
        if (p > 0.05) expect(found[i]).toBe(false);
      });
    }),
  );
});

test.each([2, 4, 8])(
  'of lanes equal but for %i seeds about one in twenty differs somewhere',
  (n) => {
    const FAMILIES = 3000;
    const LAYERS = 6;
    const { normal } = stream(0, `families ${n}`);
    /** Layers of a seed have most of what sets it apart in common, as in a residual stream. */
    const lane = () => {
      const seeds = Array.from({ length: n }, normal);
      return Array.from({ length: LAYERS }, () =>
        seeds.map((shared) => Math.exp(0.1 * (shared + 0.5 * normal()))),
      );
    };
    let wrong = 0;
    for (let family = 0; family < FAMILIES; family++) {
      const [a, b] = [lane(), lane()];
      if (rejected(a.map((values, l) => pairedTest(values, b[l]!)!)).includes(true)) wrong++;
    }
    // Four standard errors of 5 % over the level; of tests that never reject it would be 0.
    expect(wrong / FAMILIES).toBeLessThan(0.066);
    expect(wrong / FAMILIES).toBeGreaterThan(0.01);
  },
);
