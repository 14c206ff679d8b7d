import { erf } from './special';
import {
  add,
  div,
  gather,
  map,
  mean,
  mul,
  scale,
  shift,
  slice,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
} from './tape';

/** What a norm finds at its place. */
export interface NormScope {
  /** A learned tensor of this norm: `gain`, `bias`, … */
  param: (name: string) => Tensor;
  has: (name: string) => boolean;
  /** Statistics kept for evaluation: read them, or leave new ones. */
  buffer: (name: string) => Tensor;
  update: (name: string, value: ArrayLike<number>) => void;
  eps: number;
  bias: boolean;
  training: boolean;
  /** The modality of each token, [B][T]. */
  modality: readonly (readonly number[])[];
}

type Norm = (x: Tensor, scope: NormScope) => Tensor;

/** A tensor of a norm: its name, its shape for width d and M modalities. */
export interface NormTensor {
  name: string;
  shape: (d: number, M: number) => number[];
  kind?: 'bias' | 'buffer';
}

const FEATURES = [-1];
const TOKENS = [0, 1];
const MOMENTUM = 0.1;

const meanSquare = (x: Tensor, axes: number[]): Tensor => mean(square(x), axes);

/** x / √(m + ε) */
const over = (x: Tensor, m: Tensor, eps: number): Tensor => div(x, sqrt(shift(m, eps)));

const gain = (x: Tensor, n: NormScope): Tensor => mul(x, n.param('gain'));
const affine = (x: Tensor, n: NormScope): Tensor =>
  n.bias ? add(gain(x, n), n.param('bias')) : gain(x, n);

/** (x − mean) / √(var + ε), the moments taken over the given axes. */
function standardize(x: Tensor, axes: number[], eps: number): Tensor {
  const centred = sub(x, mean(x, axes));
  return over(centred, meanSquare(centred, axes), eps);
}

/** max(√s, ε), with the gradient 0 where ε holds. */
export const clampedRoot = (s: Tensor, eps: number): Tensor =>
  map(
    s,
    (v) => Math.max(Math.sqrt(v), eps),
    (v, y) => (Math.sqrt(v) > eps ? 0.5 / y : 0),
  );

/** x / max(‖x‖, ε) */
export const unit = (x: Tensor, eps: number): Tensor =>
  div(x, clampedRoot(sum(square(x), FEATURES), eps));

const running = (before: Tensor, now: Tensor): Float64Array =>
  before.data.map((r, i) => (1 - MOMENTUM) * r + MOMENTUM * now.data[i]!);

export const norms: Record<string, Norm> = {
  none: (x) => x,

  layernorm: (x, n) => affine(standardize(x, FEATURES, n.eps), n),

  rmsnorm: (x, n) => gain(over(x, meanSquare(x, FEATURES), n.eps), n),

  prmsnorm: (x, n) => {
    const d = x.shape[2]!;
    const part = slice(x, 0, Math.max(1, Math.floor(d / 16)));
    return gain(over(x, meanSquare(part, FEATURES), n.eps), n);
  },

  scalenorm: (x, n) => gain(unit(x, n.eps), n),

  batchnorm: (x, n) => {
    if (!n.training) {
      const centred = sub(x, n.buffer('running_mean'));
      return affine(over(centred, n.buffer('running_var'), n.eps), n);
    }
    const mu = mean(x, TOKENS); // [1, 1, D]
    n.update('running_mean', running(n.buffer('running_mean'), mu));
    const m = x.shape[0]! * x.shape[1]!;
    const squares = sum(square(sub(x, mu)), TOKENS);
    const variance = scale(squares, 1 / Math.max(m - 1, 1)); // without bias
    n.update('running_var', running(n.buffer('running_var'), variance));
    return affine(standardize(x, TOKENS, n.eps), n);
  },

  powernorm: (x, n) => {
    if (!n.training) return affine(over(x, n.buffer('running_var'), n.eps), n);
    const m = meanSquare(x, TOKENS); // [1, 1, D]
    n.update('running_var', running(n.buffer('running_var'), m));
    return affine(over(x, m, n.eps), n);
  },

  dyt: (x, n) => affine(tanh(mul(x, n.param('alpha'))), n),

  derf: (x, n) => {
    const z = add(mul(x, n.param('alpha')), n.param('shift'));
    const density = (v: number): number => (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v);
    return affine(map(z, erf, density), n);
  },

  adaptive: (x, n) => {
    const of = (name: string): Tensor => gather(n.param(name), n.modality); // [B, T, D]
    const scaled = mul(standardize(x, FEATURES, n.eps), shift(of('scale'), 1));
    return n.has('shift') ? add(scaled, of('shift')) : scaled;
  },

  seednorm: (x, n) => {
    const along = tanh(sum(mul(x, n.param('beta')), FEATURES));
    const g = add(mul(along, n.param('alpha')), n.param('gain'));
    return mul(over(x, meanSquare(x, FEATURES), n.eps), g);
  },
};

const one = (): number[] => [1];
const vector = (d: number): number[] => [d];
const table = (d: number, M: number): number[] => [M, d];

const GAIN: NormTensor = { name: 'gain', shape: vector };
const BIAS: NormTensor = { name: 'bias', shape: vector, kind: 'bias' };
const ALPHA: NormTensor = { name: 'alpha', shape: one };
const RUNNING_MEAN: NormTensor = { name: 'running_mean', shape: vector, kind: 'buffer' };
const RUNNING_VAR: NormTensor = { name: 'running_var', shape: vector, kind: 'buffer' };

export const normTensors: Record<string, NormTensor[]> = {
  none: [],
  layernorm: [GAIN, BIAS],
  rmsnorm: [GAIN],
  prmsnorm: [GAIN],
  scalenorm: [{ name: 'gain', shape: one }],
  batchnorm: [GAIN, BIAS, RUNNING_MEAN, RUNNING_VAR],
  powernorm: [GAIN, BIAS, RUNNING_VAR],
  dyt: [GAIN, BIAS, ALPHA],
  derf: [GAIN, BIAS, ALPHA, { name: 'shift', shape: one }],
  adaptive: [
    { name: 'scale', shape: table },
    { name: 'shift', shape: table },
  ],
  seednorm: [GAIN, { name: 'alpha', shape: vector }, { name: 'beta', shape: vector }],
};
