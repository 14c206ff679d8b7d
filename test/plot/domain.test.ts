import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Domain } from '../../src/plot/axis';
import {
  fitted,
  follow,
  looked,
  reach,
  shifted,
  stepDomain,
  zoomed,
  type Held,
  type ValueAxis,
} from '../../src/plot/domain';
import { axisTicks } from '../../src/plot/ticks';

/** The domains of an axis over a run of data, given in its units as [least, largest]. */
const shownOver = (
  frames: readonly Domain[],
  axis: Partial<ValueAxis> & Pick<ValueAxis, 'kind'>,
): Domain[] => {
  let held: Held | null = null;
  return frames.map((data) => {
    held = follow({ subject: 'x', ...axis, data }, held);
    return held.domain;
  });
};
const decades = ([low, high]: Domain): Domain => [Math.log10(low), Math.log10(high)];
const rounded = (domain: Domain) => domain.map((end) => Math.round(1e3 * 10 ** end) / 1e3);
const onLog = (frames: Domain[], live = true) =>
  shownOver(frames.map(decades), { kind: 'log', live }).map(rounded);
const onLinear = (frames: Domain[], axis: Partial<ValueAxis> = {}) =>
  shownOver(frames, { kind: 'linear', ...axis });

/** How often the labels of an axis change, at a height. */
function changes(domains: readonly Domain[], kind: ValueAxis['kind'], height = 110): number {
  const labels = domains.map((domain) =>
    axisTicks({ kind, domain }, height)
      .map(({ label }) => label ?? '')
      .join(' '),
  );
  return labels.filter((label, i) => i > 0 && label !== labels[i - 1]).length;
}
/** Numbers from 0 to 1, the same at every run. */
const noise = Array.from(
  { length: 300 },
  (_, i) => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1,
);

describe('reach', () => {
  it('leaves out what has no place on the axis', () => {
    expect(reach('log', [0, -1, NaN, Infinity, 10, 1000])).toEqual([1, 3]);
    expect(reach('linear', [0, -1, NaN, Infinity, 10])).toEqual([-1, 10]);
    expect(reach('log', [0, NaN])).toBeNull();
  });
});

describe('a logarithmic axis', () => {
  const fit = (data: Domain) => rounded(fitted({ kind: 'log', data: decades(data) }));

  it('has whole decades where these waste less than a third of the height', () => {
    expect(fit([1e-3, 941])).toEqual([1e-3, 1000]);
    expect(fit([1.2, 8])).toEqual([1, 10]);
    expect(fit([2e-5, 8e-4])).toEqual([0, 0.001]);
  });
  it('has finer ends elsewhere', () => {
    expect(fit([1.41, 3.3])).toEqual([1, 4]);
    expect(fit([0.7, 11])).toEqual([0.5, 20]);
    expect(fit([90, 250])).toEqual([80, 300]);
    expect(fit([3, 130])).toEqual([2, 200]);
  });
  it('wastes less than a third of a range of more than half a decade', () => {
    const value = fc.double({ min: -30, max: 30, noNaN: true });
    const size = fc.double({ min: 0.6, max: 40, noNaN: true });
    fc.assert(
      fc.property(value, size, (low, size) => {
        const [from, to] = fitted({ kind: 'log', data: [low, low + size] });
        expect(from).toBeLessThanOrEqual(low + 0.04);
        expect(to).toBeGreaterThanOrEqual(low + size - 0.04);
        expect(size / (to - from)).toBeGreaterThan(0.6);
      }),
    );
  });
  it('gives a constant a decade to stand on, whichever side rounding puts it', () => {
    expect(fit([1, 1])).toEqual([1, 10]);
    expect(fit([0.999995, 0.999995])).toEqual([1, 10]);
  });
  it('shows something before there is data, and keeps what it showed when data goes', () => {
    expect(fitted({ kind: 'log', data: null })).toEqual([-1, 1]);
    const held = follow({ kind: 'log', subject: 'x', data: [2, 5] }, null);
    expect(follow({ kind: 'log', subject: 'x', data: null }, held).domain).toEqual([2, 5]);
  });
  it('grows at once, by whole decades where two thirds of them are used', () => {
    expect(
      onLog([
        [1, 5],
        [1, 11],
        [1, 60],
      ]),
    ).toEqual([
      [1, 10],
      [1, 50],
      [1, 100],
    ]);
    expect(
      onLog([
        [1.41, 3.3],
        [1.41, 4.5],
        [2, 12],
      ]),
    ).toEqual([
      [1, 4],
      [1, 10],
      [1, 50],
    ]);
  });
  it('lets a value graze an end without moving', () => {
    const frames: Domain[] = [
      [1, 5],
      [0.95, 10.4],
      [1, 5],
    ];
    expect(new Set(onLog(frames).map(String)).size).toBe(1);
  });
  it('moves once at the most when a value wanders about an end', () => {
    const frames = noise.map((n): Domain => [1 + 0.06 * (n - 0.5), 2 + n * 0.1]);
    expect(new Set(onLog(frames).map(String)).size).toBeLessThanOrEqual(2);
  });
});

