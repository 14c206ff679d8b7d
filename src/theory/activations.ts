import type { Config } from '../config/fields';
import { erf } from '../lib/erf';
import { correlation, kernelOf, meanOf } from './gaussian';
import { diagonal, matrix, sizeOf } from './matrix';

/** The effect of a function of single numbers on normal ones with covariance K, [N, N]. */
export interface PointLaw {
  /** E f(u_i) f(u_j) */
  second(K: Float64Array): Float64Array;
  /** E f′(u_i) f′(u_j) */
  slopes(K: Float64Array): Float64Array;
  /** E f(u_i), [N] */
  mean(K: Float64Array): Float64Array;
}

/** The law of a smooth function, by its derivative. */
export const smooth = (f: (x: number) => number, slope: (x: number) => number): PointLaw => ({
  second: (K) => kernelOf(f, K),
  slopes: (K) => kernelOf(slope, K),
  mean: (K) => diagonal(K).map((variance) => meanOf(f, Math.sqrt(variance))),
});

/** g(σ_i σ_j, r) at every place. */
function byAngle(K: Float64Array, g: (deviations: number, r: number) => number): Float64Array {
  const N = sizeOf(K);
  const sigmas = diagonal(K).map(Math.sqrt);
  return matrix(N, (i, j) => {
    const deviations = sigmas[i]! * sigmas[j]!;
    return g(deviations, correlation(K[i * N + j]!, deviations));
  });
}

/** κ: E of two ReLU outputs of correlation r over their mean square (Cho, Saul 2009, n = 1). */
export const kappa = (r: number): number =>
  (Math.sqrt(1 - r * r) + r * (Math.PI - Math.acos(r))) / Math.PI;

/** The arc-cosine kernels of Cho, Saul 2009, Kernel Methods for Deep Learning, section 2, halved: of ReLU's slope, ReLU, and its square. */
const steps = (K: Float64Array) => byAngle(K, (_, r) => 0.25 + Math.asin(r) / (2 * Math.PI));
const ramps = (K: Float64Array) => byAngle(K, (s, r) => (s * kappa(r)) / 2);
const squares = (K: Float64Array) =>
  byAngle(K, (s, r) => {
    const angle = Math.acos(r);
    const J = 3 * Math.sin(angle) * r + (Math.PI - angle) * (1 + 2 * r * r);
    return (s * s * J) / (2 * Math.PI);
  });

const relu: PointLaw = {
  second: ramps,
  slopes: steps,
  mean: (K) => diagonal(K).map((variance) => Math.sqrt(variance / (2 * Math.PI))),
};
const relu2: PointLaw = {
  second: squares,
  slopes: (K) => ramps(K).map((x) => 4 * x),
  mean: (K) => diagonal(K).map((variance) => variance / 2),
};

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const cumulative = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const gelu = smooth(
  (x) => x * cumulative(x),
  (x) => cumulative(x) + x * density(x),
);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const silu = smooth(
  (x) => x * sigmoid(x),
  (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
);

const INNER = Math.sqrt(2 / Math.PI);
const inTanh = (x: number) => Math.tanh(INNER * (x + 0.044715 * x ** 3));
const geluTanh = smooth(
  (x) => (x * (1 + inTanh(x))) / 2,
  (x) => {
    const t = inTanh(x);
    return (1 + t) / 2 + (x * (1 - t * t) * INNER * (1 + 3 * 0.044715 * x * x)) / 2;
  },
);

/** The function that stands between the matrices, or, of a gated MLP, on the gate. */
export const activations: Record<Config['activation'], PointLaw> = {
  relu,
  relu2,
  gelu,
  gelu_tanh: geluTanh,
  silu,
  swiglu: silu,
  geglu: gelu,
  geglu_tanh: geluTanh,
};
