import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../src/lib/shapes';
import '../../../src/kernels/operations/activation';
import '../../../src/kernels/operations/adam';
import '../../../src/kernels/operations/norms/adaptiveNorm';
import '../../../src/kernels/operations/attention';
import '../../../src/kernels/operations/norms/batchNorm';
import '../../../src/kernels/operations/clipped';
import '../../../src/kernels/operations/crossEntropy';
import '../../../src/kernels/operations/dropped';
import '../../../src/kernels/statistics/changed';
import '../../../src/kernels/statistics/headMoments';
import '../../../src/kernels/operations/joined';
import '../../../src/kernels/operations/linear';
import '../../../src/kernels/statistics/modalityRms';
import '../../../src/kernels/operations/newtonSchulz';
import '../../../src/kernels/statistics/outputMoments';
import '../../../src/kernels/operations/part';
import '../../../src/kernels/operations/norms/pointNorm';
import '../../../src/kernels/operations/rotated';
import '../../../src/kernels/operations/norms/rowNorm';
import '../../../src/kernels/operations/rows';
import '../../../src/kernels/operations/norms/runningMoments';
import '../../../src/kernels/operations/norms/seedNorm';
import '../../../src/kernels/operations/scaled';
import '../../../src/kernels/statistics/siteMoments';
import '../../../src/kernels/operations/spectral';
import { stream } from '../../../src/lib/random';

/* Kernels on given tensors, to be run on WebGPU and on wasm. */

/** A tensor to be made on each backend. */
export interface Given {
  values: Float32Array | Int32Array;
  shape: number[];
}
export interface Case {
  kernel: string;
  /** What sets it apart from the other cases of its kernel. */
  name: string;
  inputs: Record<string, Given | undefined>;
  attributes?: object;
  /** How many results it has on WebGPU, if more on wasm. */
  results?: number;
}

/** Both are of float32 sums in another order. */
export const RELATIVE = 1e-5;

const random = stream(1, 'kernels on WebGPU');
/** Numbers about `centre`, of size `scale`. */
const numbers = (shape: number[], scale = 1, centre = 0): Given => ({
  values: Float32Array.from({ length: sizeOf(shape) }, () => centre + scale * random.normal()),
  shape,
});
const ids = (values: number[]): Given => ({
  values: Int32Array.from(values),
  shape: [values.length],
});
/** The same with numbers in some places. */
const having = ({ values, shape }: Given, changed: Record<number, number>): Given => {
  const copy = values.slice();
  for (const [i, value] of Object.entries(changed)) copy[Number(i)] = value;
  return { values: copy, shape };
};

/** What a case comes to on the backend of now. */
export async function results(
  { kernel, inputs, attributes }: Case,
  compute = (run: () => Tensor[]): Tensor[] => run(),
): Promise<Float32Array[]> {
  const given: Record<string, Tensor> = {};
  for (const [name, one] of Object.entries(inputs)) {
    if (!one) continue;
    const { values, shape } = one;
    given[name] = tf.tensor(values, shape, values instanceof Int32Array ? 'int32' : 'float32');
  }
  const made = compute(() =>
    [tf.engine().runKernel<Tensor | Tensor[]>(kernel, given, attributes as tf.NamedAttrMap)].flat(),
  );
  const read = await Promise.all(made.map((tensor) => tensor.data<'float32'>()));
  tf.dispose([...made, ...Object.values(given)]);
  return read;
}

/** x @ w + b for several maps, and gradients. */
function linearCases(N: number, I: number, O: number, maps: number, bias: boolean): Case[] {
  const of = (name: string, shape: number[]) =>
    Object.fromEntries(Array.from({ length: maps }, (_, i) => [`${name}${i}`, numbers(shape)]));
  const name = `[${N}, ${I}] to ${maps} × ${O}${bias ? ' with biases' : ''}`;
  const [x, w] = [numbers([N, 1, I]), of('w', [I, O])];
  return [
    {
      kernel: 'Linear',
      name,
      inputs: { x, ...w, ...(bias ? of('b', [O]) : {}) },
      attributes: {},
    },
    {
      kernel: 'LinearGradient',
      name,
      inputs: { x, ...of('dy', [N, 1, O]), ...w },
      attributes: { bias },
    },
  ];
}

