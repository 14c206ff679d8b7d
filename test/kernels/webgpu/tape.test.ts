import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { part } from '../../../src/kernels/operations/part';
import { pointNorm } from '../../../src/kernels/operations/norms/pointNorm';
import { rowNorm } from '../../../src/kernels/operations/norms/rowNorm';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { asDevice, deviceErrors, FORMS, openWebGPU } from '../../support/dawn';

let backend: TapingBackend;
const tensors: Tensor[] = [];
beforeAll(async () => {
  backend = await openWebGPU();
});
afterEach(() => {
  tf.dispose(tensors.splice(0));
  expect(deviceErrors).toEqual([]);
});

/** What a recording of it gives for each name, and how many dispatches it takes. */
async function replayed(held: Record<string, Tensor>, run: () => Record<string, Tensor>) {
  const names: string[] = [];
  const recording = backend.record(held, {}, (take) => {
    for (const [name, result] of Object.entries(run())) {
      names.push(name);
      take(name, result);
    }
  });
  const numbers: Record<string, number[]> = {};
  const before = backend.counts.dispatches;
  for (const name of names) {
    const read = recording.replay({ arrays: {}, commit: false, read: name }, held);
    numbers[name] = [...(await read())];
  }
  const dispatches = (backend.counts.dispatches - before) / names.length;
  recording.dispose();
  return { numbers, dispatches };
}

function drawn(shape: number[], seed: number): Tensor {
  const tensor = tf.randomNormal(shape, 0.3, 2, 'float32', seed);
  tensors.push(tensor);
  return tensor;
}

describe('what is read of a recording', () => {
  test.each([0, 64, 128])('may lie in a vector, from element %i on', async (start) => {
    const values = Float32Array.from({ length: 200 }, (_, i) => i);
    const vector = tf.tensor1d(values);
    tensors.push(vector);
    const { numbers } = await replayed({ vector }, () => ({
      lies: part(vector, start, [2, 3]),
      made: part(tf.mul(vector, 2), start, [2, 3]),
    }));
    expect(numbers['lies']).toEqual([...values.slice(start, start + 6)]);
    expect(numbers['made']).toEqual([...values.slice(start, start + 6).map((x) => 2 * x)]);
  });
});

/** Norms of x with what they learn. */
const NORMS: Record<
  string,
  (x: Tensor, ...learned: [gain: Tensor, bias: Tensor, one: Tensor, two: Tensor]) => Tensor
> = {
  layernorm: (x, gain, bias) => rowNorm(x, gain, bias, { kind: 'standardize', eps: 1e-5 }),
  'layernorm, plain': (x) => rowNorm(x, null, null, { kind: 'standardize', eps: 1e-5 }),
  rmsnorm: (x, gain) => rowNorm(x, gain, null, { kind: 'rms', eps: 1e-5 }),
  prmsnorm: (x, gain) => rowNorm(x, gain, null, { kind: 'rms', counted: 3, eps: 1e-5 }),
  scalenorm: (x, _gain, _bias, one) => rowNorm(x, one, null, { kind: 'length', eps: 1e-5 }),
  dyt: (x, gain, bias, one) => pointNorm(x, 'tanh', one, null, gain, bias),
  derf: (x, gain, bias, one, two) => pointNorm(x, 'erf', one, two, gain, bias),
};

/** A residual sum and its norm, and the gradient of the stream before them. */
function residual(
  norm: (typeof NORMS)[string],
  { x, f, dy, ds, ...learned }: Record<string, Tensor>,
) {
  const s = tf.add(x!, f!);
  const parts = Object.values(learned) as [Tensor, Tensor, Tensor, Tensor];
  const { value, grads } = tf.engine().gradients(() => norm(s, ...parts), [s, ...parts], dy, true);
  const [dx, ...rest] = grads;
  const of = Object.keys(learned);
  return {
    ...{ s, y: value, total: tf.add(ds!, dx!) },
    // Not every norm has all of them.
    ...Object.fromEntries(
      rest.flatMap((one, i) => ((one as Tensor | null) ? [[of[i]!, one]] : [])),
    ),
  };
}

/**
 * Of both together. The gradients of what a PointNorm learns are a dispatch of their own; and with the sum it
 * binds nine tensors backward, with shift and bias forward too.
 */
const dispatchesOf = (name: string, mostBuffers = 16): number => {
  if (name !== 'dyt' && name !== 'derf') return 2;
  if (mostBuffers > 8) return 3;
  return name === 'dyt' ? 4 : 5;
};

describe.each(Object.entries(FORMS))('a residual sum and its norm, %s', (_form, device) => {
  test.each(Object.keys(NORMS))('are one dispatch forward and one back: %s', async (name) => {
    const shape = [2, 5, 19];
    const held = Object.fromEntries(
      ['x', 'f', 'dy', 'ds', 'gain', 'bias', 'one', 'two'].map((name, i) => [
        name,
        drawn(i < 4 ? shape : i < 6 ? [19] : [1], i + 1),
      ]),
    );
    const wanted = () => residual(NORMS[name]!, held);
    await asDevice(backend, device, async () => {
      const made = tf.tidy(wanted);
      tensors.push(...Object.values(made));
      const expected = await Promise.all(
        Object.entries(made).map(async ([name, tensor]) => [name, [...(await tensor.data())]]),
      );
      const { numbers, dispatches } = await replayed(held, wanted);
      expect(numbers).toEqual(Object.fromEntries(expected));
      expect(dispatches).toBe(dispatchesOf(name, device.mostBuffers));
    });
  });
});
