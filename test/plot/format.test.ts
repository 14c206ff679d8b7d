import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatExact,
  formatPower,
  formatSignificant,
  formatTick,
  splitSuperscripts,
} from '../../src/plot/format';

describe('formatSignificant', () => {
  it.each([
    [1.40625, '1.41'],
    [0.999995, '1.00'],
    [818.4, '818'],
    [9995, '10,000'],
    [1234, '1230'],
    [94_100, '94,100'],
    [99_960, '1.00×10⁵'],
    [0.0141, '0.0141'],
    [0.00999, '9.99×10⁻³'],
    [6.6e-4, '6.60×10⁻⁴'],
    [3e-13, '3.00×10⁻¹³'],
    [-2.5, '−2.50'],
    [0, '0'],
    [-0, '0'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ])('writes %f as %s', (value, text) => expect(formatSignificant(value)).toBe(text));

  it('takes a number of digits and a unit', () => {
    expect(formatSignificant(3.14159, 2)).toBe('3.1');
    expect(formatSignificant(12.34, 3, 'ms')).toBe('12.3 ms');
    expect(formatSignificant(0, 3, 'nats')).toBe('0 nats');
  });

  it('keeps its width while a value moves within a decade', () => {
    const widths = [1.001, 1.01, 1.1, 2, 9.99].map((v) => formatSignificant(v).length);
    expect(new Set(widths).size).toBe(1);
  });
});

describe('formatPower', () => {
  it.each([
    [0, '10⁰'],
    [3, '10³'],
    [-12, '10⁻¹²'],
  ])('%i', (exponent, text) => expect(formatPower(exponent)).toBe(text));
});

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [9999, '9999'],
    [10_000, '10,000'],
    [1_234_567, '1,234,567'],
    [-12, '−12'],
  ])('%i', (n, text) => expect(formatCount(n)).toBe(text));
});

describe('formatTick', () => {
  it('has the decimals that the step needs, and no more', () => {
    expect([0, 0.2, 0.4].map((v) => formatTick(v, 0.2))).toEqual(['0', '0.2', '0.4']);
    expect([0, 50, 100].map((v) => formatTick(v, 50))).toEqual(['0', '50', '100']);
    expect(formatTick(-0.05, 0.05)).toBe('−0.05');
    expect(formatTick(0.1 + 0.2, 0.1)).toBe('0.3');
    expect([2e-7, 2.5e-7].map((v) => formatTick(v, 5e-8))).toEqual(['2.0×10⁻⁷', '2.5×10⁻⁷']);
    expect(formatTick(2e-7, 1e-7)).toBe('2×10⁻⁷');
    expect(formatTick(1.00002, 1e-5)).toBe('1.00002');
    expect(formatTick(140_000, 20_000)).toBe('1.4×10⁵');
  });
});

it('formatExact keeps what a single-precision number holds', () => {
  expect(formatExact(Math.fround(0.1))).toBe('0.1');
  expect(formatExact(-1.2345678e-9)).toBe('−1.2345678e−9'.replace('e−', 'e-'));
  expect(formatExact(NaN)).toBe('NaN');
});

it('splitSuperscripts gives raised runs as ordinary digits', () => {
  expect(splitSuperscripts('6.60×10⁻⁴ nats')).toEqual([
    { text: '6.60×10', raised: false },
    { text: '−4', raised: true },
    { text: ' nats', raised: false },
  ]);
  expect(splitSuperscripts('12')).toEqual([{ text: '12', raised: false }]);
});
