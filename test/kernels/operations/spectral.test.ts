import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { spectral } from '../../../src/kernels/operations/spectral';
import { normals } from '../../../src/lib/random';
import { singularVectors } from '../../../src/model/sigma';
import { rightSingularVector } from '../../reference/linear';
import { tensor } from '../../reference/tape';
import { deviceErrors, openWebGPU } from '../../support/dawn';

const drawn = (name: string, size: number, std = 1) => [...normals(5, name, size, std)];
const lengthOf = (x: number[]) => Math.hypot(...x);

/** One matrix in float64: W·γ/σ, the new u, and the gradients of Σ dy ⊙ W·γ/σ. */
function expected(w: number[], gamma: number, kept: number[], dy: number[], I: number, O: number) {
  const row = (x: number[], i: number) => x.slice(i * O, (i + 1) * O);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const left = Array.from({ length: I }, (_, i) => dot(row(w, i), kept));
  const v = left.map((x) => x / lengthOf(left));
  const right = Array.from({ length: O }, (_, o) =>
    v.reduce((sum, x, i) => sum + x * w[i * O + o]!, 0),
  );
  const sigma = lengthOf(right);
  const u = right.map((x) => x / sigma);
  const along = dot(dy, w) / sigma;
  const dw = dy.map((d, at) => ((d - v[Math.floor(at / O)]! * u[at % O]! * along) * gamma) / sigma);
  return { y: w.map((x) => (x * gamma) / sigma), u, dw, dgamma: [along] };
}

function expectNear(found: ArrayLike<number>, wanted: number[]) {
  expect(found.length).toBe(wanted.length);
  const size = Math.max(...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((x, i) => Math.abs(x - found[i]!) / size));
  expect(worst).toBeLessThan(1e-5);
}

describe.each(['wasm', 'webgpu'] as const)('matrices over their spectral norm on %s', (backend) => {
  beforeAll(async () => {
    await (backend === 'webgpu' ? openWebGPU() : openNodeBackend(backend));
  });

  test.each<[n: number, I: number, O: number, std: number]>([
    [1, 1, 1, 1],
    [1, 3, 5, 1],
    [2, 7, 2, 1],
    [3, 4, 9, 1e-9],
    [5, 13, 6, 1],
    [2, 6, 70, 1e9],
    [2, 70, 6, 1],
    // Squares of these leave float32, in which a card computes.
    ...(backend === 'wasm' ? [1e-30, 1e20] : []).map((std): [number, number, number, number] => [
      2,
      6,
      7,
      std,
    ]),
  ])('%i of [%i, %i], of size %f', async (n, I, O, std) => {
    const given = Array.from({ length: n }, (_, i) => ({
      w: drawn(`w${i}`, I * O, std),
      gamma: 0.5 + i,
      kept: drawn(`u${i}`, O),
      dy: drawn(`dy${i}`, I * O),
    }));
    const ws = given.map(({ w }) => tf.tensor2d(w, [I, O]));
    const gammas = given.map(({ gamma }) => tf.tensor1d([gamma]));
    const renewed: Tensor1D[] = [];
    const apply = (ws: Tensor2D[], gammas: Tensor1D[]) =>
      spectral(
        ws.map((w, i) => ({ w, gamma: gammas[i]!, u: tf.tensor1d(given[i]!.kept) })),
        (u, i) => {
          renewed[i] ??= tf.keep(u.clone());
        },
      )!;
    const values: Tensor[] = apply(ws, gammas);
    const { grads } = tf.engine().gradients(() => {
      const parts = apply(ws, gammas).map((y, i) =>
        tf.sum(tf.mul(y, tf.tensor2d(given[i]!.dy, [I, O]))),
      );
      return tf.addN(parts).asScalar();
    }, [...ws, ...gammas]);
    for (const [i, { w, gamma, kept, dy }] of given.entries()) {
      const wanted = expected(w, gamma, kept, dy, I, O);
      expectNear(await values[i]!.data(), wanted.y);
      expectNear(await renewed[i]!.data(), wanted.u);
      // Of one number the norm takes all: what is left is rounding.
      if (I * O > 1) expectNear(await grads[i]!.data(), wanted.dw);
      expectNear(await grads[n + i]!.data(), wanted.dgamma);
    }
    expect(deviceErrors).toEqual([]);
  });

  test.each<[I: number, O: number, std: number]>([
    [1, 1, 1],
    [3, 5, 1],
    [7, 2, 1e-9],
    [20, 45, 1e9],
  ])('singular vectors of [%i, %i], of size %f', async (I, O, std) => {
    const numbers = ['first', 'second'].map((name) => drawn(name, I * O, std));
    // The second is of rank 1: nothing is left to search after one step.
    numbers[1] = numbers[1]!.map((_, at) => numbers[1]![at - (at % O)]! * numbers[0]![at % O]!);
    const params = Object.fromEntries(
      numbers.flatMap((w, i) => [
        [`w${i}`, tf.tensor2d(w, [I, O])],
        [`w${i}.gamma`, tf.ones([1])],
      ]),
    );
    const starts = Object.fromEntries(
      numbers.map((_, i) => [`w${i}.u`, tf.tensor1d(drawn(`start${i}`, O))]),
    );
    const found = singularVectors(params, starts);
    for (const [i, w] of numbers.entries()) {
      const wanted = rightSingularVector(tensor([I, O], w));
      const u = await found[`w${i}.u`]!.data();
      expect(u).toHaveLength(O);
      const along = wanted.reduce((sum, x, o) => sum + x * u[o]!, 0);
      expect(Math.abs(along)).toBeCloseTo(1, 4);
    }
    expect(deviceErrors).toEqual([]);
  });
});