describe('an axis at rest', () => {
  it('is fitted anew when data uses less than half of it, or leaves it', () => {
    expect(
      onLinear([
        [0, 10],
        [0, 6],
        [0, 3],
        [0, 3.1],
      ]),
    ).toEqual([
      [0, 10],
      [0, 10],
      [0, 3],
      [0, 3.5],
    ]);
    expect(
      onLog(
        [
          [1, 1000],
          [1, 40],
          [1, 8],
        ],
        false,
      ),
    ).toEqual([
      [1, 1000],
      [1, 1000],
      [1, 10],
    ]);
  });
});

describe('a live axis', () => {
  it('is narrower at once where hardly any of it is used', () => {
    expect(
      onLog([
        [1e-20, 1],
        [1, 8],
      ]),
    ).toEqual([
      [0, 1],
      [1, 10],
    ]);
  });
  it('waits long before it shrinks, and then has room for all that came meanwhile', () => {
    const frames: Domain[] = [[0, 10], ...noise.map((n): Domain => [0, 2 + 2 * n])];
    const domains = onLinear(frames, { live: true });
    expect(domains[100]).toEqual([0, 10]);
    expect(domains.at(-1)).toEqual([0, 4]);
    expect(changes(domains, 'linear')).toBe(1);
  });
  it('forgets that it was too wide when room is needed again', () => {
    const frames = noise.map((_, i): Domain => [0, i % 100 ? 2 : 10]);
    expect(changes(onLinear(frames, { live: true }), 'linear')).toBe(0);
  });

  const few = 5;
  it.each([
    ['noise about a level', (n: number): Domain => [1 + n, 8 + 4 * n]],
    [
      'growth by three decades',
      (n: number, i: number): Domain => [1, 2 * 1000 ** (i / 300) * (1 + n)],
    ],
    ['decay by two decades', (n: number, i: number): Domain => [0.01 ** (i / 300) * (1 + n), 4]],
    ['a spike', (n: number, i: number): Domain => [1 + n, i === 150 ? 500 : 8 + n]],
  ])('changes its labels at most five times in 300 steps of %s', (_, frame) => {
    const frames = noise.map((n, i) => decades(frame(n, i)));
    for (const height of [60, 110, 200]) {
      expect(
        changes(shownOver(frames, { kind: 'log', live: true }), 'log', height),
      ).toBeLessThanOrEqual(few);
    }
  });
  it.each([
    ['noise about a level', (n: number): Domain => [0, 2 + n]],
    [
      'growth to the tenfold',
      (n: number, i: number): Domain => [0, (1 + i / 30) * (0.8 + 0.4 * n)],
    ],
    [
      'a falling loss',
      (n: number, i: number): Domain => [4.3 - 2.5 * (1 - Math.exp(-i / 60)) - 0.1 * n, 4.4],
    ],
  ])('does so on a linear axis of %s', (_, frame) => {
    const frames = noise.map(frame);
    expect(changes(onLinear(frames, { live: true }), 'linear')).toBeLessThanOrEqual(few);
  });
});

