import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { attentionMask } from '../../src/model/attention';
import { activation } from '../../src/kernels/operations/activation';
import { activations } from '../../src/model/activations';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { normals } from '../../src/lib/random';
import * as composed from '../../src/stats/composed';
import { headStatistics } from '../../src/stats/heads';
import { siteMoments } from '../../src/stats/moments';
import { outputStatistics } from '../../src/stats/output';
import { OUTPUT_MOMENTS } from '../../src/stats/rows';
import { headLoop } from '../../src/kernels/statistics/headMoments';
import { momentsLoop, rmsLoop, tokenMomentsLoop } from '../../src/kernels/statistics/siteMoments';
import { part } from '../../src/kernels/operations/part';

/** The loops of the CPU’s backends against the same statistics composed of the library’s operations. */
beforeAll(() => openNodeBackend('wasm'));

const gaussian = (name: string, shape: number[], std = 1) =>
  tf.tensor(normals(0, name, tf.util.sizeFromShape(shape), std), shape);
const list = (x: tf.Tensor | null) => [...x!.dataSync()];
const outputs = (logits: tf.Tensor2D, targets: tf.Tensor1D) => {
  const values = list(outputStatistics(logits, targets));
  return Object.fromEntries(OUTPUT_MOMENTS.map((id, i) => [id, values[i]!])) as Record<
    (typeof OUTPUT_MOMENTS)[number],
    number
  >;
};

/** Numbers alike to 1e-4, non-finite ones exactly. */
function expectAlike(got: number[], wanted: number[]) {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    const w = wanted[i]!;
    if (Number.isFinite(w))
      expect(Math.abs(value - w)).toBeLessThanOrEqual(1e-4 * Math.abs(w) + 1e-6);
    else expect(value).toBe(w);
  });
}

test.each([1e-30, 1e-3, 1, 1e15])('moments of rows of size %s', (std) => {
  const x = gaussian('x', [5, 96], std) as tf.Tensor2D;
  const wanted = composed.moments(x);
  const scale = [std, std, std, 1];
  const rows = tf.unstack(momentsLoop([x], {})!);
  Object.values(wanted).forEach((values, i) => {
    const scaled = (t: tf.Tensor) => list(t).map((v) => v / scale[i]!);
    expectAlike(scaled(rows[i]!), scaled(values));
  });
  expectAlike(
    list(rmsLoop([x], {})).map((v) => v / std),
    list(composed.rms(x)).map((v) => v / std),
  );
});

test('moments of rows with zeros, infinities and no numbers', () => {
  const x = tf.tensor2d([
    [0, 0, 0],
    [1, Infinity, -2],
    [1, NaN, 5],
  ]);
  const [rms, mean, absmax] = tf.unstack(momentsLoop([x], {})!).map(list);
  expect(rms).toEqual([0, Infinity, NaN]);
  expect(mean).toEqual([0, Infinity, NaN]);
  expect(absmax).toEqual([0, Infinity, NaN]);
});

test('features and tokens', () => {
  const x = gaussian('tokens', [3, 2, 7, 12]) as tf.Tensor4D;
  const wanted = composed.tokenMoments(x);
  const [outlier, cosine] = tf.unstack(tokenMomentsLoop([x], {})!).map(list);
  expectAlike(outlier!, list(wanted.outlier));
  expectAlike(cosine!, list(wanted.token_cosine));

  const alike = tf.tile(gaussian('one', [1, 1, 1, 12]), [1, 2, 7, 1]) as tf.Tensor4D;
  expect(list(tf.unstack(tokenMomentsLoop([alike], {})!)[1]!)[0]).toBeCloseTo(1, 6);
  const single = gaussian('single', [1, 2, 1, 12]) as tf.Tensor4D;
  expect(list(tf.unstack(tokenMomentsLoop([single], {})!)[1]!)).toEqual([NaN]);
});

