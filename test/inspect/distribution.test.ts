import { describe, expect, test } from 'vitest';
import { spreadsOf } from '../../src/inspect/distribution';
import { QUANTILES } from '../../src/inspect/readings';
import { seeded } from '../reference';

const tensor = (numbers: number[]) => ({
  shape: [numbers.length],
  data: Float32Array.from(numbers),
});
const normal = (n: number, factor = 1) => {
  const random = seeded(n);
  return Array.from({ length: n }, () => factor * random.normal());
};
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** By counting, number for number: what a bin holds. */
const holds = (x: Float32Array, from: number, to: number, isLast: boolean) =>
  x.filter((v) => v >= from && (v < to || (isLast && v === to))).length;

describe('the numbers of a tensor', () => {
  const numbers = [0, -0, 3, -1, 2, NaN, Infinity, -Infinity, 0.5];
  const { lanes, values, magnitudes } = spreadsOf([tensor(numbers)]);
  const spread = lanes[0]!;

  test('zeros and what is not finite are counted apart', () => {
    expect(spread).toMatchObject({ elements: 9, zeros: 2, notFinite: 3 });
    expect(spread).toMatchObject({ smallest: 0.5, largest: 3 });
    expect(spread.mean).toBeNaN();
    expect(spread.rms).toBeNaN();
  });

  test('quantiles are those of the finite numbers, between two in proportion', () => {
    expect(spread.quantiles[0]).toBe(-1);
    expect(spread.quantiles.at(-1)).toBe(3);
    expect(spread.quantiles[QUANTILES.indexOf(0.5)]).toBe(0.25); // −1 −0 0 .5 2 3
  });

  test('bins hold every finite number, and every size that is not 0', () => {
    expect(sum(values.counts[0]!)).toBe(6);
    expect(sum(magnitudes.counts[0]!)).toBe(4);
  });

  test('mean and rms of numbers that are finite', () => {
    const { lanes } = spreadsOf([tensor([1, 2, 3, -4])]);
    expect(lanes[0]!.mean).toBe(0.5);
    expect(lanes[0]!.rms).toBeCloseTo(Math.sqrt(30 / 4), 12);
  });
});

describe('histograms', () => {
  const lanes = [tensor(normal(1000)), null, tensor(normal(500, 1e-3)), tensor([])];
  const { values, magnitudes, lanes: spreads } = spreadsOf(lanes);

  test('share edges from the least to the greatest number over lanes', () => {
    const all = lanes.flatMap((lane) => (lane ? Array.from(lane.data) : []));
    expect(values.edges[0]).toBe(Math.min(...all));
    expect(values.edges.at(-1)).toBe(Math.max(...all));
    expect(magnitudes.edges[0]).toBeLessThanOrEqual(
      Math.log10(Math.min(...all.map((x) => Math.abs(x)))),
    );
  });

  test('count what lies between their edges', () => {
    for (const [i, lane] of lanes.entries()) {
      const counts = values.counts[i];
      if (!lane) {
        expect([counts, magnitudes.counts[i], spreads[i]]).toEqual([null, null, null]);
        continue;
      }
      const last = values.edges.length - 2;
      expect(counts).toEqual(
        values.edges
          .slice(0, -1)
          .map((edge, bin) => holds(lane.data, edge, values.edges[bin + 1]!, bin === last)),
      );
      const sizes = lane.data.map(Math.abs);
      const bounds = magnitudes.edges.map((edge) => 10 ** edge);
      expect(magnitudes.counts[i]).toEqual(
        bounds
          .slice(0, -1)
          .map((from, bin) => holds(sizes, from, bounds[bin + 1]!, bin === bounds.length - 2)),
      );
      expect(sum(counts!)).toBe(lane.data.length);
    }
  });

  test('of one number alone have a width, and of none too', () => {
    for (const numbers of [[5], [0, 0], [-2, -2], [], [NaN]]) {
      const { values, magnitudes } = spreadsOf([tensor(numbers)]);
      const finite = numbers.filter(Number.isFinite);
      expect(sum(values.counts[0]!)).toBe(finite.length);
      expect(sum(magnitudes.counts[0]!)).toBe(finite.filter((x) => x !== 0).length);
      for (const { edges } of [values, magnitudes]) {
        expect(edges.length).toBeGreaterThan(1);
        for (let i = 1; i < edges.length; i++) expect(edges[i]).toBeGreaterThan(edges[i - 1]!);
      }
    }
  });

  test('the ends of float32 are numbers as all others', () => {
    const { magnitudes, values } = spreadsOf([tensor([3.4e38, -3.4e38, 1.4e-45])]);
    expect(sum(values.counts[0]!)).toBe(3);
    expect(sum(magnitudes.counts[0]!)).toBe(3);
    expect(magnitudes.edges.every(Number.isFinite)).toBe(true);
  });
});
