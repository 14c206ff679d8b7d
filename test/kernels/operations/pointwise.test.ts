import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { dropped } from '../../../src/kernels/operations/dropped';
import { hasKernels } from '../../../src/kernels/kernel';
import { emulate } from '../../../src/kernels/precision/emulate';
import { rotated } from '../../../src/kernels/operations/rotated';
import { scaled } from '../../../src/kernels/operations/scaled';
import { seedTensor, uniform } from '../../../src/kernels/operations/uniform';
import { normals } from '../../../src/lib/random';
import { deviceErrors, openWebGPU } from '../../support/dawn';
import { everyOp } from '../precision/formats';

/* Kernels that do little to each number, on every backend, beside loops in float64. */

const BACKENDS = ['cpu', 'wasm', 'webgpu'] as const;
type BackendName = (typeof BACKENDS)[number];

beforeAll(async () => {
  await openWebGPU();
});

async function open(backend: BackendName) {
  await (backend === 'webgpu' ? openWebGPU() : openNodeBackend(backend));
  // The cpu backend computes what is composed of the library's operations.
  expect(hasKernels()).toBe(backend !== 'cpu');
}

/** Results of f and the gradients of Σ weights · results, read from the device. */
async function valuesAndGradients(
  f: (...inputs: Tensor[]) => Tensor[],
  inputs: Tensor[],
  weights: Tensor[],
): Promise<number[][]> {
  const results = f(...inputs);
  const { grads } = tf.engine().gradients(() => {
    const parts = f(...inputs).map((y, i) => tf.sum(tf.mul(y, weights[i]!)));
    return tf.addN(parts).asScalar();
  }, inputs);
  const read = await Promise.all([...results, ...grads].map((x) => x.data()));
  tf.dispose([...results, ...grads]);
  expect(deviceErrors).toEqual([]);
  return read.map((x) => [...x]);
}

const drawn = (name: string, shape: number[]) =>
  Float32Array.from(normals(3, name, tf.util.sizeFromShape(shape), 1));