test('the RMS of tokens: of typical ones, of the first, of the others', () => {
  /** Tokens whose numbers all have one size. */
  const ofSizes = (shape: number[], sizes: number[]) =>
    tf.tensor4d(
      sizes.flatMap((size) => [size, -size, size]),
      [1, ...shape, 3] as [number, number, number, number],
    );
  const cases: [tf.Tensor4D, number[]][] = [
    // A huge token in front, and one of zeros, which is left out.
    [ofSizes([1, 4], [1e30, 2, 0, 4]), [2e10, 1e30, Math.sqrt(20 / 3)]],
    [ofSizes([2, 2], [1, 2, 7, 4]), [56 ** (1 / 4), 5, Math.sqrt(10)]],
    [ofSizes([3, 1], [1, 1e-30, 1e6]), [1e-8, 1e6 / Math.sqrt(3), NaN]],
    [ofSizes([1, 2], [0, 0]), [NaN, 0, 0]],
    [ofSizes([1, 2], [Infinity, 1]), [Infinity, Infinity, 1]],
    [ofSizes([1, 2], [1, NaN]), [NaN, 1, NaN]],
  ];
  for (const [x, wanted] of cases) {
    const kernel = siteMoments([tf.squeeze(x, [0])], true);
    const { rms_typical, rms_first, rms_rest } = composed.tokenMoments(x);
    const forms = [
      // Divided by itself an infinity is no number: so these are NaN there.
      ...(wanted.includes(Infinity) ? [] : [[rms_typical, rms_first, rms_rest].flatMap(list)]),
      list(tokenMomentsLoop([x], {})).slice(2),
      list(kernel.values).slice(6),
    ];
    // In parts of what is wanted, as sizes are far apart.
    for (const sizes of forms) {
      const parts = wanted.map((w) => (Number.isFinite(w) && w !== 0 ? w : 1));
      expectAlike(
        sizes.map((size, i) => size / parts[i]!),
        wanted.map((w, i) => w / parts[i]!),
      );
    }
  }
});

test.each([
  [1, true],
  [1, false],
  [40, true],
])('heads with scores of size %s, causal %s', (std, causal) => {
  const T = 9;
  const mask = attentionMask(T, causal);
  const scores = gaussian('scores', [4, T, T], std) as tf.Tensor3D;
  const pattern = tf.softmax(tf.add(scores, mask)) as tf.Tensor3D;
  const wanted = Object.values(composed.headMoments(scores, pattern, mask, causal));
  tf.unstack(headLoop([scores, pattern], { causal })!).forEach((values, i) =>
    expectAlike(list(values), list(wanted[i]!)),
  );
});

test.each(['wasm', 'cpu', 'composed'] as const)(
  'a score that is masked enters no statistic of a head (%s)',
  async (form) => {
    await openNodeBackend(form === 'wasm' ? 'wasm' : 'cpu');
    const T = 5;
    const mask = attentionMask(T, true);
    const scores = gaussian('scores', [1, 2, T, T]) as tf.Tensor4D;
    const pattern = tf.softmax(tf.add(scores, mask)) as tf.Tensor4D;
    const of = (scores: tf.Tensor4D): number[] => {
      if (form !== 'composed') return list(headStatistics([scores], [pattern], mask, true));
      const [s, p] = [scores, pattern].map((x) => tf.reshape(x, [2, T, T]) as tf.Tensor3D);
      return Object.values(composed.headMoments(s!, p!, mask, true)).flatMap(list);
    };
    const hidden = tf.linalg.bandPart(tf.ones([T, T]), 0, -1).sub(tf.eye(T)) as tf.Tensor2D;
    const wanted = list(scores).flatMap((x, at) => (Math.floor(at / T) % T >= at % T ? [x] : []));
    const got = of(tf.add(scores, tf.mul(hidden, 100)));
    const without = of(scores);
    await openNodeBackend('wasm');
    expect(got).toEqual(without);
    expect(got.slice(2, 4)).toEqual(
      [0, 1].map((h) => Math.max(...wanted.slice(15 * h, 15 * h + 15))),
    );
  },
);

