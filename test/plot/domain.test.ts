import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Domain } from '../../src/plot/axis';
import {
  legible,
  linearDomain,
  logDomain,
  reach,
  shifted,
  stepDomain,
  zoomed,
} from '../../src/plot/domain';

/** What an axis shows over a run of data, given as [least, largest] values. */
const follow = (frames: [number, number][]) => {
  let domain: Domain | null = null;
  return frames.map(([low, high]) => {
    domain = logDomain([Math.log10(low), Math.log10(high)], domain);
    return domain;
  });
};

describe('reach', () => {
  it('leaves out what has no place on the axis', () => {
    expect(reach('log', [0, -1, NaN, Infinity, 10, 1000])).toEqual([1, 3]);
    expect(reach('linear', [0, -1, NaN, Infinity, 10])).toEqual([-1, 10]);
    expect(reach('log', [0, NaN])).toBeNull();
  });
});

describe('logDomain', () => {
  it('starts with the whole decades around the data', () => {
    expect(follow([[1.4, 3.3]])).toEqual([[0, 1]]);
    expect(follow([[1e-3, 941]])).toEqual([[-3, 3]]);
    expect(follow([[3e-4, 9.8e-4]])).toEqual([[-4, -3]]);
  });

  it('shows something before there is data, and keeps what it showed when data goes', () => {
    expect(logDomain(null, null)).toEqual([-1, 1]);
    expect(logDomain(null, [2, 5])).toEqual([2, 5]);
  });

  it('gives a constant a decade to stand on, whichever side rounding puts it', () => {
    expect(follow([[1, 1]])).toEqual([[0, 1]]);
    expect(follow([[0.999995, 0.999995]])).toEqual([[0, 1]]);
  });

  it('grows at once', () => {
    expect(
      follow([
        [1, 5],
        [1, 11],
      ]),
    ).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('lets a value graze a decade without moving', () => {
    expect(
      follow([
        [1, 5],
        [0.95, 10.4],
        [1, 5],
      ]),
    ).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it('shrinks only when the data fills less than a third', () => {
    const from: Domain = [0, 3];
    expect(logDomain([0.1, 1.3], from)).toEqual([0, 3]);
    expect(logDomain([0.1, 0.9], from)).toEqual([0, 1]);
  });

  it('does not move where shrinking would change nothing', () => {
    expect(logDomain([0.4, 0.5], [0, 1])).toEqual([0, 1]);
    expect(logDomain([-0.02, 0.02], [-1, 1])).toEqual([-1, 1]);
  });

  it('stays where it is while the same data stands', () => {
    const decade = fc.double({ min: -40, max: 38, noNaN: true });
    fc.assert(
      fc.property(decade, decade, decade, decade, (a, b, c, d) => {
        const previous = logDomain([Math.min(c, d), Math.max(c, d)], null);
        const data: Domain = [Math.min(a, b), Math.max(a, b)];
        const once = logDomain(data, previous);
        expect(logDomain(data, once)).toEqual(once);
        expect(once[0]).toBeLessThanOrEqual(data[0] + 0.04);
        expect(once[1]).toBeGreaterThanOrEqual(data[1] - 0.04);
        expect(once.every(Number.isInteger)).toBe(true);
      }),
    );
  });

  it('does not jitter when a value wanders about a decade', () => {
    const frames = Array.from({ length: 200 }, (_, i): [number, number] => {
      const wander = 1 + 0.06 * Math.sin(i * 1.7);
      return [wander, wander * 2];
    });
    const seen = new Set(follow(frames).map(String));
    expect(seen.size).toBe(1);
  });
});

describe('linearDomain', () => {
  it('makes no room below 0 for what is nowhere negative', () => {
    expect(linearDomain([3, 48], [4, 6])[0]).toBe(0);
    expect(linearDomain([-1, 48], [4, 6])[0]).toBeLessThan(-1);
  });

  it('ends at round numbers and shows what it always must', () => {
    expect(linearDomain([0.13, 0.87], null, { always: [0, 1] })).toEqual([0, 1]);
    expect(linearDomain([2.3, 4.71], null)).toEqual([2, 5]);
    expect(linearDomain([3, 4.71], null, { always: [0, 0] })).toEqual([0, 5]);
    expect(linearDomain(null, null, { always: [0, 1] })).toEqual([0, 1]);
  });

  it('grows with headroom, so that a rising value does not move it at every step', () => {
    let domain: Domain | null = null;
    let moves = 0;
    for (let value = 1; value <= 10; value += 0.05) {
      const next = linearDomain([0, value], domain);
      if (String(next) !== String(domain)) moves++;
      domain = next;
    }
    expect(moves).toBeLessThan(20);
  });

  it('shrinks only when the data fills less than a third', () => {
    expect(linearDomain([0, 4], [0, 10])).toEqual([0, 10]);
    expect(linearDomain([0, 3], [0, 10])).toEqual([0, 3]);
  });

  it('gives a constant an axis', () => {
    const [low, high] = linearDomain([4, 4], null);
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(4);
    expect(linearDomain([0, 0], null)).not.toEqual([0, 0]);
  });

  it('takes values that differ by rounding alone for one', () => {
    const [low, high] = linearDomain([-999999.9999999998, -999999.9999999995], null);
    expect(high - low).toBeGreaterThan(1e5);
  });

  it('stays where it is while the same data stands', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const previous = linearDomain([Math.min(c, d), Math.max(c, d)], null);
        const data: Domain = [Math.min(a, b), Math.max(a, b)];
        const once = linearDomain(data, previous);
        expect(linearDomain(data, once)).toEqual(once);
        expect(once[0]).toBeLessThanOrEqual(data[0]);
        expect(once[1]).toBeGreaterThanOrEqual(data[1]);
      }),
    );
  });
});

describe('stepDomain', () => {
  it('leaves room to grow, in round numbers', () => {
    expect([0, 20, 21, 100, 101, 8200].map((last) => stepDomain(last)[1])).toEqual([
      20, 20, 25, 100, 120, 10_000,
    ]);
  });
});

describe('zooming', () => {
  it('keeps what is under the pointer where it is', () => {
    const [low, high] = zoomed([0, 4], 0.5, 1);
    expect([low, high]).toEqual([0.5, 2.5]);
    expect((1 - low) / (high - low)).toBe(0.25);
  });
  it('moves both ends alike', () => expect(shifted([0, 2], -0.5)).toEqual([-0.5, 1.5]));
  it('ends where nothing could be read any more', () => {
    expect(legible('log', [0, 0.001])).toBe(false);
    expect(legible('log', [0, 1])).toBe(true);
    expect(legible('linear', [1, 1 + 1e-9])).toBe(false);
  });
});