function attentionCases(
  [B, T, H, d]: [number, number, number, number],
  cap: number,
  causal: boolean,
  withPenalty: boolean,
): Case[] {
  const attributes = { heads: H, scale: 1 / Math.sqrt(d), cap, causal };
  const name = `B ${B}, T ${T}, H ${H}, d ${d}, cap ${cap}${causal ? ', causal' : ''}${withPenalty ? ', penalty' : ''}`;
  const x = () => numbers([B, T, H * d], 2);
  const penalty = withPenalty ? { penalty: numbers([H, T, T]) } : {};
  // What a softmax gives, and scores that a cap lets through.
  const scores = numbers([B, H, T, T], cap ? cap / 4 : 2);
  const pattern = {
    shape: scores.shape,
    values: scores.values.map((_, at) => {
      const [i, j] = [Math.floor(at / T) % T, at % T];
      const keys = causal ? i + 1 : T;
      const row = Array.from(scores.values.slice(at - j, at - j + keys), (s) => Math.exp(s));
      return j < keys ? row[j]! / row.reduce((a, b) => a + b) : 0;
    }),
  };
  return [
    { kernel: 'Attention', name, inputs: { q: x(), k: x(), v: x(), ...penalty }, attributes },
    {
      kernel: 'AttentionGradient',
      name,
      inputs: { dmixed: x(), q: x(), k: x(), v: x(), scores, pattern, ...penalty },
      attributes,
    },
    { kernel: 'HeadStatistics', name, inputs: { scores, pattern }, attributes: { causal } },
  ];
}

function rowNormCases(
  [N, D]: [number, number],
  kind: string,
  { counted, affine = true, single = false, eps = 1e-5, scale = 1 } = {} as {
    counted?: number;
    affine?: boolean;
    single?: boolean;
    eps?: number;
    scale?: number;
  },
): Case[] {
  const withBias = affine && kind === 'standardize';
  const attributes = { kind, eps, counted, single, withGain: affine, withBias };
  const name = `${kind} [${N}, ${D}]${counted ? `, ${counted} counted` : ''}${single ? ', one gain' : ''}${affine ? '' : ', plain'}, ε ${eps}`;
  const x = numbers([N, D], scale, 0.5 * scale);
  const gain = affine ? { gain: numbers([single ? 1 : D], 0.2, 1) } : {};
  const stats = { shape: [N, 2], values: new Float32Array(2 * N) };
  for (let n = 0; n < N; n++) {
    const row = Array.from(x.values.slice(n * D, n * D + D));
    const mean = kind === 'standardize' ? row.reduce((a, b) => a + b) / D : 0;
    const most = counted ?? D;
    const squares = row.slice(0, most).reduce((sum, value) => sum + (value - mean) ** 2, 0);
    stats.values[2 * n] = mean;
    stats.values[2 * n + 1] =
      kind === 'length'
        ? 1 / Math.max(Math.sqrt(squares), eps)
        : 1 / Math.sqrt(squares / most + eps);
  }
  return [
    {
      kernel: 'RowNorm',
      name,
      inputs: { x, ...gain, ...(withBias ? { bias: numbers([D]) } : {}) },
      attributes,
    },
    {
      kernel: 'RowNormGradient',
      name,
      inputs: { dy: numbers([N, D]), x, stats, ...gain },
      attributes,
    },
  ];
}

function pointNormCases(squash: string, withShift: boolean, withBias: boolean): Case[] {
  const [N, D] = [9, 7];
  const [x, t] = [numbers([N, D], 2), numbers([N, D], 0.3)];
  const learned = {
    alpha: numbers([1], 0.1, 0.5),
    gain: numbers([D]),
    ...(withShift ? { shift: numbers([1], 0.3) } : {}),
  };
  const name = `${squash}${withShift ? ', shifted' : ''}${withBias ? ', biased' : ''}`;
  const bias = withBias ? { bias: numbers([D]) } : {};
  return [
    { kernel: 'PointNorm', name, inputs: { x, ...learned, ...bias }, attributes: { squash } },
    {
      kernel: 'PointNormGradient',
      name,
      inputs: { dy: numbers([N, D]), x, t, ...learned },
      attributes: { squash, withBias },
    },
  ];
}