test('entropy is exact where one key has nearly everything', () => {
  const T = 2;
  const mask = attentionMask(T, true);
  const scores = tf.tensor3d([0, 0, 20, 0], [1, T, T]);
  const pattern = tf.softmax(tf.add(scores, mask)) as tf.Tensor3D;
  const rest = Math.exp(-20);
  const exact = (Math.log1p(rest) + (20 * rest) / (1 + rest)) / Math.LN2;
  for (const values of [
    list(composed.headMoments(scores, pattern, mask, true).entropy),
    list(headLoop([scores, pattern], { causal: true })).slice(0, 1),
  ]) {
    expect(values[0]! / exact).toBeCloseTo(1, 4);
  }
});

test('a part of a vector', () => {
  const vector = tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(part(vector, 2, [2, 2]).arraySync()).toEqual([
    [2, 3],
    [4, 5],
  ]);
});

test('an activation keeps what is not a number', () => {
  for (const f of Object.values(activations)) {
    expect([f, list(activation(tf.tensor1d([NaN, 1]), f))[0]]).toEqual([f, NaN]);
  }
});

test('the entropy of a confident output keeps its small part', () => {
  for (const gap of [15, 17, 20, 60]) {
    const rest = Math.exp(-gap);
    const exact = Math.log1p(rest) + (gap * rest) / (1 + rest);
    const { output_entropy } = outputs(tf.tensor2d([[0, -gap]]), tf.tensor1d([0], 'int32'));
    expect(output_entropy / exact, `gap ${gap}`).toBeCloseTo(1, 3);
  }
});

test('the entropy of logits whose difference overflows is 0', () => {
  const { output_entropy } = outputs(tf.tensor2d([[3e38, -3e38]]), tf.tensor1d([0], 'int32'));
  expect(output_entropy).toBe(0);
});

describe('the calibration error', () => {
  const ece = (logits: number[][], targets: number[]) =>
    outputs(tf.tensor2d(logits), tf.tensor1d(targets, 'int32')).ece;
  /** Logits of which the first symbol of three has this probability, and the others half the rest each. */
  const confident = (p: number) => [Math.log(p), ...Array<number>(2).fill(Math.log((1 - p) / 2))];

  test.each([0.1, 2, 40])('is the gaps in 15 bins, for logits of size %s', (std) => {
    const [N, V] = [200, 5];
    const values = [...normals(0, 'logits', N * V, std)];
    const logits = Array.from({ length: N }, (_, i) => values.slice(i * V, (i + 1) * V));
    const targets = logits.map((_, i) => (i % 6) - 1);
    const bins = Array.from({ length: 15 }, () => 0);
    let counted = 0;
    logits.forEach((row, i) => {
      if (targets[i]! < 0) return;
      const most = Math.max(...row);
      const confidence = 1 / row.reduce((sum, z) => sum + Math.exp(z - most), 0);
      const bin = bins.findIndex((_, k) => confidence > k / 15 && confidence <= (k + 1) / 15);
      bins[bin]! += Number(row.indexOf(most) === targets[i]) - confidence;
      counted++;
    });
    const wanted = bins.reduce((sum, gap) => sum + Math.abs(gap), 0) / counted;
    expect(ece(logits, targets)).toBeCloseTo(wanted, 5);
  });

  test('a bin holds its upper end, and not its lower one', () => {
    const right = confident(1 / 3);
    expect(ece([right, confident(0.35)], [0, 1])).toBeCloseTo((2 / 3 + 0.35) / 2, 5);
    const wrong = [Math.log(0.33), Math.log(0.32), Math.log(0.32), Math.log(0.03)];
    expect(ece([[...right, -100], wrong], [0, 1])).toBeCloseTo((2 / 3 - 0.33) / 2, 5);
  });

  test('of a sure and right model is 0, of a sure and wrong one 1, of none not a number', () => {
    const sure = [200, 0, -50];
    expect(ece([sure, sure], [0, 0])).toBe(0);
    expect(ece([sure, sure], [1, -1])).toBe(1);
    expect(ece([sure, sure], [-1, -1])).toBeNaN();
    expect(ece([[NaN, 0, 0], sure], [0, 0])).toBeNaN();
  });
});
