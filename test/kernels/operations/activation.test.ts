import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import {
  activation,
  gatedActivation,
  type ActivationFunction,
} from '../../../src/kernels/operations/activation';
import { hasKernels } from '../../../src/kernels/kernel';
import { emulate } from '../../../src/kernels/precision/emulate';
import { openWebGPU } from '../../support/dawn';
import { everyOp } from '../precision/formats';

/** Where the functions are done changing, on either side. */
const FAR = [140, 1e3, 1e10, 3e19, 3e38, Infinity].map(Math.fround);
const ALL = [...FAR.map((x) => -x), ...FAR];
const FUNCTIONS: ActivationFunction[] = ['gelu', 'gelu_tanh', 'relu', 'relu2', 'silu'];

const valueAt = (f: ActivationFunction, x: number) =>
  x < 0 ? 0 : f === 'relu2' ? Math.fround(x * x) : x;
const slopeAt = (f: ActivationFunction, x: number) =>
  x < 0 ? 0 : f === 'relu2' ? Math.fround(2 * x) : 1;

const DEVICES: Record<string, () => Promise<unknown>> = {
  'composed on cpu': () => openNodeBackend('cpu'),
  'the kernel on wasm': async () => {
    await openNodeBackend('wasm');
    expect(hasKernels()).toBe(true);
  },
  'the kernel on WebGPU': async () => {
    await openWebGPU();
    expect(hasKernels()).toBe(true);
  },
};

/** Numbers, of which 0 has one sign. */
const numbersOf = async (x: tf.Tensor) => Array.from(await x.data(), (y) => y + 0);

describe.each(Object.entries(DEVICES))('far from 0, %s', (_name, open) => {
  test.each(FUNCTIONS)('%s and its slope are their limits', async (f) => {
    await open();
    const x = tf.tensor1d(ALL);
    const values = activation(x, f);
    const slopes = tf.grad((x: tf.Tensor) => activation(x, f))(x);
    expect(await numbersOf(values)).toEqual(ALL.map((x) => valueAt(f, x)));
    expect(await numbersOf(slopes)).toEqual(ALL.map((x) => slopeAt(f, x)));

    const gated = gatedActivation(x, tf.fill(x.shape, 0.5), f);
    const [dx, dfactor] = tf.grads((x: tf.Tensor, by: tf.Tensor) => gatedActivation(x, by, f))([
      x,
      tf.fill(x.shape, 0.5),
    ]) as [tf.Tensor, tf.Tensor];
    expect(await numbersOf(gated)).toEqual(ALL.map((x) => 0.5 * valueAt(f, x)));
    expect(await numbersOf(dx)).toEqual(ALL.map((x) => 0.5 * slopeAt(f, x)));
    expect(await numbersOf(dfactor)).toEqual(ALL.map((x) => valueAt(f, x)));
  });

  test.each(FUNCTIONS)('%s keeps what is not a number', async (f) => {
    await open();
    expect(await numbersOf(activation(tf.tensor1d([NaN, 1]), f))).toEqual([
      NaN,
      expect.any(Number),
    ]);
  });
});

test.each(['fp8_e4m3', 'fp8_e5m2', 'fp16', 'bf16'] as const)(
  'in %s they are 0 far below',
  async (format) => {
    await openNodeBackend('cpu');
    for (const f of FUNCTIONS) {
      // Its square leaves this format, whose largest number is 448, and which has no infinity to go to.
      if (f === 'gelu_tanh' && format === 'fp8_e4m3') continue;
      const values = emulate(everyOp(format), null, () =>
        activation(tf.tensor1d([-240, -Infinity]), f),
      );
      expect(await numbersOf(values), f).toEqual([0, 0]);
    }
  },
);
