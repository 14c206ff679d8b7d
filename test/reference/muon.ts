type Matrix = number[][];

const transpose = (x: Matrix): Matrix => x[0]!.map((_, j) => x.map((row) => row[j]!));
const times = (x: Matrix, y: Matrix): Matrix =>
  x.map((row) => y[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * y[k]![j]!, 0)));
/** Element by element, of two matrices of one shape. */
const zip = (x: Matrix, y: Matrix, f: (a: number, b: number) => number): Matrix =>
  x.map((row, i) => row.map((value, j) => f(value, y[i]![j]!)));

/** Five steps X ← aX + (bS + cS²)X with S = XXᵀ, on the matrix over its norm; of a tall one, transposed. */
export function newtonSchulz(matrix: Matrix): Matrix {
  if (matrix.length > matrix[0]!.length) return transpose(newtonSchulz(transpose(matrix)));
  const norm = Math.sqrt(matrix.flat().reduce((sum, x) => sum + x * x, 0)) || 1;
  let X = matrix.map((row) => row.map((x) => x / norm));
  for (let step = 0; step < 5; step++) {
    const S = times(X, transpose(X));
    const SX = times(S, X);
    const higher = zip(SX, times(S, SX), (x3, x5) => -4.775 * x3 + 2.0315 * x5);
    X = zip(X, higher, (x, rest) => 3.4445 * x + rest);
  }
  return X;
}

/**
 * One matrix: the sum m ← β₁ m + g of the gradients, and the step, a multiple of −lr.
 * @param shape of g and m, row by row
 */
export function muonStep(
  g: Float64Array,
  before: Float64Array,
  [rows, columns]: [number, number],
  beta1: number,
): { m: Float64Array; step: Float64Array } {
  const m = before.map((sum, i) => beta1 * sum + g[i]!);
  const ahead = g.map((x, i) => x + beta1 * m[i]!);
  const matrix = Array.from({ length: rows }, (_, i) => [
    ...ahead.subarray(i * columns, (i + 1) * columns),
  ]);
  const size = 0.2 * Math.sqrt(Math.max(rows, columns));
  return {
    m,
    step: Float64Array.from(newtonSchulz(matrix).flat(), (x) => size * x),
  };
}
