import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../src/lib/shapes';
import { complete } from '../../../src/config/check';
import { WORKING_NORMS, type WorkingNorm } from '../../../src/normCosts/work';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { hasKernels } from '../../../src/kernels/kernel';
import { discrepancy } from '../../../src/kernels/operations/norms/runningMoments';
import { normals } from '../../../src/lib/random';
import type { Context, Params } from '../../../src/model/context';
import { norm, norms, runningMoments } from '../../../src/model/norms';
import { untapped } from '../../../src/model/tap';
import { norms as references } from '../../reference/norms';
import * as tape from '../../reference/tape';
import { openWebGPU } from '../../support/dawn';

/*
 * Every norm of the catalogue with its kernels beside the same in float64, and where float32 ends beside the
 * same of the library's operations.
 */

type Numbers = Record<string, readonly number[]>;

/** A norm of x: [B, T, D] with two modalities, and numbers for all of its tensors. */
interface Case {
  kind: WorkingNorm;
  shape: [B: number, T: number, D: number];
  x: number[];
  eps: number;
}

const drawn = (name: string, size: number, std = 1) => [...normals(1, name, size, std)];
const M = 2;

/** What is learned and kept lies around what it starts with, so that all of it counts. */
function tensorsOf({ kind, shape: [, , D] }: Case) {
  const specs = Object.entries(norms[kind].tensors(D, M));
  const filled = (kept: boolean) =>
    specs
      .filter(([, spec]) => (spec.kind === 'buffer') === kept)
      .map(([part, { shape, value }]) => ({
        ...{ part, shape },
        // Running variances are not negative.
        values: drawn(part, sizeOf(shape), 0.05).map((z) => Math.abs(value + z)),
      }));
  return { learned: filled(false), kept: filled(true) };
}
const dyOf = ({ shape }: Case) => drawn('dy', sizeOf(shape));

/** All that training and evaluation make of a case, on the backend that is set. */
async function ours(one: Case): Promise<Numbers> {
  const { kind, shape, x: values, eps } = one;
  const { config } = complete({ task: 'two_modality', norm: kind });
  const { learned, kept } = tensorsOf(one);
  const made = tf.tidy((): Record<string, Tensor> => {
    const named = (list: typeof learned): Params =>
      Object.fromEntries(
        list.map(({ part, shape, values }) => [`n.${part}`, tf.tensor(values, shape)]),
      );
    const [params, buffers] = [named(learned), named(kept)];
    const results: Record<string, Tensor> = {};
    const keep = (name: string, tensor: Tensor) => {
      results[name] = tf.keep(tensor.clone());
    };
    const ctx: Context = {
      ...{ config: { ...config, seq_len: shape[1], norm_eps: eps }, plans: [], params, buffers },
      ...{ tap: untapped, training: true, draw: null as unknown as Tensor1D },
      renew: (name, value) => keep(`renewed ${name}`, value),
      observe: (name, batch) =>
        keep('discrepancy', discrepancy(batch, runningMoments(name, buffers))),
    };
    const x = tf.tensor(values, shape);
    const { value, grads } = tf
      .engine()
      .gradients(
        () => norm('n', kind, x, ctx),
        [x, ...Object.values(params)],
        tf.tensor(dyOf(one), shape),
      );
    keep('y', value);
    ['x', ...learned.map(({ part }) => part)].forEach((part, i) => keep(`d${part}`, grads[i]!));
    keep('y in evaluation', norm('n', kind, x, { ...ctx, training: false }));
    return results;
  });
  const read = Object.entries(made).map(
    async ([name, tensor]) => [name, [...(await tensor.data())]] as const,
  );
  const numbers = Object.fromEntries(await Promise.all(read));
  tf.dispose(Object.values(made));
  return numbers;
}

/** The same in float64, by the tape of the reference. */
function inFloat64(one: Case): Numbers {
  const { kind, shape, x: values, eps } = one;
  const [B, T] = shape;
  const { learned, kept } = tensorsOf(one);
  // The engine has the float32 of these.
  const named = (list: typeof learned) =>
    Object.fromEntries(
      list.map(({ part, shape, values }) => [part, tape.tensor(shape, Float32Array.from(values))]),
    );
  const [params, buffers] = [named(learned), named(kept)];
  const results: Record<string, readonly number[]> = {};
  const scope = {
    ...{ eps, bias: true, training: true },
    param: (part: string) => params[part]!,
    has: (part: string) => part in params,
    buffer: (part: string) => buffers[part]!,
    update: (part: string, value: ArrayLike<number>) => {
      results[`renewed n.${part}`] = Array.from(value);
    },
    modality: Array.from({ length: B }, () => Array.from({ length: T }, (_, t) => t % M)),
  };
  const x = tape.tensor(shape, Float32Array.from(values));
  const y = references[kind]!(x, scope);
  tape.backward(tape.sumAll(tape.mul(y, tape.tensor(shape, Float32Array.from(dyOf(one))))));
  results['y'] = [...y.data];
  results['dx'] = [...x.grad];
  for (const { part } of learned) results[`d${part}`] = [...params[part]!.grad];
  const used = references[kind]!(x, { ...scope, training: false });
  results['y in evaluation'] = [...used.data];
  if (buffers['running_var']) {
    results['discrepancy'] = discrepancy64(one, buffers['running_var'], buffers['running_mean']);
  }
  return results;
}

