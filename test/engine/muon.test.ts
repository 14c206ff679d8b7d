import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { blockMatrices } from '../../src/engine/matrices';
import { decayMask } from '../../src/engine/plan';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { normals } from '../../src/lib/random';
import { flatLayout } from '../../src/model/flat';
import { paramSpecs, type ParamKind } from '../../src/model/params';
import { muonDirection, orthogonalized, type MatrixPlace } from '../../src/optim/muon';
import { update } from '../../src/optim/optimizers';
import { learningRate } from '../../src/optim/schedule';
import { referenceUpdate, type Weights } from '../reference';

/** Orthonormal vectors, [count][size], by Gram and Schmidt. */
function orthonormal(name: string, count: number, size: number): number[][] {
  const vectors: number[][] = [];
  for (let i = 0; i < count; i++) {
    let v = [...normals(0, `${name}/${i}`, size, 1)];
    // Twice: what rounding leaves of the others goes the second time.
    for (const u of [...vectors, ...vectors]) {
      const dot = v.reduce((sum, x, k) => sum + x * u[k]!, 0);
      v = v.map((x, k) => x - dot * u[k]!);
    }
    const length = Math.hypot(...v);
    vectors.push(v.map((x) => x / length));
  }
  return vectors;
}

/** Σ_k s_k u_k v_kᵀ, [I][O]. */
const composed = (s: number[], U: number[][], V: number[][]): number[][] =>
  U[0]!.map((_, i) =>
    V[0]!.map((_, j) => s.reduce((sum, sk, k) => sum + sk * U[k]![i]! * V[k]![j]!, 0)),
  );

/** What five steps make of one singular value. */
function polynomial(s: number): number {
  for (let i = 0; i < 5; i++) s = 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;
  return s;
}

const SHAPES: [number, number][] = [
  [12, 12],
  [8, 32],
  [32, 8],
  [1, 7],
  [7, 1],
];

describe.each(['wasm', 'cpu'] as const)('Newton-Schulz on %s', (backend) => {
  beforeAll(() => openNodeBackend(backend));

  test.each(SHAPES)('%i × %i: singular values alone change, to between 0.68 and 1.21', (I, O) => {
    const rank = Math.min(I, O);
    const s = Array.from({ length: rank }, (_, k) => 3 * 0.7 ** k);
    const U = orthonormal(`U${I}x${O}`, rank, I);
    const V = orthonormal(`V${I}x${O}`, rank, O);
    const norm = Math.hypot(...s);
    const after = s.map((value) => polynomial(value / norm));
    for (const value of after) {
      expect(value).toBeGreaterThan(0.68);
      expect(value).toBeLessThan(1.21);
    }
    const got = orthogonalized(tf.tensor2d(composed(s, U, V))).arraySync();
    composed(after, U, V).forEach((row, i) =>
      row.forEach((x, j) => expect(Math.abs(got[i]![j]! - x)).toBeLessThan(2e-5)),
    );
  });

  test('the sign is that of the polar factor', () => {
    const matrix = [
      [0, -5],
      [3, 0],
    ];
    const [[a, b], [c, d]] = orthogonalized(tf.tensor2d(matrix)).arraySync() as [
      [number, number],
      [number, number],
    ];
    expect([Math.round(a), Math.round(b), Math.round(c), Math.round(d)]).toEqual([0, -1, 1, 0]);
  });

  test('a matrix of normals: every product with itself is near the identity', () => {
    const G = tf.tensor2d(normals(0, 'G', 16 * 64, 1e-3), [16, 64]);
    const X = orthogonalized(G);
    const gram = tf.matMul(X, tf.transpose(X) as Tensor2D).arraySync() as number[][];
    gram.forEach((row, i) =>
      row.forEach((x, j) => {
        if (i === j) expect(Math.abs(x - 1)).toBeLessThan(0.5);
        else expect(Math.abs(x)).toBeLessThan(0.3);
      }),
    );
  });

  test.each([1e-30, 1e-9, 1, 1e30])('gradients of size %s', (size) => {
    const of = (std: number) =>
      orthogonalized(tf.tensor2d(normals(0, 'sized', 48, std), [6, 8])).dataSync();
    const wanted = of(1);
    of(size).forEach((x, i) => expect(Math.abs(x - wanted[i]!)).toBeLessThan(1e-4));
  });

  test('zeros stay zeros', () => {
    expect([...orthogonalized(tf.zeros([3, 4]) as Tensor2D).dataSync()]).toEqual(Array(12).fill(0));
  });

  test('a stack is its matrices one by one', () => {
    const stack = tf.tensor3d(normals(0, 'stack', 3 * 20, 1), [3, 4, 5]);
    for (const x of [stack, tf.transpose(stack, [0, 2, 1]) as Tensor3D]) {
      const alone = tf.stack(tf.unstack(x).map((matrix) => orthogonalized(matrix)));
      const apart = tf.max(tf.abs(tf.sub(orthogonalized(x), alone))).dataSync()[0];
      expect(apart).toBeLessThan(1e-5);
    }
  });
});