function expectNear(found: number[], expected: number[], within = 2e-6) {
  expect(found.length).toBe(expected.length);
  const size = Math.max(...expected.map(Math.abs), 1e-30);
  const worst = Math.max(...found.map((x, i) => Math.abs(x - expected[i]!) / size));
  expect(worst).toBeLessThan(within);
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => open(backend));

  describe('a learned scale', () => {
    test.each<[shape: number[], groups: number]>([
      [[1, 1], 1],
      [[3, 5], 1],
      [[3, 5], 5],
      [[2, 3, 6], 2],
      [[2, 3, 6], 3],
      [[2, 7, 6], 6],
      [[2, 2, 9], 3],
      [[4, 5, 40], 4],
      [[1, 130, 33], 1],
      [[1, 130, 33], 33],
    ])('of %j in %i groups', async (shape, groups) => {
      const [x, w, g] = [drawn('x', shape), drawn('w', shape), drawn('gain', [groups])];
      const [D, width] = [shape.at(-1)!, shape.at(-1)! / groups];
      const groupOf = (i: number) => Math.floor((i % D) / width);
      const y = [...x].map((value, i) => value * g[groupOf(i)]!);
      const dx = [...w].map((value, i) => value * g[groupOf(i)]!);
      const dgain = Array.from(g, () => 0);
      x.forEach((value, i) => (dgain[groupOf(i)]! += value * w[i]!));
      const found = await valuesAndGradients(
        (x, gain) => [scaled(x!, gain as Tensor1D)],
        [tf.tensor(x, shape), tf.tensor1d(g)],
        [tf.tensor(w, shape)],
      );
      [y, dx, dgain].forEach((expected, i) => {
        expectNear(found[i]!, expected);
      });
    });

    test('keeps what is not a number, and zeros of a group to themselves', async () => {
      const found = await valuesAndGradients(
        (x, gain) => [scaled(x!, gain as Tensor1D)],
        [tf.tensor2d([NaN, 1, Infinity, -2], [1, 4]), tf.tensor1d([0, 2])],
        [tf.tensor2d([1, 1, 1, 1], [1, 4])],
      );
      expect(found).toEqual([
        [NaN, 0, Infinity, -4],
        [0, 0, 2, 2],
        [NaN, Infinity],
      ]);
    });
  });

  describe('queries and keys at their angles', () => {
    test.each<[number, number, number, number]>([
      [1, 1, 1, 2],
      [1, 5, 3, 2],
      [2, 3, 1, 6],
      [2, 3, 2, 8],
      [1, 4, 3, 10],
      [2, 9, 2, 14],
      [1, 3, 5, 64],
    ])('B %i, T %i, H %i, d %i', async (B, T, H, d) => {
      const shape = [B, T, H, d];
      const half = d / 2;
      const angle = (t: number, i: number) => t / 10000 ** ((2 * (i % half)) / d);
      const table = (f: (angle: number) => number) =>
        tf.tensor3d(
          Float32Array.from({ length: T * d }, (_, at) => f(angle(Math.floor(at / d), at % d))),
          [T, 1, d],
        );
      const turned = (x: Float32Array, way: number) =>
        [...x].map((value, at) => {
          const i = at % d;
          const a = angle(Math.floor(at / (d * H)) % T, i);
          const other = i < half ? -x[at + half]! : x[at - half]!;
          return value * Math.cos(a) + way * other * Math.sin(a);
        });
      const [q, k, dq, dk] = ['q', 'k', 'dq', 'dk'].map((name) => drawn(name, shape)) as [
        ...[Float32Array, Float32Array, Float32Array, Float32Array],
      ];
      const tensorOf = (x: Float32Array) => tf.tensor(x, shape);
      const [cosines, sines] = [table(Math.cos), table(Math.sin)] as [Tensor3D, Tensor3D];
      const found = await valuesAndGradients(
        (q, k) => rotated(q as Tensor4D, k as Tensor4D, cosines, sines),
        [tensorOf(q), tensorOf(k)],
        [tensorOf(dq), tensorOf(dk)],
      );
      [turned(q, 1), turned(k, 1), turned(dq, -1), turned(dk, -1)].forEach((expected, i) => {
        expectNear(found[i]!, expected);
      });
    });
  });

  describe('what is dropped', () => {
    test.each<[shape: number[], draws: number[], p: number]>([
      [[1], [1], 0.5],
      [[7], [7], 0.5],
      [[2, 5, 13], [2, 5, 13], 0.1],
      [[3, 70, 11], [3, 70, 11], 0.95],
      [[5, 3, 3], [5, 1, 1], 0.5],
      [[9, 2, 8], [9, 1, 1], 0.3],
      [[64, 1, 1], [64, 1, 1], 0.3],
    ])('of %j by draws %j with p %f', async (shape, draws, p) => {
      for (const [name, step] of [
        [0, 0],
        [2 ** 24 - 1, 2 ** 24 - 1],
        [1234567, 89],
      ] as const) {
        const seed = { name, step: tf.tensor1d([step]) };
        const [x, w] = [drawn('x', shape), drawn('w', shape)];
        const numbers = await uniform(draws, seedTensor(seed)).data();
        const together = x.length / numbers.length;
        // In float32, as the library's operations have it: to the bit.
        const masked = (x: Float32Array) =>
          [...x].map((value, i) =>
            numbers[Math.floor(i / together)]! >= Math.fround(p)
              ? Math.fround(value * Math.fround(1 / (1 - p)))
              : value * 0,
          );
        const found = await valuesAndGradients(
          (x) => [dropped(x!, draws, p, seed)],
          [tf.tensor(x, shape)],
          [tf.tensor(w, shape)],
        );
        expect(found).toEqual([masked(x), masked(w)]);
      }
    });

    test('is 0 times what it was: what is not finite is not a number', async () => {
      const seed = { name: 5, step: tf.tensor1d([6]) };
      const x = Array.from({ length: 40 }, (_, i) => [Infinity, -Infinity, NaN, 3e38][i % 4]!);
      const numbers = await uniform([40], seedTensor(seed)).data();
      const [y] = await valuesAndGradients(
        (x) => [dropped(x!, [40], 0.5, seed)],
        [tf.tensor1d(x)],
        [tf.ones([40])],
      );
      expect(y).toEqual(x.map((value, i) => Math.fround(value * (numbers[i]! >= 0.5 ? 2 : 0))));
    });

    test('is the same in a format that is emulated, and rounded', async () => {
      const seed = { name: 5, step: tf.tensor1d([6]) };
      const x = tf.ones([40]);
      const y = emulate(everyOp('fp8_e5m2'), null, () => dropped(x, [40], 0.1, seed));
      const numbers = await uniform([40], seedTensor(seed)).data();
      // 1/0.9 lies between 1 and 1.25.
      expect([...(await y.data())]).toEqual([...numbers].map((u) => (u >= 0.1 ? 1 : 0)));
    });
  });
});