function adaptiveNormCases(B: number, modalities: number[], M: number, D: number): Case[] {
  const [T, name] = [modalities.length, `[${B}, ${modalities.length}, ${D}], ${M} modalities`];
  const given = {
    ...{ x: numbers([B, T, D], 2, 1), scale: numbers([M, D], 0.5), ids: ids(modalities) },
  };
  const dy = numbers([B, T, D]);
  const stats = numbers([B * T, 2], 0.2, 1);
  const attributes = { eps: 1e-5 };
  return [
    { kernel: 'AdaptiveNorm', name, inputs: { ...given, shift: numbers([M, D]) }, attributes },
    { kernel: 'AdaptiveNormGradient', name, inputs: { dy, stats, ...given }, attributes },
  ];
}

function seedNormCases([N, D]: [number, number], scale = 1): Case[] {
  const name = `[${N}, ${D}] of ${scale}`;
  const learned = { gain: numbers([D]), alpha: numbers([D]), beta: numbers([D], 0.2 / scale) };
  const [x, dy] = [numbers([N, D], scale), numbers([N, D])];
  const stats = numbers([N, 2], 0.5);
  const attributes = { eps: 1e-5 };
  return [
    { kernel: 'SeedNorm', name, inputs: { x, ...learned }, attributes },
    { kernel: 'SeedNormGradient', name, inputs: { dy, x, stats, ...learned }, attributes },
  ];
}

function batchNormCases([N, D]: [number, number], centred: boolean, withBias: boolean): Case[] {
  const name = `[${N}, ${D}]${centred ? '' : ', not centred'}${withBias ? '' : ', no bias'}`;
  const x = numbers([N, D], 2, 3);
  const [gain, bias] = [numbers([D]), withBias ? { bias: numbers([D]) } : {}];
  const variance = { shape: [D], values: numbers([D]).values.map((v) => v * v + 0.5) };
  const mean = centred ? { mean: numbers([D]) } : {};
  const running = {
    runningVar: { shape: [D], values: numbers([D]).values.map((v) => v * v) },
    ...(centred && { runningMean: numbers([D]) }),
  };
  const eps = 1e-5;
  const inputs = { x, variance, ...mean, gain };
  return [
    { kernel: 'BatchNorm', name, inputs: { x, gain, ...bias }, attributes: { eps, centred } },
    { kernel: 'NormBy', name, inputs: { ...inputs, ...bias }, attributes: { eps } },
    {
      kernel: 'BatchNormGradient',
      name,
      inputs: { dy: numbers([N, D]), ...inputs },
      attributes: { eps, withBias },
    },
    { kernel: 'Discrepancy', name, inputs: { variance, ...mean, ...running } },
  ];
}

const activationCases = ['gelu', 'gelu_tanh', 'relu', 'relu2', 'silu'].flatMap((f): Case[] => {
  const [x, factor, dh] = [numbers([3, 67], 3), numbers([3, 67]), numbers([3, 67])];
  return [
    { kernel: 'Activation', name: f, inputs: { x }, attributes: { f } },
    { kernel: 'Activation', name: `${f}, gated`, inputs: { x, factor }, attributes: { f } },
    { kernel: 'ActivationGradient', name: f, inputs: { dh, x }, attributes: { f, gated: false } },
    {
      kernel: 'ActivationGradient',
      name: `${f}, gated`,
      inputs: { dh, x, factor },
      attributes: { f, gated: true },
    },
  ];
});

function momentsCases(shape: number[], scales: number[], centre: number): Case[] {
  const inputs = Object.fromEntries(
    scales.map((scale, i) => [`x${i}`, numbers(shape, scale, centre * scale)]),
  );
  const name = `of ${scales.join(', ')} × [${shape.join(', ')}]`;
  return [
    ...(shape.length === 3
      ? [{ kernel: 'SiteMoments', name: `${name}, tokens`, inputs, attributes: { tokens: true } }]
      : []),
    { kernel: 'SiteMoments', name, inputs, attributes: { tokens: false } },
    { kernel: 'SiteRms', name, inputs },
  ];
}

