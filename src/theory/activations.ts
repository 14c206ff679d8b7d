import type { Config } from '../config/fields';
import { correlation, kernelOf, meanOf } from './gaussian';
import { diagonal, times, type Symmetric } from './matrix';

/** The effect of a function of single numbers on normal ones with covariance K, [N, N]. */
export interface PointLaw {
  /** E f(u_i) f(u_j) */
  second(K: Symmetric): Symmetric;
  /** E f′(u_i) f′(u_j), the derivative of the former by K_ij (Price 1958). */
  slopes(K: Symmetric): Symmetric;
  /** E f(u_i), [N] */
  mean(K: Symmetric): Float64Array;
}

/** The law of a smooth function, by its derivative. */
export const smooth = (f: (x: number) => number, slope: (x: number) => number): PointLaw => ({
  second: (K) => kernelOf(f, K),
  slopes: (K) => kernelOf(slope, K),
  mean: (K) => diagonal(K).map((variance) => meanOf(f, Math.sqrt(variance))),
});

/** g(K_ii, K_jj, K_ij) at every place, the covariance no larger than deviations allow, which rounding may make it. */
function byPair(K: Symmetric, g: (a: number, b: number, c: number) => number): Symmetric {
  const variances = diagonal(K);
  const out = new Float64Array(K.length);
  for (let i = 0, at = 0; i < variances.length; i++) {
    const a = variances[i]!;
    for (let j = 0; j <= i; j++, at++) {
      const b = variances[j]!;
      const most = Math.sqrt(a * b);
      out[at] = g(a, b, Math.max(-most, Math.min(most, K[at]!)));
    }
  }
  return out;
}

/** g(σ_i σ_j, r) at every place. */
const byAngle = (K: Symmetric, g: (deviations: number, r: number) => number): Symmetric =>
  byPair(K, (a, b, c) => {
    const deviations = Math.sqrt(a * b);
    return g(deviations, correlation(c, deviations));
  });

/** κ: E of two ReLU outputs of correlation r over their mean square (Cho, Saul 2009, n = 1). */
export const kappa = (r: number): number =>
  (Math.sqrt(1 - r * r) + r * (Math.PI - Math.acos(r))) / Math.PI;

/** The arc-cosine kernels of Cho, Saul 2009, Kernel Methods for Deep Learning, section 2, halved: of ReLU's slope, ReLU, and its square. */
const steps = (K: Symmetric) => byAngle(K, (_, r) => 0.25 + Math.asin(r) / (2 * Math.PI));
const ramps = (K: Symmetric) => byAngle(K, (s, r) => (s * kappa(r)) / 2);
const squares = (K: Symmetric) =>
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
  slopes: (K) => times(ramps(K), 4),
  mean: (K) => diagonal(K).map((variance) => variance / 2),
};

/**
 * GELU in closed form, by u Φ(u) = E[u; u + z > 0] and integration by parts (docs/theory.md): with a and b the variances
 * and c the covariance, A = 1 + a, B = 1 + b, s² = AB − c², P the probability that both normals of covariance
 * (A, c, B) are positive, and q = 1/A + 1/B − 1,
 *
 *   E φ(u)φ(v) = cP + (ab + qc²)/2πs        E φ′(u)φ′(v) = P + (c(1 + 2q) + c(ab + qc²)/s²)/2πs
 */
const geluKernels = (a: number, b: number, c: number) => {
  const [A, B] = [1 + a, 1 + b];
  const s = Math.sqrt(A * B - c * c);
  const P = 0.25 + Math.asin(c / Math.sqrt(A * B)) / (2 * Math.PI);
  const q = 1 / A + 1 / B - 1;
  return { c, s, P, q, top: a * b + q * c * c };
};
const gelu: PointLaw = {
  second: (K) =>
    byPair(K, (a, b, c) => {
      const { s, P, top } = geluKernels(a, b, c);
      return c * P + top / (2 * Math.PI * s);
    }),
  slopes: (K) =>
    byPair(K, (a, b, c) => {
      const { s, P, q, top } = geluKernels(a, b, c);
      return P + (c * (1 + 2 * q + top / (s * s))) / (2 * Math.PI * s);
    }),
  mean: (K) => diagonal(K).map((a) => a / Math.sqrt(2 * Math.PI * (1 + a))),
};

/**
 * erf(αx): the kernel of Williams 1996, Computing with Infinite Networks.
 */
export const errorFunction = (alpha: number): PointLaw => {
  const square = 2 * alpha ** 2;
  return {
    second: (K) =>
      byPair(
        K,
        (a, b, c) =>
          (2 / Math.PI) * Math.asin((square * c) / Math.sqrt((1 + square * a) * (1 + square * b))),
      ),
    slopes: (K) =>
      byPair(
        K,
        (a, b, c) =>
          ((2 / Math.PI) * square) /
          Math.sqrt((1 + square * a) * (1 + square * b) - (square * c) ** 2),
      ),
    mean: (K) => diagonal(K).fill(0),
  };
};

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
