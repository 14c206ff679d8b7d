import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  NODE_BACKEND_IDS,
  openNodeBackend,
  type NodeBackend,
} from '../../../src/engine/nodeBackend';
import { emulate } from '../../../src/kernels/precision/emulate';
import { normal, uniform } from '../../../src/kernels/operations/uniform';
import { everyOp } from '../precision/formats';

type Draw = (shape: number[], seed: Tensor1D) => Tensor;

const numbers = (draw: Draw, shape: number[], seed: [number, number]): number[] =>
  tf.tidy(() => [...draw(shape, tf.tensor1d(seed)).dataSync()]);

const COUNT = 50_000;
const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;
const variance = (x: number[]) => {
  const middle = mean(x);
  return mean(x.map((value) => (value - middle) ** 2));
};
const correlation = (x: number[], y: number[]) => {
  const [a, b] = [mean(x), mean(y)];
  return (
    mean(x.map((value, i) => (value - a) * (y[i]! - b))) / Math.sqrt(variance(x) * variance(y))
  );
};
/** Five standard deviations of a mean of COUNT numbers of standard deviation 1. */
const CHANCE = 5 / Math.sqrt(COUNT);

beforeAll(() => openNodeBackend('wasm'));

test.each<[string, Draw, number, number, number]>([
  // The mean, the variance, and the variance of a squared deviation in units of the variance squared.
  ['uniform', uniform, 1 / 2, 1 / 12, 4 / 5],
  ['normal', normal, 0, 1, 2],
])(
  '%s has its mean and variance, and no number tells of another',
  (_name, draw, mu, sigma2, spread) => {
    for (const seed of [
      [0, 0],
      [1, 0],
      [0, 1],
      [2 ** 24 - 1, 12345],
    ] as [number, number][]) {
      const x = numbers(draw, [COUNT], seed);
      expect(Math.abs(mean(x) - mu)).toBeLessThan(CHANCE * Math.sqrt(sigma2));
      expect(Math.abs(variance(x) / sigma2 - 1)).toBeLessThan(CHANCE * Math.sqrt(spread));
      for (const lag of [1, 2, 64, 1000]) {
        const [head, tail] = [x.slice(0, -lag), x.slice(lag)];
        expect(Math.abs(correlation(head, tail))).toBeLessThan(CHANCE * 1.02);
      }
    }
  },
);

test('uniform numbers fill [0, 1) evenly, in all their 24 bits', () => {
  const x = numbers(uniform, [COUNT], [7, 7]);
  expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...x)).toBeLessThan(1);
  for (let bit = 0; bit < 24; bit++) {
    const ones = x.filter((value) => ((value * 2 ** 24) >> bit) & 1).length;
    expect(Math.abs(ones / COUNT - 0.5)).toBeLessThan(CHANCE / 2);
  }
  const cells = new Float64Array(256);
  for (const value of x) cells[Math.floor(value * 256)]!++;
  const expected = COUNT / 256;
  const chi2 = cells.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  // Mean 255, standard deviation √510.
  expect(Math.abs(chi2 - 255)).toBeLessThan(5 * Math.sqrt(510));
});

test('seeds next to each other have nothing in common', () => {
  const first = numbers(uniform, [COUNT], [3, 4]);
  expect(numbers(uniform, [COUNT], [3, 4])).toEqual(first);
  for (const seed of [
    [4, 3],
    [3, 5],
    [4, 4],
    [2, 4],
    [0, 0],
  ] as [number, number][]) {
    const other = numbers(uniform, [COUNT], seed);
    expect(Math.abs(correlation(first, other))).toBeLessThan(CHANCE);
    const sorted = (x: number[]) => Float64Array.from(x).sort();
    // Nor are they the same numbers in another order.
    expect(sorted(other)).not.toEqual(sorted(first));
  }
});

test.each<[string, Draw]>([
  ['uniform', uniform],
  ['normal', normal],
])('%s numbers are the same on all backends of the CPU', async (_name, draw) => {
  const on = async (backend: NodeBackend) => {
    await openNodeBackend(backend);
    return numbers(draw, [3, 5, 7], [123, 456]);
  };
  const all = [];
  for (const backend of NODE_BACKEND_IDS) all.push(await on(backend));
  for (const one of all) expect(one).toEqual(all[0]);
  await openNodeBackend('wasm');
  // Whatever the shape, and with numbers before them that are not asked for.
  expect(numbers(draw, [105], [123, 456])).toEqual(all[0]);
  expect(numbers(draw, [50], [123, 456])).toEqual(all[0]!.slice(0, 50));
});

test('at one place, the numbers of all seeds are as random', () => {
  for (const at of [0, 2, 100]) {
    const x = Array.from({ length: 2000 }, (_, i) => numbers(uniform, [101], [i, at])[at]!);
    const y = Array.from({ length: 2000 }, (_, i) => numbers(uniform, [101], [at, i])[at]!);
    for (const column of [x, y]) {
      const chance = 5 / Math.sqrt(column.length);
      expect(Math.abs(mean(column) - 1 / 2)).toBeLessThan(chance * Math.sqrt(1 / 12));
      expect(Math.abs(variance(column) * 12 - 1)).toBeLessThan(chance * Math.sqrt(4 / 5));
      expect(Math.abs(correlation(column.slice(1), column.slice(0, -1)))).toBeLessThan(chance);
    }
  }
});

test('known numbers', () => {
  expect(numbers(uniform, [4], [1, 2]).map((x) => x * 2 ** 24)).toMatchInlineSnapshot(`
    [
      1809540,
      8731335,
      15961264,
      1176,
    ]
  `);
});

test('noise is not rounded where a format is emulated', () => {
  const draw: Draw = (shape, seed) =>
    emulate(everyOp('fp8_e5m2'), null, () => uniform(shape, seed));
  expect(numbers(draw, [64], [1, 2])).toEqual(numbers(uniform, [64], [1, 2]));
});