function adamCase(P: number, decay: number, decoupled: boolean): Case {
  const positive = ({ values, shape }: Given) => ({ values: values.map(Math.abs), shape });
  const decays = numbers([P]);
  decays.values.forEach((x, i) => (decays.values[i] = Number(x > 0)));
  const scalar = (x: number): Given => ({ values: Float32Array.of(x), shape: [] });
  return {
    kernel: 'Adam',
    name: `of ${P}, decay ${decay}${decoupled ? ', decoupled' : ''}`,
    inputs: {
      ...{ theta: numbers([P]), g: numbers([P], 0.01), m: numbers([P], 0.01) },
      ...{ v: positive(numbers([P], 1e-4)), decays, rate: scalar(0.01) },
      ...{ correction1: scalar(0.19), correction2: scalar(0.002) },
    },
    attributes: { beta1: 0.9, beta2: 0.999, eps: 1e-8, decay, decoupled },
    results: 3,
  };
}

export const CASES: Case[] = [
  ...linearCases(7, 5, 6, 1, true),
  ...linearCases(1, 1, 1, 1, false),
  ...linearCases(37, 19, 33, 3, true),
  ...linearCases(18, 33, 65, 2, false),
  ...linearCases(300, 40, 290, 1, true),
  ...attentionCases([2, 5, 2, 3], 0, true, false),
  ...attentionCases([1, 7, 3, 4], 0, false, true),
  ...attentionCases([2, 6, 2, 2], 3, true, true),
  ...attentionCases([2, 1, 1, 1], 5, true, false),
  ...attentionCases([1, 70, 1, 66], 0, true, false),
  ...rowNormCases([5, 7], 'standardize'),
  ...rowNormCases([3, 1], 'standardize'),
  ...rowNormCases([4, 130], 'standardize', { affine: false }),
  ...rowNormCases([9, 33], 'rms'),
  ...rowNormCases([9, 33], 'rms', { counted: 2 }),
  ...rowNormCases([9, 33], 'length', { single: true }),
  ...rowNormCases([9, 3], 'length', { single: true, eps: 1, scale: 1e-3 }),
  ...pointNormCases('tanh', false, true),
  ...pointNormCases('erf', true, false),
  ...adaptiveNormCases(2, [0, 1, 0, 1, 0], 2, 7),
  ...adaptiveNormCases(3, [0], 1, 1),
  ...adaptiveNormCases(1, [2, 0, 0], 3, 130),
  ...seedNormCases([5, 7]),
  ...seedNormCases([70, 1]),
  ...seedNormCases([3, 130], 1e3),
  ...batchNormCases([5, 7], true, true),
  ...batchNormCases([1, 3], true, false),
  ...batchNormCases([300, 66], true, true),
  ...batchNormCases([130, 5], false, true),
  ...batchNormCases([9, 33], false, false),
  ...[1, 2].map((tensors): Case => ({
    kernel: 'MovingAverages',
    name: `of ${tensors}`,
    inputs: {
      ...{ kept0: numbers([67]), now0: numbers([67]) },
      ...(tensors > 1 && { kept1: numbers([67], 1e30), now1: having(numbers([67]), { 3: NaN }) }),
    },
    attributes: { share: 0.1, factors: [1.25, 1].slice(0, tensors) },
  })),
  ...activationCases,
  ...momentsCases([2, 5, 7], [1, 1e30, 1e-25], 0.5),
  ...momentsCases([3, 2, 40], [1, 2, 3, 4, 5, 6], 0),
  ...momentsCases([2, 1, 3], [1], 1),
  ...[1e38, 1e-35, 0].flatMap((scale) => momentsCases([2, 3, 5], [scale], 0.5)),
  ...momentsCases([1, 2, 20, 20], [1, 0], 0.3),
  ...[1e30, 0, Infinity].map((first): Case => {
    const values = numbers([1, 3, 4]);
    const changed = Object.fromEntries([0, 1, 2, 3].map((i) => [i, first]));
    return {
      kernel: 'SiteMoments',
      name: `of tokens of which the first is ${first}`,
      inputs: { x0: having(values, changed) },
      attributes: { tokens: true },
    };
  }),
  {
    kernel: 'SegmentRms',
    name: 'of 4 tensors',
    inputs: { vector: numbers([400], 1e-24), starts: ids([0, 1, 8, 9, 400]) },
  },
  {
    kernel: 'CrossEntropy',
    name: 'of counted and others',
    inputs: { logits: numbers([5, 9], 4), targets: ids([3, -1, 0, 8, -1]) },
  },
  {
    kernel: 'CrossEntropy',
    name: 'of one symbol',
    inputs: { logits: numbers([2, 1], 4), targets: ids([0, -1]) },
  },
  {
    kernel: 'CrossEntropy',
    name: 'of more tokens than lanes',
    inputs: {
      logits: numbers([300, 3], 2),
      targets: ids(Array.from({ length: 300 }, (_, i) => (i % 4) - 1)),
    },
  },
  {
    kernel: 'CrossEntropy',
    name: 'of more symbols than lanes, far apart',
    inputs: {
      logits: having(numbers([3, 150], 4), { 5: 3e38, 7: -3e38 }),
      targets: ids([7, 149, 1]),
    },
  },
  {
    kernel: 'CrossEntropy',
    name: 'of what is not a number, and of infinities',
    inputs: {
      logits: having(numbers([4, 150], 4), { 5: NaN, 290: -Infinity, 449: NaN }),
      targets: ids([7, 149, 1, 1]),
    },
  },
  {
    kernel: 'Attention',
    name: 'of what is not a number',
    inputs: {
      q: having(numbers([1, 70, 6]), { 400: NaN }),
      k: having(numbers([1, 70, 6]), { 36: NaN }),
      v: numbers([1, 70, 6]),
    },
    attributes: { heads: 2, scale: 0.5, cap: 0, causal: true },
  },
  {
    kernel: 'RowNorm',
    name: 'of what is not a number, and of infinities',
    inputs: { x: having(numbers([4, 130]), { 70: NaN, 200: Infinity }) },
    attributes: { kind: 'standardize', eps: 1e-5, single: false },
  },
  {
    kernel: 'SiteMoments',
    name: 'of what is not a number, and of infinities',
    inputs: {
      x0: having(numbers([2, 5, 40]), { 390: NaN }),
      x1: having(numbers([2, 5, 40]), { 200: -Infinity }),
    },
    attributes: { tokens: true },
  },
  ...(
    [
      [numbers([5, 9], 4), [3, -1, 0, 8, -1]],
      [numbers([300, 3], 2), Array.from({ length: 300 }, (_, i) => (i % 4) - 1)],
      [numbers([2, 1]), [0, 0]],
      [having(numbers([2, 6]), { 0: 3e38, 3: -3e38, 8: 50 }), [0, 1]],
    ] as const
  ).map(([logits, targets]) => ({
    kernel: 'OutputMoments',
    name: `of [${logits.shape.join(', ')}]`,
    inputs: { logits, targets: ids([...targets]) },
  })),
  ...[1, 1e38, 1e-20, 1e-30].flatMap((scale): Case[] =>
    [0.5, 1e6].map((most) => ({
      kernel: 'Clipped',
      name: `of ${scale} to ${most}`,
      inputs: { x: numbers([9000], scale) },
      attributes: { most: most * Math.min(scale, 1) },
    })),
  ),
  ...[NaN, -Infinity].map((odd) => ({
    kernel: 'Clipped',
    name: `of ${odd}`,
    inputs: { x: having(numbers([9]), { 5: odd }) },
    attributes: { most: 1 },
  })),
  ...[[], [700, 2], [3, NaN]].map(([at, value]) => ({
    kernel: 'Changed',
    name: at === undefined ? 'nowhere' : `to ${value} at ${at}`,
    inputs: {
      before: numbers([701], 0, 1),
      after: having(numbers([701], 0, 1), at === undefined ? {} : { [at]: value! }),
    },
  })),
  adamCase(5, 0, true),
  adamCase(67, 0.1, true),
  adamCase(67, 0.1, false),
  {
    kernel: 'Join',
    name: 'of three',
    inputs: { x0: numbers([3]), x1: numbers([2, 2]), x2: numbers([1]) },
  },
  {
    kernel: 'ContiguousPart',
    name: 'of a vector',
    inputs: { input0: numbers([9]) },
    attributes: { start: 2, shape: [2, 3] },
  },
  ...[undefined, numbers([3, 5])].map((added) => ({
    kernel: 'Embedding',
    name: added ? 'with positions' : 'alone',
    inputs: {
      table: having(numbers([4, 5]), { 7: Infinity }),
      ids: ids([2, 0, 2, 3, 1, 3]),
      added,
    },
  })),
  ...[0, 3].map((added) => ({
    kernel: 'EmbeddingGradient',
    name: added ? 'with positions' : 'alone',
    inputs: {
      dy: having(numbers([6, 5]), { 4: Infinity, 21: NaN }),
      ids: ids([2, 0, 2, 3, 1, 3]),
    },
    attributes: { table: 7, added },
  })),
  {
    kernel: 'ScatterRows',
    name: 'of an infinite row',
    inputs: { input0: having(numbers([4, 3]), { 4: Infinity }), input1: ids([2, 0, 2, 4]) },
    attributes: { rows: 6 },
  },
];