describe('the direction', () => {
  beforeAll(() => openNodeBackend('wasm'));
  const places: MatrixPlace[] = [
    { start: 2, shape: [3, 4] },
    { start: 14, shape: [4, 3] },
    { start: 30, shape: [3, 4] },
  ];
  const vector = (name: string, size: number) => tf.tensor1d(normals(0, name, size, 1));

  test.each([42, 45])('is another one at the matrices alone, of %i numbers', (size) => {
    const [rest, g, m] = [vector('rest', size), vector('g', size), vector('m', size)];
    const got = [...muonDirection(rest, g, m, 0.9, places).dataSync()];
    const elsewhere = [...rest.dataSync()];
    got.forEach((x, i) => {
      const inside = places.some(({ start }) => i >= start && i < start + 12);
      expect(x === elsewhere[i], `${i}`).toBe(!inside);
    });
    const stacked = muonDirection(rest, g, m, 0.9, places, true);
    got.forEach((x, i) => expect(stacked.dataSync()[i]).toBeCloseTo(x, 5));
  });

  test('without matrices it is what it was', () => {
    const [rest, g, m] = [vector('rest', 5), vector('g', 5), vector('m', 5)];
    expect(muonDirection(rest, g, m, 0.9, []).dataSync()).toEqual(rest.dataSync());
  });
});

/** Names and shapes as a model has them. */
const SPECS = (
  [
    ['embed.token', [5, 8], 'table'],
    ['blocks.0.attn.norm.gain', [8], 'scale'],
    ['blocks.0.attn.norm.scale', [2, 8], 'scale'],
    ['blocks.0.attn.wq', [8, 8], 'matrix'],
    ['blocks.0.attn.wo', [8, 8], 'matrix'],
    ['blocks.0.attn.bo', [8], 'scale'],
    ['blocks.0.mlp.w_in', [8, 16], 'matrix'],
    ['blocks.0.mlp.w_gate', [8, 16], 'matrix'],
    ['blocks.0.mlp.w_out', [16, 8], 'matrix'],
    ['unembed', [8, 5], 'table'],
  ] as [string, number[], ParamKind][]
).map(([name, shape, kind]) => ({ name, shape, kind, start: { std: 1 } }));

test('Muon is for the linear maps of blocks, decay for these and tables of vectors', () => {
  const config = { ...DEFAULTS, n_layers: 1, activation: 'swiglu', norm: 'adaptive' } as const;
  const layout = flatLayout(
    paramSpecs({ ...config, task: 'two_modality', weight_reparam: 'sigma' }, 5),
  );
  const nameAt = (start: number) => layout.specs[layout.starts.indexOf(start)]!.name;
  const matrices = ['attn.wk', 'attn.wo', 'attn.wq', 'attn.wv'].concat(
    ['gate', 'in', 'out'].map((part) => `mlp.w_${part}`),
  );
  const names = matrices.map((name) => `blocks.0.${name}`);
  const moved = blockMatrices(layout).map(({ start }) => nameAt(start));
  expect(moved.sort()).toEqual(names);
  const mask = decayMask(layout);
  const decayed = layout.starts.filter((start) => mask[start]).map(nameAt);
  expect(decayed.sort()).toEqual([...names, 'embed.position', 'embed.token', 'unembed']);
});

describe.each([
  { lr: 0.1 },
  { lr: 0.1, beta1: 0 },
  { lr: 0.1, beta1: 0.99, weight_decay: 0.3, grad_clip: 0.5, adam_eps: 0, warmup_steps: 3 },
] as Partial<Config>[])('updates of %o', (settings) => {
  beforeAll(() => openNodeBackend('wasm'));

  test('agree with the float64 reference', () => {
    const config = { ...DEFAULTS, ...settings, optimizer: 'muon' as const };
    const layout = flatLayout(SPECS);
    const sizes = layout.sizes;
    const kinds = {
      decays: tf.tensor1d(decayMask(layout)),
      matrices: blockMatrices(layout),
    };
    const pieces = (x: Float32Array) =>
      layout.specs.map(({ name, shape }, i) => {
        const at = layout.starts[i]!;
        return { name, shape, data: Float64Array.from(x.subarray(at, at + sizes[i]!)) };
      });
    let theta = tf.tensor1d(normals(0, 'theta', layout.total, 1));
    let state = {
      m: tf.zeros([layout.total]) as Tensor1D,
      v: tf.zeros([layout.total]) as Tensor1D,
    };
    let weights: Weights = new Map(
      pieces(theta.dataSync<'float32'>()).map((piece) => [piece.name, piece]),
    );
    let wanted = new Map() as Parameters<typeof referenceUpdate>[3];
    for (let n = 0; n < 6; n++) {
      const gradient = normals(n, 'gradient', layout.total, 1e-2);
      const grads = new Map(pieces(gradient).map(({ name, data }) => [name, data]));
      const reference = referenceUpdate(config, weights, grads, wanted, n);
      ({ weights, state: wanted } = reference);
      const time = {
        rate: tf.scalar(learningRate(n, config)),
        correction1: tf.scalar(1 - config.beta1 ** (n + 1)),
        correction2: tf.scalar(1 - config.beta2 ** (n + 1)),
      };
      const made = update(theta, tf.tensor1d(gradient), state, kinds, time, config);
      theta = tf.add(theta, made.delta);
      state = made.state;
      for (const { name, data } of pieces(theta.dataSync<'float32'>())) {
        const expected = weights.get(name)!.data;
        data.forEach((x, i) => {
          expect(Math.abs(x - expected[i]!), `update ${n} ${name}[${i}]`).toBeLessThan(2e-5);
        });
      }
    }
  });
});
