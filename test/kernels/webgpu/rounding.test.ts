import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { normal, uniform } from '../../../src/kernels/operations/uniform';
import { createLossCounter } from '../../../src/kernels/precision/lossCounter';
import { round } from '../../../src/kernels/precision/round';
import { roundTo } from '../../../src/lib/floats';
import { deviceErrors, openWebGPU } from '../../support/dawn';
import { edges, EMULATED, randomPatterns } from '../precision/formats';

beforeAll(() => openWebGPU());
afterEach(() => {
  expect(deviceErrors).toEqual([]);
});

async function read(make: () => Tensor): Promise<number[]> {
  const made = tf.tidy(make);
  const values = await made.data();
  made.dispose();
  return [...values];
}

describe.each(EMULATED)('in a shader, %s', (format) => {
  const values = Float32Array.from([...edges(format), ...randomPatterns(format, 20_000)]);
  const stored = [...values].map((x) => roundTo(format, x));

  test('has the bits of the loop', async () => {
    const got = await read(() => round(tf.tensor1d(values), format));
    expect(got.filter((x, i) => !Object.is(x, stored[i]))).toEqual([]);
  });

  test('loses as many numbers', async () => {
    const counter = createLossCounter();
    const halves = [values.subarray(0, 3), values.subarray(3)];
    for (const half of halves) tf.dispose(tf.tidy(() => round(tf.tensor1d(half), format, counter)));
    expect(await read(() => counter.take())).toEqual([
      [...values].filter((x, i) => x !== 0 && stored[i] === 0).length,
      [...values].filter((x, i) => Number.isFinite(x) && !Number.isFinite(stored[i]!)).length,
    ]);
  });
});

test('booleans that were cast are numbers in a shader', async () => {
  const ones = () => tf.cast(tf.greater(tf.tensor1d([1, -1, 2]), 0), 'float32');
  expect(await read(() => round(ones(), 'fp8_e4m3'))).toEqual([1, 0, 1]);
});

test.each([
  ['uniform', uniform, 0],
  // A cosine to the accuracy of an adapter, 2e-4, times the largest number there is.
  ['normal', normal, 6 * 2e-4],
] as const)('%s noise of a shader is that of the loop', async (_name, draw, error) => {
  const seeded = () => draw([30, 50], tf.tensor1d([7, 12345]) as Tensor1D);
  const got = await read(seeded);
  await tf.setBackend('cpu');
  const expected = await read(seeded);
  await openWebGPU();
  const worst = Math.max(...got.map((x, i) => Math.abs(x - expected[i]!)));
  expect([got.length, worst <= error]).toEqual([1500, true]);
});