/** Matrices of one shape over their spectral norms, and gradients. */
function spectralCases(n: number, I: number, O: number): Case[] {
  const of = (name: string, shape: number[]) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`${name}${i}`, numbers(shape)]));
  const [w, gamma] = [of('w', [I, O]), of('gamma', [1])];
  const name = `${n} × [${I}, ${O}]`;
  const together = { u: numbers([n, O]), v: numbers([n, I]), sigma: numbers([n], 0.1, 2) };
  return [
    { kernel: 'Spectral', name, inputs: { ...w, ...gamma, ...of('u', [O]) } },
    {
      kernel: 'SpectralGradient',
      name,
      inputs: { ...of('dy', [I, O]), ...w, ...gamma, ...together },
    },
  ];
}

CASES.push(
  ...[
    [1, 3, 1, 2],
    [2, 5, 3, 14],
  ].map((shape): Case => {
    const [, T, , d] = shape as [number, number, number, number];
    const tables = { cosines: numbers([T, 1, d]), sines: numbers([T, 1, d]) };
    const inputs = { q: numbers(shape), k: numbers(shape), ...tables };
    return { kernel: 'Rotated', name: shape.join(), inputs, attributes: { back: T > 3 } };
  }),
  ...[1, 7, 35].map((together): Case => ({
    kernel: 'Dropped',
    name: `${together} together`,
    inputs: { x: numbers([3, 5, 7]), step: numbers([1], 0, 12345) },
    attributes: { p: 0.3, together, name: 2 ** 24 - 5 },
  })),
  ...[1, 3, 9].flatMap((G): Case[] => {
    const inputs = { x: numbers([2, 70, 9]), gain: numbers([G]) };
    const gradient = { dy: numbers([2, 70, 9]), ...inputs };
    return [
      { kernel: 'Scaled', name: `in ${G} groups`, inputs },
      { kernel: 'ScaledGradient', name: `in ${G} groups`, inputs: gradient },
    ];
  }),
  ...spectralCases(1, 5, 3),
  ...spectralCases(3, 70, 9),
  ...spectralCases(2, 4, 130),
  ...[
    [1, 1],
    [5, 3],
    [3, 5],
    [2, 40, 70],
    [3, 70, 40],
    [2, 33, 33],
  ].flatMap((shape) =>
    [1, 1e38].map((scale): Case => ({
      kernel: 'NewtonSchulz',
      name: `${shape.join()}, of ${scale}`,
      inputs: { x: numbers(shape, scale) },
      attributes: { steps: 3, polynomial: [3.4, -4.8, 2], least: 1.2e-38, factor: 1.7 },
    })),
  ),
  ...[1, 1e30, 1e-25].map((scale): Case => {
    const shape = [3, 7, 5];
    const inputs = { x0: numbers(shape, scale), x1: numbers(shape, scale, scale) };
    return { kernel: 'ModalityRms', name: `of ${scale}`, inputs, attributes: { modalities: 2 } };
  }),
  {
    kernel: 'ModalityRms',
    name: 'of what is no number',
    inputs: {
      x0: having(numbers([2, 4, 3]), { 0: NaN }),
      x1: having(numbers([2, 4, 3]), { 5: Infinity }),
    },
    attributes: { modalities: 2 },
  },
);
