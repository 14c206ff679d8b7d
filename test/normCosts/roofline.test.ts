import { expect, test } from 'vitest';
import { quartiles } from '../../src/lib/quartiles';
import { attainableMs, intensity, perSecond } from '../../src/normCosts/work';

/** 10 GB/s and 40 GFLOP/s. */
const MACHINE = { bandwidth: 1e10, peak: 4e10 };

test('below the ridge memory is what is waited for, above it the processor', () => {
  // 1 MB takes 0.1 ms to bring, 1 MFLOP 0.025 ms to compute.
  expect(attainableMs({ bytes: 1e6, flops: 1e6 }, MACHINE)).toBeCloseTo(0.1, 12);
  expect(attainableMs({ bytes: 1e6, flops: 8e6 }, MACHINE)).toBeCloseTo(0.2, 12);
  expect(attainableMs({ bytes: 1e6, flops: 4e6 }, MACHINE)).toBeCloseTo(0.1, 12);
});

test('intensity and rates', () => {
  expect(intensity({ bytes: 8, flops: 7 })).toBe(0.875);
  expect(perSecond(12e6, 2)).toBe(6e9);
});

test('quartiles lie between measurements in proportion', () => {
  expect(quartiles([4, 1, 3, 2])).toEqual({ low: 1.75, median: 2.5, high: 3.25 });
  expect(quartiles([5, 1, 9])).toEqual({ low: 3, median: 5, high: 7 });
  expect(quartiles([7])).toEqual({ low: 7, median: 7, high: 7 });
});
