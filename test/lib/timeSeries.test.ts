import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  append,
  extremes,
  lastOf,
  nearest,
  outline,
  trailingMean,
  withoutLast,
} from '../../src/lib/timeSeries';
import { recordsOf, seriesOf } from '../support/series';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) },
  fc.constantFrom(NaN, Infinity, -Infinity, 1e38),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });

describe('a time series', () => {
  it('knows its extremes, and its first value that is not finite', () => {
    fc.assert(
      fc.property(values, (all) => {
        const finite = all.filter(Number.isFinite);
        const { least, most, lost } = extremes(seriesOf(all));
        expect(least?.value ?? Infinity).toBe(Math.min(...finite));
        expect(most?.value ?? -Infinity).toBe(Math.max(...finite));
        const first = all.findIndex((v) => !Number.isFinite(v));
        expect(lost?.step ?? -1).toBe(first);
      }),
    );
  });
  it('averages a step and those before it, never those that follow', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 300 }), (all, window) => {
        const series = seriesOf(all);
        all.forEach((own, at) => {
          const seen = all.slice(Math.max(0, at + 1 - window), at + 1).filter(Number.isFinite);
          const arithmetic = seen.reduce((sum, v) => sum + v / seen.length, 0);
          const geometric = Math.exp(seen.reduce((sum, v) => sum + Math.log(v) / seen.length, 0));
          const is = (mean: 'arithmetic' | 'geometric') => trailingMean(series, at, window, mean);
          if (!Number.isFinite(own)) return expect(is('arithmetic')).toBe(own);
          expect(is('arithmetic') / arithmetic).toBeCloseTo(1, 9);
          expect(is('geometric') / geometric).toBeCloseTo(1, 9);
        });
      }),
    );
  });
  it('forgets a blow-up once it is past', () => {
    const series = seriesOf([3, 3, 3e30, 3, 3, 3]);
    expect(trailingMean(series, 5, 3, 'arithmetic')).toBe(3);
  });
  it('is what it would be without the records that were taken back', () => {
    fc.assert(
      fc.property(values, fc.nat(20), values, (kept, dropped, later) => {
        let series = seriesOf([...kept, ...Array<number>(dropped).fill(1e9)]);
        for (let i = 0; i < dropped; i++) series = withoutLast(series);
        const whole = [...kept, ...later];
        const check = (all: number[]) => {
          const anew = seriesOf(all);
          expect(recordsOf(series)).toEqual(recordsOf(anew));
          expect(extremes(series)).toEqual(extremes(anew));
          expect(outline(series, 3)).toEqual(outline(anew, 3));
        };
        check(kept);
        later.forEach((v, i) => (series = append(series, { step: kept.length + i, value: v })));
        check(whole);
      }),
    );
  });
  it('is drawn by few records, without losing its extremes, its breaks or its ends', () => {
    const all = Array.from({ length: 50_000 }, (_, i) => Math.sin(i));
    [all[20_000], all[30_000]] = [9, NaN];
    const { line, ends } = outline(seriesOf(all), 500);
    expect(line.length).toBeLessThan(2 * 500 + 4);
    expect(ends.length).toBeLessThan(500 + 4);
    for (const at of [line, ends]) expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
    for (const i of [0, 20_000, 30_000, 49_999]) expect(line).toContain(i);
    for (const i of [0, 30_000, 49_999]) expect(ends).toContain(i);
    expect(outline(seriesOf([1, 2, 3]), 500)).toEqual({ line: [0, 1, 2], ends: [0, 1, 2] });
  });
  it('keeps the records it was drawn by while it grows', () => {
    const all = Array.from({ length: 5000 }, (_, i) => Math.sin(i * i));
    const before = outline(seriesOf(all.slice(0, 4500)), 500).line;
    const after = new Set(outline(seriesOf(all), 500).line);
    expect(before.slice(0, -3).filter((i) => !after.has(i))).toEqual([]);
  });
  it('finds the record nearest to a step', () => {
    const series = seriesOf([1, 2, 3]);
    expect(nearest(seriesOf([]), 3)).toBeUndefined();
    expect(nearest(series, 1.4)?.step).toBe(1);
    expect(nearest(series, 99)?.step).toBe(2);
    expect(lastOf(series)?.step).toBe(2);
    expect(nearest(withoutLast(series), 99)?.step).toBe(1);
  });
});
