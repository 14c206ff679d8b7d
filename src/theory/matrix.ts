/*
 * Symmetric matrices over tokens, [N, N]: of each the lower half is kept, row after row, as a flat float64 array. Plain
 * loops, since a prediction has to keep up with a slider.
 */

/** The lower half of a symmetric matrix: N(N + 1)/2 numbers, of which that of i ≥ j is at `rowAt(i) + j`. */
export type Symmetric = Float64Array;

/** The place of a row's first number. */
export const rowAt = (i: number): number => (i * (i + 1)) / 2;

export const sizeOf = (m: Symmetric): number => (Math.sqrt(8 * m.length + 1) - 1) / 2;

/** f(i, j) for all i ≥ j. */
export function symmetric(N: number, f: (i: number, j: number) => number): Symmetric {
  const m = new Float64Array(rowAt(N));
  for (let i = 0, at = 0; i < N; i++) for (let j = 0; j <= i; j++, at++) m[at] = f(i, j);
  return m;
}

export const identity = (N: number): Symmetric => symmetric(N, (i, j) => (i === j ? 1 : 0));

export function times(m: Symmetric, factor: number): Symmetric {
  if (factor === 1) return m;
  const out = new Float64Array(m.length);
  for (let at = 0; at < m.length; at++) out[at] = factor * m[at]!;
  return out;
}

export function added(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < a.length; at++) out[at] = a[at]! + b[at]!;
  return out;
}

/** Product place by place. */
export function hadamard(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let at = 0; at < a.length; at++) out[at] = a[at]! * b[at]!;
  return out;
}

/** Quotient place by place. */
export function over(a: Symmetric, b: Symmetric): Symmetric {
  const out = new Float64Array(a.length);
  for (let at = 0; at < a.length; at++) out[at] = a[at]! / b[at]!;
  return out;
}

/** diag(u) m diag(u) */
export function between(m: Symmetric, u: Float64Array): Symmetric {
  const out = new Float64Array(m.length);
  for (let i = 0, at = 0; i < u.length; i++) {
    const factor = u[i]!;
    for (let j = 0; j <= i; j++, at++) out[at] = factor * m[at]! * u[j]!;
  }
  return out;
}

export function diagonal(m: Symmetric): Float64Array {
  const out = new Float64Array(sizeOf(m));
  for (let i = 0; i < out.length; i++) out[i] = m[rowAt(i) + i]!;
  return out;
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** The sum of every row, all of its columns: [N] */
export function rowSums(m: Symmetric): Float64Array {
  const out = new Float64Array(sizeOf(m));
  for (let i = 0, at = 0; i < out.length; i++) {
    for (let j = 0; j < i; j++, at++) {
      out[i]! += m[at]!;
      out[j]! += m[at]!;
    }
    out[i]! += m[at++]!;
  }
  return out;
}

/** The mean of all N² numbers. */
export const meanOfAll = (m: Symmetric): number => mean(rowSums(m)) / sizeOf(m);

export function extent(m: Float64Array): number {
  let most = 0;
  for (let at = 0; at < m.length; at++) most = Math.max(most, Math.abs(m[at]!));
  return most;
}

/** All N² numbers, row after row. */
export function whole(m: Symmetric): Float64Array {
  const N = sizeOf(m);
  const out = new Float64Array(N * N);
  for (let i = 0, at = 0; i < N; i++) {
    for (let j = 0; j <= i; j++, at++) out[i * N + j] = out[j * N + i] = m[at]!;
  }
  return out;
}
