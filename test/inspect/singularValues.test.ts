import { describe, expect, test } from 'vitest';
import { singularValues } from '../../src/inspect/singularValues';
import { seeded, type Random } from '../reference';
import { jacobiSingularValues } from '../reference/inspection';

/** Rows of an orthogonal matrix: random ones, each less its shares in those before (twice, for rounding). */
function orthogonal(n: number, random: Random): number[][] {
  const rows: number[][] = [];
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  for (let i = 0; i < n; i++) {
    let row = Array.from({ length: n }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) {
        const share = dot(row, other);
        row = row.map((x, k) => x - share * other[k]!);
      }
    }
    const length = Math.sqrt(dot(row, row));
    rows.push(row.map((x) => x / length));
  }
  return rows;
}

/** U diag(σ) Vᵀ [I, O], row by row. */
function withSpectrum(I: number, O: number, values: readonly number[]): Float64Array {
  const random = seeded(I * 1000 + O);
  const [u, v] = [orthogonal(I, random), orthogonal(O, random)];
  return Float64Array.from({ length: I * O }, (_, at) => {
    const [i, o] = [Math.floor(at / O), at % O];
    return values.reduce((sum, value, k) => sum + u[k]![i]! * value * v[k]![o]!, 0);
  });
}

/** To rounding of the largest. */
function expectValues(got: Float64Array, wanted: readonly number[]) {
  expect(got.length).toBe(wanted.length);
  const off = wanted.map((value, i) => Math.abs(got[i]! - value));
  expect(Math.max(...off)).toBeLessThanOrEqual(1e-13 * wanted[0]!);
}

describe('singular values', () => {
  const falling = [100, 3, 2, 2, 2, 1, 1e-3, 1e-9];
  test.each([
    [8, 8],
    [40, 8],
    [9, 8],
    [8, 30],
  ])('of a matrix %i × %i are those that it was made of', (I, O) => {
    expectValues(singularValues(withSpectrum(I, O, falling), I, O), falling);
  });

  test('are 0 beyond the rank', () => {
    const values = [5, 4, 3, 0, 0, 0];
    expectValues(singularValues(withSpectrum(6, 20, values), 6, 20), values);
  });

  test('of a row or a column are its length', () => {
    expectValues(singularValues([3, 4], 1, 2), [5]);
    expectValues(singularValues([3, 4], 2, 1), [5]);
    expectValues(singularValues([-2], 1, 1), [2]);
  });

  test('of zeros are 0, and columns of zeros take nothing from the others', () => {
    expect(Array.from(singularValues(new Float64Array(12), 3, 4))).toEqual([0, 0, 0]);
    // Columns 0 and 2 of four are empty.
    const matrix = [0, 3, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expectValues(singularValues(matrix, 5, 4), [4, 3, 0, 0]);
  });

  test('of a diagonal matrix, and of one whose values are all the same', () => {
    expectValues(singularValues([1, 0, 0, 0, -7, 0, 0, 0, 2], 3, 3), [7, 2, 1]);
    const same = new Array<number>(12).fill(2);
    expectValues(singularValues(withSpectrum(12, 12, same), 12, 12), same);
  });

  test('are scale-free, to the ends of float32', () => {
    for (const factor of [1e-38, 1e38]) {
      const data = withSpectrum(10, 5, [3, 2, 1, 0.5, 0.1]).map((x) => x * factor);
      expectValues(
        singularValues(data, 10, 5).map((x) => x / factor),
        [3, 2, 1, 0.5, 0.1],
      );
    }
  });

  test('of what is not finite are NaN', () => {
    expect(Array.from(singularValues([1, NaN, 2, 3], 2, 2))).toEqual([NaN, NaN]);
    expect(Array.from(singularValues([1, -Infinity, 2, 3, 4, 5], 3, 2))).toEqual([NaN, NaN]);
  });

  test('agree with Jacobi’s on random matrices, and keep the sum of squares', () => {
    const random = seeded(3);
    for (const [I, O] of [
      [20, 20],
      [64, 16],
      [7, 31],
    ] as const) {
      const data = Float32Array.from({ length: I * O }, () => random.normal());
      const rows = Array.from({ length: I }, (_, i) => data.subarray(i * O, (i + 1) * O));
      const values = singularValues(data, I, O);
      expectValues(values, jacobiSingularValues(rows));
      const squares = data.reduce((sum, x) => sum + x * x, 0);
      expect(values.reduce((sum, x) => sum + x * x, 0) / squares).toBeCloseTo(1, 12);
    }
  });
});
