import { describe, expect, it } from 'vitest';
import { valueScale, type Domain } from '../../src/plot/axis';
import { fitted, reach } from '../../src/plot/domain';
import { nearLimits, placeLimits, withNear, type Limit } from '../../src/plot/limits';
import { countTicks } from '../../src/plot/ticks';

const limits: Limit[] = [
  { value: 65504, label: 'max' },
  { value: 6.1e-5, label: 'normal' },
  { value: 6e-8, label: 'min' },
];

describe('limits', () => {
  it('are drawn into the picture when the data comes within a decade', () => {
    expect(withNear('log', [-1, 1], limits)).toEqual([-1, 1]);
    expect(withNear('log', [-1, 4.2], limits)![1]).toBeCloseTo(Math.log10(65504));
    expect(withNear('log', [-4, 0], limits)![0]).toBeCloseTo(Math.log10(6.1e-5));
    expect(withNear('linear', [0, 60000], limits)).toEqual([0, 60000]);
    expect(withNear('log', null, limits)).toBeNull();
  });
  it('are told when they are drawn in', () => {
    expect(nearLimits([-1, 1], limits)).toEqual([]);
    expect(nearLimits([-6.8, 4], limits).map(({ label }) => label)).toEqual([
      'max',
      'normal',
      'min',
    ]);
    expect(nearLimits(null, limits)).toEqual([]);
  });
  it('have their names side by side where they are close, and inside the ground', () => {
    const frame = { top: 12, bottom: 112, overscan: 10 };
    const y = valueScale({ kind: 'log', domain: [0, 5] }, frame);
    const ground = { left: 48, top: 2, bottom: 122, size: 12 };
    const two = [
      { value: 65504, label: 'fp16 max 65504' },
      { value: 57344, label: 'fp8 e5m2 max 57344' },
      { value: 1e9, label: 'far away' },
    ];
    const placed = placeLimits(two, y, ground);
    expect(placed.map(({ label }) => label)).toEqual(two.slice(0, 2).map(({ label }) => label));
    const [a, b] = placed.map(({ text }) => text);
    expect(b!.x).toBeGreaterThan(a!.x + 60);
    for (const { text } of placed) expect(text.y - ground.size).toBeGreaterThanOrEqual(ground.top);
  });
});

describe('an axis of counts', () => {
  const counted = (data: Domain | null) => fitted({ kind: 'count', data });

  it('has room for 0 a decade below 1', () => {
    const data = reach('count', [0, 312, NaN]);
    expect(data).toEqual([-1, Math.log10(312)]);
    expect(counted(data)).toEqual([-1, 3]);
    expect(counted(reach('count', [0, 0]))).toEqual([-1, 1]);
    expect(counted(reach('count', [5, 9]))).toEqual([-1, 1]);
    expect(counted(null)).toEqual([-1, 1]);
  });
  it('is labelled with whole numbers, and nothing between 0 and 1', () => {
    const ticks = countTicks([-1, 3], 160);
    expect(ticks.filter(({ label }) => label).map(({ label }) => label)).toEqual([
      '0',
      '1',
      '10',
      '100',
      '1000',
    ]);
    expect(ticks.some(({ at }) => at > -1 && at < 0)).toBe(false);
  });
  it('leaves out 1 where it would stand on 0, and names large decades by their power', () => {
    const labels = countTicks([-1, 6], 70).flatMap(({ label }) => label ?? []);
    expect(labels).not.toContain('1');
    expect(labels).toContain('0');
    expect(labels.at(-1)).toBe('10⁶');
    expect(countTicks([-1, -0.2], 70)).toEqual([{ at: -1, major: true, label: '0' }]);
  });
});