/** mean |μ_B − μ|/σ_B and mean |σ/σ_B − 1|. */
function discrepancy64({ shape, x }: Case, variance: tape.Tensor, mean?: tape.Tensor): number[] {
  const D = shape[2];
  const columns = Array.from({ length: D }, (_, j) =>
    x.filter((_, i) => i % D === j).map(Math.fround),
  );
  const average = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const centres = columns.map((column) => (mean ? average(column) : 0));
  const sigmas = columns.map((column, j) =>
    Math.sqrt(average(column.map((v) => (v - centres[j]!) ** 2))),
  );
  return [
    mean ? average(centres.map((c, j) => Math.abs(c - mean.data[j]!) / sigmas[j]!)) : NaN,
    average(sigmas.map((s, j) => Math.abs(Math.sqrt(variance.data[j]!) / s - 1))),
  ];
}

/** Each number as far as `share` of the largest of its tensor; what is not finite is not finite. */
function expectNear(found: Numbers, expected: Numbers, share: number, of: string) {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const finite = values.filter(Number.isFinite).map(Math.abs);
    // Sums of all numbers cancel.
    const least = values.length === 1 ? 0.1 : 0;
    const allowed = share * finite.reduce((a, b) => Math.max(a, b), least);
    values.forEach((value, i) => {
      const other = found[name]![i]!;
      const isNear = Number.isFinite(value)
        ? Math.abs(value - other) <= allowed
        : !Number.isFinite(other);
      if (!isNear) expect.fail(`${of}: ${name}, number ${i} is ${other} and not ${value}`);
    });
  }
}

const BACKENDS = {
  wasm: () => openNodeBackend('wasm'),
  'WebGPU, lanes that share a row': async () => {
    (await openWebGPU()).hasBarriers = true;
  },
  'WebGPU, a thread for each row': async () => {
    (await openWebGPU()).hasBarriers = false;
  },
};

const SHAPES: [number, number, number][] = [
  [1, 1, 4],
  [2, 3, 5],
  [3, 5, 7],
  [2, 8, 16],
  [5, 29, 3],
  [1, 4, 130],
];

describe.each(Object.entries(BACKENDS))('on %s', (_name, open) => {
  test.each(WORKING_NORMS)('%s is that of float64, forward and backward', async (kind) => {
    await open();
    expect(hasKernels()).toBe(true);
    for (const shape of SHAPES) {
      // Of one token nothing is left by a norm over the batch but what rounding makes.
      if (shape[0] * shape[1] === 1 && ['batchnorm', 'powernorm'].includes(kind)) continue;
      const x = drawn('x', sizeOf(shape), 2).map((z) => z + 0.7);
      const one: Case = { kind, shape, x, eps: 1e-5 };
      expectNear(await ours(one), inFloat64(one), 1e-5, `[${shape.join(', ')}]`);
    }
  });

  const SHAPE: [number, number, number] = [2, 3, 6];
  const everywhere = (value: number) => Array.from({ length: 36 }, () => value);
  const scaled = (size: number) => drawn('x', 36, size);
  const having = (value: number) => scaled(1).map((z, i) => (i === 8 ? value : z));
  test.each([
    ['zeros', everywhere(0)],
    ['one number', everywhere(0.1)],
    ['one number for each feature', everywhere(0).map((_, i) => 1000.1 * (i % 6))],
  ])('every norm is that of float64 for %s', async (_of, x) => {
    await open();
    for (const kind of WORKING_NORMS) {
      const one: Case = { kind, shape: SHAPE, x, eps: 1e-5 };
      expectNear(await ours(one), inFloat64(one), 1e-5, kind);
    }
  });
  test.each([
    // From where sums of squares leave float32 to where plain sums would.
    ...[3e18, 1e19, 1e30, 1e38].map((size): [string, number[]] => [String(size), scaled(size)]),
    ['1e-30', scaled(1e-30)],
    ['a NaN', having(NaN)],
    ['an infinity', having(Infinity)],
  ])('every norm is that of the operations it is composed of, for %s', async (_of, x) => {
    for (const kind of WORKING_NORMS) {
      const one: Case = { kind, shape: SHAPE, x, eps: 1e-5 };
      await openNodeBackend('cpu');
      const composed = await ours(one);
      await open();
      expectNear(await ours(one), composed, 1e-5, kind);
    }
  });
});
