/* Matrices over tokens, [N, N], as flat float64 arrays. */

export const sizeOf = (m: Float64Array): number => Math.sqrt(m.length);

/** f(i, j) at every place. */
export function matrix(N: number, f: (i: number, j: number) => number): Float64Array {
  const m = new Float64Array(N * N);
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) m[i * N + j] = f(i, j);
  return m;
}

export const identity = (N: number): Float64Array => matrix(N, (i, j) => (i === j ? 1 : 0));

export const times = (m: Float64Array, factor: number): Float64Array =>
  factor === 1 ? m : m.map((x) => factor * x);

export const added = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((x, at) => x + b[at]!);

/** Product place by place. */
export const hadamard = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((x, at) => x * b[at]!);

/** Σ_ij a_ij b_ij */
export const inner = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, at) => sum + x * b[at]!, 0);

/** diag(u) m diag(v) */
export function between(u: Float64Array, m: Float64Array, v: Float64Array): Float64Array {
  const N = u.length;
  return matrix(N, (i, j) => u[i]! * m[i * N + j]! * v[j]!);
}

export function diagonal(m: Float64Array): Float64Array {
  const N = sizeOf(m);
  return Float64Array.from({ length: N }, (_, i) => m[i * N + i]!);
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};
