import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { NODE_BACKEND_IDS, openNodeBackend } from '../../../src/engine/nodeBackend';
import { round } from '../../../src/kernels/precision/round';
import { createLossCounter, type LossCounter } from '../../../src/kernels/precision/lossCounter';
import { roundTo, type EmulatedFormat } from '../../../src/lib/floats';
import { edges, EMULATED, floatOf, randomPatterns } from './formats';

function rounded(
  values: ArrayLike<number>,
  format: EmulatedFormat,
  counts: LossCounter | null = null,
) {
  return tf.tidy(() => round(tf.tensor1d(Float32Array.from(values)), format, counts).dataSync());
}

/** Compares every bit that a number has: signs of zeros, and NaN with NaN. */
function expectRounded(values: Float32Array, format: EmulatedFormat) {
  const got = rounded(values, format);
  const wrong = [...values].filter((x, i) => !Object.is(got[i], roundTo(format, x)));
  expect(wrong).toEqual([]);
}

describe.each(NODE_BACKEND_IDS)('on %s', (backend) => {
  beforeAll(() => openNodeBackend(backend));

  test.each(EMULATED)('a tensor is rounded as its numbers are, to %s', (format) => {
    expectRounded(Float32Array.from(edges(format)), format);
    expectRounded(randomPatterns(format, 100_000), format);
    const pattern = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.array(pattern), (patterns) => {
        expectRounded(Float32Array.from(patterns, floatOf), format);
      }),
    );
  });

  test.each(EMULATED)('twice is once, in %s', (format) => {
    const once = rounded(randomPatterns('twice', 10_000), format);
    expect(rounded(once, format)).toEqual(once);
  });

  test.each(EMULATED)('losses of %s are counted', (format) => {
    const values = [...edges(format), ...randomPatterns('losses', 10_000)].map(Math.fround);
    const counter = createLossCounter();
    for (let times = 0; times < 2; times++) rounded(values, format, counter);
    const stored = values.map((x) => roundTo(format, x));
    const isLost = (x: number, i: number) => Number.isFinite(x) && !Number.isFinite(stored[i]!);
    const lost = [values.filter((x, i) => x !== 0 && stored[i] === 0), values.filter(isLost)];
    expect([...counter.take().dataSync()]).toEqual(lost.map(({ length }) => 2 * length));
  });

  test('the shape stays, and fp32 changes nothing', () => {
    tf.tidy(() => {
      const x = tf.tensor3d([Math.PI, -1e-9, 1e9, 4], [2, 1, 2]);
      expect(round(x, 'fp16').shape).toEqual([2, 1, 2]);
      expect(round(tf.scalar(Math.PI), 'bf16').shape).toEqual([]);
      expect(round(tf.zeros([0, 3]), 'bf16').shape).toEqual([0, 3]);
      expect(round(x, 'fp32').dataSync()).toEqual(x.dataSync());
    });
  });

  test('booleans that were cast are numbers', () => {
    tf.tidy(() => {
      const x = tf.cast(tf.greater(tf.tensor1d([1, -1, 2]), 0), 'float32');
      expect([...round(x, 'fp8_e4m3').dataSync()]).toEqual([1, 0, 1]);
    });
  });

  test('the gradient passes unchanged', () => {
    tf.tidy(() => {
      const x = tf.tensor1d([Math.PI, 1e-9, 1e9]);
      const dy = tf.tensor1d([1, Math.E, 1e-20]);
      const dx = tf.grad((x) => round(x, 'fp8_e4m3'))(x, dy);
      expect(dx.dataSync()).toEqual(dy.dataSync());
    });
  });
});