describe('any axis', () => {
  it('never grows by so much that hardly any of it is used', () => {
    expect(
      onLinear(
        [
          [-0.001, 0.9],
          [17, 17],
        ],
        { live: true },
      )[1]![0],
    ).toBeGreaterThan(0);
  });
  it('stays where it is while the same data stands', () => {
    const value = fc.double({ min: -40, max: 38, noNaN: true });
    const kind = fc.constantFrom('log' as const, 'linear' as const, 'count' as const);
    fc.assert(
      fc.property(value, value, value, value, kind, fc.boolean(), (a, b, c, d, kind, live) => {
        const first: Domain = [Math.min(c, d), Math.max(c, d)];
        const data: Domain = [Math.min(a, b), Math.max(a, b)];
        const nearly: Domain = [data[0], data[1] - (data[1] - data[0]) * 1e-9];
        const [, once, again] = shownOver([first, data, nearly], { kind, live });
        expect(again).toEqual(once);
        expect(once![0]).toBeLessThanOrEqual(data[0] + 0.04);
        expect(once![1]).toBeGreaterThanOrEqual(data[1] - 0.04);
      }),
    );
  });
});

describe('a linear axis', () => {
  const fit = (data: Domain | null, always?: Domain) => fitted({ kind: 'linear', data, always });

  it('ends at round numbers and shows what it always must', () => {
    expect(fit([2.3, 4.71])).toEqual([2, 5]);
    expect(fit([3, 4.71], [0, 0])).toEqual([0, 5]);
    expect(fit([0.2, 3], [0, 0])).toEqual([0, 3]);
    expect(fit(null, [0, 1])).toEqual([0, 1]);
  });
  it('uses more than three quarters of the height, whatever the largest value is', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (largest) => {
        expect(largest / fit([0, largest], [0, 0])[1]).toBeGreaterThan(0.75);
      }),
    );
  });
  it('ends at the bounds of a bounded statistic exactly, live and at rest', () => {
    expect(fit([0.13, 0.87], [0, 1])).toEqual([0, 1]);
    const frames: Domain[] = [
      [0.4, 0.5],
      [0.99, 1.0000002],
      [-1e-7, 0.1],
    ];
    for (const live of [true, false]) {
      for (const domain of onLinear(frames, { always: [0, 1], live })) {
        expect(domain).toEqual([0, 1]);
      }
    }
  });
  it('makes no room below 0 for what is nowhere negative', () => {
    const after = (data: Domain) => onLinear([[4, 6], data], { live: true })[1]!;
    expect(after([3, 48])[0]).toBe(0);
    expect(after([-1, 48])[0]).toBeLessThan(-1);
  });
  it('gives a constant an axis', () => {
    const [low, high] = fit([4, 4]);
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(4);
    expect(fit([0, 0])).not.toEqual([0, 0]);
  });
  it('takes values that differ by rounding alone for one', () => {
    const [low, high] = fit([-999999.9999999998, -999999.9999999995]);
    expect(high - low).toBeGreaterThan(1e5);
  });
});

describe('stepDomain', () => {
  it('leaves room to grow, in round numbers', () => {
    expect([0, 20, 21, 100, 101, 8200].map((last) => stepDomain(last)[1])).toEqual([
      20, 20, 30, 100, 200, 10_000,
    ]);
  });
  it('moves seldom', () => {
    const ends = Array.from({ length: 480 }, (_, step) => stepDomain(step)[1]);
    expect(new Set(ends).size).toBeLessThanOrEqual(7);
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
    const look = (kind: 'log' | 'linear', next: Domain) => looked(kind, [0.9, 1.2], next, [0, 2]);
    const [stays, near] = [
      [0.9, 1.2],
      [1, 1.1],
    ] as [Domain, Domain];
    expect(look('log', near)).toEqual(near);
    expect(look('log', [1, 1.001])).toEqual(stays);
    expect(look('linear', [1, 1 + 1e-9])).toEqual(stays);
  });
  it('ends where the data is hardly seen, or not at all', () => {
    const look = (from: Domain, next: Domain) => looked('linear', from, next, [0, 2]);
    expect(look([-3, 4], [-3.5, 4.4])).toEqual([-3.5, 4.4]);
    expect(look([-3.5, 4.4], [-4, 5])).toEqual([-3.5, 4.4]);
    // Data has shrunk meanwhile: the way back is open.
    expect(look([-90, 90], [-80, 80])).toEqual([-80, 80]);
    expect(look([1, 2], [2.1, 3.1])).toEqual([1, 2]);
  });

  it('has room without data, whatever it always shows', () => {
    for (const kind of ['log', 'linear', 'count'] as const) {
      const [low, high] = fitted({ kind, data: null, always: [0, 0] });
      expect(high).toBeGreaterThan(low);
    }
  });
});
