import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitRules,
  FORMATS,
  largest,
  roundTo,
  smallest,
  smallestNormal,
  type FormatId,
} from '../../../src/lib/floats';
import { edges, EMULATED, nearest, numbersOf, randomPatterns } from './formats';

test.each<[FormatId, number, number, number, number]>([
  // Patterns of numbers ≥ 0; smallest, smallest normal and largest number.
  ['fp16', 31744, 2 ** -24, 2 ** -14, 65504],
  ['bf16', 32640, 2 ** -133, 2 ** -126, 3.3895313892515355e38],
  ['fp8_e4m3', 127, 2 ** -9, 2 ** -6, 448],
  ['fp8_e5m2', 124, 2 ** -16, 2 ** -14, 57344],
])('limits of %s', (format, count, least, leastNormal, most) => {
  expect(numbersOf(format)).toHaveLength(count + 1);
  expect(smallest(format)).toBe(least);
  expect(smallestNormal(format)).toBe(leastNormal);
  expect(largest(format)).toBe(most);
});

describe.each(EMULATED)('%s', (format) => {
  const numbers = numbersOf(format);
  const finite = numbers.subarray(0, -1);

  test('every number of the format stays as it is', () => {
    const moved = [...finite].filter(
      (x) => !Object.is(roundTo(format, x), x) || !Object.is(roundTo(format, -x), -x),
    );
    expect(moved).toEqual([]);
  });

  test('halfway between two, the even one; beside it, the nearer', () => {
    const wrong: number[] = [];
    for (let i = 0; i + 2 < numbers.length; i++) {
      const [low, high] = [numbers[i]!, numbers[i + 1]!];
      const middle = (low + high) / 2;
      const near = (high - low) / 1024;
      const even = i % 2 ? high : low;
      const wanted = new Map([
        [middle, even],
        [-middle, -even],
        [middle - near, low],
        [middle + near, high],
      ]);
      for (const [x, y] of wanted) if (!Object.is(roundTo(format, x), y)) wrong.push(x);
    }
    expect(wrong).toEqual([]);
  });

  test('beyond the largest', () => {
    const { overflow } = FORMATS[format];
    const [last, next] = [numbers.at(-2)!, numbers.at(-1)!];
    const tie = (last + next) / 2;
    // The pattern of the largest is odd but in E4M3.
    expect(roundTo(format, tie)).toBe(format === 'fp8_e4m3' ? last : overflow);
    expect(roundTo(format, tie * (1 + 1e-9))).toBe(overflow);
    expect(roundTo(format, -tie * (1 + 1e-9))).toBe(-overflow);
    expect(roundTo(format, tie * (1 - 1e-9))).toBe(last);
    expect(roundTo(format, Infinity)).toBe(overflow);
    expect(roundTo(format, NaN)).toBeNaN();
  });

  test('zeros and what becomes zero keep their sign', () => {
    for (const x of [0, smallest(format) / 2, smallest(format) / 3, 5e-324]) {
      expect(roundTo(format, x)).toBe(0);
      expect(roundTo(format, -x)).toBe(-0);
    }
  });

  test('edges and any number', () => {
    const wrong = [...edges(format), ...randomPatterns('any', 50_000)].filter(
      (x) => !Object.is(roundTo(format, x), nearest(format, numbers, x)),
    );
    expect(wrong).toEqual([]);
    fc.assert(
      fc.property(fc.double(), (x) => {
        const y = roundTo(format, x);
        expect(y).toBe(nearest(format, numbers, x));
        expect(roundTo(format, y)).toBe(y);
      }),
    );
  });

  test('limits as bits', () => {
    const bitsOf = (x: number) => new Int32Array(Float32Array.of(x).buffer)[0]!;
    const numberOf = (bits: number) => new Float32Array(Int32Array.of(bits).buffer)[0]!;
    const { overflowFrom, zeroTo, normalFrom } = bitRules(format);
    expect(roundTo(format, numberOf(overflowFrom))).toBe(FORMATS[format].overflow);
    expect(roundTo(format, numberOf(overflowFrom - 1))).toBe(largest(format));
    expect(roundTo(format, numberOf(zeroTo))).toBe(0);
    expect(roundTo(format, numberOf(zeroTo + 1))).toBe(smallest(format));
    expect([0, bitsOf(smallestNormal(format))]).toContain(normalFrom);
  });
});

test('fp32 is what Math.fround makes of a number', () => {
  for (const x of edges('fp32')) expect(roundTo('fp32', x)).toBe(Math.fround(x));
  fc.assert(fc.property(fc.double(), (x) => Object.is(roundTo('fp32', x), Math.fround(x))));
});
