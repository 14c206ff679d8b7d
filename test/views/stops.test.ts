import { describe, expect, it } from 'vitest';
import { checkValue } from '../../src/config/check';
import { parseValue } from '../../src/config/codec';
import { FIELDS, KEYS, field, type Key, type NumberField } from '../../src/config/fields';
import { nearestStop, showNumber, stopsOf } from '../../src/views/lanes/stops';

const NUMBERS = KEYS.filter((key) => field(key).kind === 'integer' || field(key).kind === 'number');
const numberField = (key: Key) => field(key) as NumberField;

describe.each(NUMBERS)('the slider of %s', (key) => {
  const f = numberField(key);
  const stops = stopsOf(f);

  it('stops at accepted values only, rising, from end to end', () => {
    for (const stop of stops) expect(checkValue(key, stop)).toEqual({ value: stop });
    for (let i = 1; i < stops.length; i++) expect(stops[i]).toBeGreaterThan(stops[i - 1]!);
    expect(stops.at(-1)).toBe(f.slider.max);
    expect(stops.length).toBeGreaterThan(5);
    expect(stops.length).toBeLessThan(160);
  });

  it('reaches 0 on a log scale where 0 is allowed', () => {
    if (f.slider.scale === 'log') expect(stops.includes(0)).toBe(f.min === 0);
  });

  it('shows values that read back the same', () => {
    for (const stop of stops) expect(parseValue(key, showNumber(stop))).toBe(stop);
  });
});

describe('sliders', () => {
  it('pass through every power of ten of a log scale', () => {
    const stops = stopsOf(FIELDS.lr);
    for (const power of [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]) expect(stops).toContain(power);
  });

  it('double where both ends are powers of two', () => {
    expect(stopsOf(FIELDS.loss_scale).slice(0, 4)).toEqual([0, 1, 2, 4]);
    expect(stopsOf(FIELDS.loss_scale).at(-1)).toBe(2 ** 24);
  });

  it('stand at the stop next to a typed value', () => {
    const stops = stopsOf(FIELDS.lr);
    expect(stops[nearestStop(stops, 1.01e-3)]).toBe(1e-3);
    expect(stops[nearestStop(stops, 0)]).toBe(0);
    expect(stops[nearestStop(stops, 50)]).toBe(1);
    expect(stops[nearestStop(stopsOf(FIELDS.n_layers), 64)]).toBeDefined();
    expect(stopsOf(FIELDS.seed)[nearestStop(stopsOf(FIELDS.seed), 12345)]).toBe(99);
  });
});

describe('numbers in fields', () => {
  it.each([
    [0, '0'],
    [1e-5, '1e-5'],
    [0.001, '0.001'],
    [12, '12'],
    [0.1 + 0.2, '0.3'],
    [1.25e-4, '1.25e-4'],
    [10000, '10000'],
  ])('%d is written %s', (value, text) => {
    expect(showNumber(value)).toBe(text);
  });
});
