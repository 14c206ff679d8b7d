import { sizeOf } from '../lib/shapes';
import type { Chosen } from '../config/choices';
import { normals } from '../lib/random';

/**
 * The distribution of a tensor: normal, constant, or with orthonormal rows or columns. Vectors of one sequence [B, T, D]
 * have `correlation`; rows after the first ones may be larger.
 */
export type Start =
  | { std: number; rows?: { from: number; factor: number } }
  | { std: number; correlation: number }
  | { value: number }
  | { orthogonal: number };

/** The distribution of a matrix [fan_in, fan_out], its size multiplied by `scale`. */
export const distributions: Record<
  Chosen['init'],
  (fanIn: number, fanOut: number, scale: number) => Start
> = {
  xavier: (i, o, scale) => ({ std: scale * Math.sqrt(2 / (i + o)) }),
  gpt2: (_i, _o, scale) => ({ std: scale * 0.02 }),
  he: (i, _o, scale) => ({ std: scale * Math.sqrt(2 / i) }),
  lecun: (i, _o, scale) => ({ std: scale * Math.sqrt(1 / i) }),
  normal: (_i, _o, scale) => ({ std: scale * 0.02 }),
  orthogonal: (_i, _o, scale) => ({ orthogonal: scale }),
};

/**
 * Makes rows of length n orthonormal, in float64, by Gram and Schmidt with a second pass against rounding:
 * the Q of a QR decomposition with R’s diagonal positive, hence uniform over orthogonal matrices when the
 * rows are normal (Saxe et al. 2013; Mezzadri 2007).
 */
function orthonormalize(rows: Float64Array[]): void {
  rows.forEach((row, i) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of rows.slice(0, i)) {
        let along = 0;
        for (let j = 0; j < row.length; j++) along += row[j]! * earlier[j]!;
        for (let j = 0; j < row.length; j++) row[j]! -= along * earlier[j]!;
      }
    }
    const length = Math.hypot(...row);
    for (let j = 0; j < row.length; j++) row[j]! /= length;
  });
}

/** A random matrix [I, O] with orthonormal rows (I ≤ O) or columns, times `gain`. */
function orthogonal(normal: Float32Array, [I, O]: [number, number], gain: number): Float32Array {
  const wide = I <= O;
  const [count, length] = wide ? [I, O] : [O, I];
  const at = (i: number, j: number) => (wide ? i * O + j : j * O + i);
  const rows = Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length }, (_, j) => normal[at(i, j)]!),
  );
  orthonormalize(rows);
  const matrix = new Float32Array(I * O);
  rows.forEach((row, i) => row.forEach((value, j) => (matrix[at(i, j)] = gain * value)));
  return matrix;
}

/** √ρ z_b + √(1 − ρ) z_bt, times std: any two of the T vectors of sequence b have correlation ρ. [B, T, D] */
function correlated(
  own: Float32Array,
  [B, T, D]: [number, number, number],
  shared: Float32Array,
  correlation: number,
): Float32Array {
  const [common, apart] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  const sequence = T * D;
  return Float32Array.from(
    { length: B * sequence },
    (_, i) => common * shared[Math.floor(i / sequence) * D + (i % D)]! + apart * own[i]!,
  );
}

/** A tensor at step 0: from the stream of the seed and its own name, so that no other can shift it. */
export function draw(name: string, shape: number[], start: Start, seed: number): Float32Array {
  if ('value' in start) return new Float32Array(sizeOf(shape)).fill(start.value);
  if ('orthogonal' in start) {
    const normal = normals(seed, name, sizeOf(shape), 1);
    return orthogonal(normal, shape as [number, number], start.orthogonal);
  }
  const values = normals(seed, name, sizeOf(shape), start.std);
  if ('correlation' in start) {
    const [B, T, D] = shape as [number, number, number];
    const shared = normals(seed, `${name}.shared`, B * D, start.std);
    return correlated(values, [B, T, D], shared, start.correlation);
  }
  const { rows } = start;
  return rows ? values.map((x, i) => (i < rows.from * shape[1]! ? x : rows.factor * x)) : values;
}
