/** A matrix by columns, each in one piece: element (i, j) at j·rows + i. At least as many rows as columns. */
interface Columns {
  x: Float64Array;
  rows: number;
  columns: number;
}

/** A matrix [I, O], row by row, by its columns, or by its rows where these are fewer; each number over `scale`. */
function tall(data: ArrayLike<number>, I: number, O: number, scale: number): Columns {
  const x = new Float64Array(I * O);
  if (I < O) for (let i = 0; i < x.length; i++) x[i] = data[i]! / scale;
  else
    for (let i = 0; i < I; i++) {
      for (let j = 0; j < O; j++) x[j * I + i] = data[i * O + j]! / scale;
    }
  return { x, rows: Math.max(I, O), columns: Math.min(I, O) };
}

/** H = 1 − β v vᵀ, which takes a vector to (α, 0, … 0). */
interface Reflector {
  alpha: number;
  beta: number;
}

/** The reflector of `count` numbers of x from `start` on, in whose place v is left (Householder 1958). */
function reflector(x: Float64Array, start: number, count: number): Reflector {
  let square = 0;
  for (let i = start; i < start + count; i++) square += x[i]! * x[i]!;
  const length = Math.sqrt(square);
  if (length === 0) return { alpha: 0, beta: 0 };
  const first = x[start]!;
  const alpha = first > 0 ? -length : length;
  x[start] = first - alpha;
  return { alpha, beta: 1 / (length * (length + Math.abs(first))) };
}

/** Column k from row k on, and all columns after it, reflected so that column k is α at row k and 0 below. */
function reflectColumn({ x, rows, columns }: Columns, k: number): number {
  const start = k * rows + k;
  const count = rows - k;
  const { alpha, beta } = reflector(x, start, count);
  if (beta === 0) return alpha;
  for (let j = k + 1; j < columns; j++) {
    const at = j * rows + k;
    let along = 0;
    for (let i = 0; i < count; i++) along += x[start + i]! * x[at + i]!;
    const factor = beta * along;
    for (let i = 0; i < count; i++) x[at + i]! -= factor * x[start + i]!;
  }
  return alpha;
}

/** R of the QR decomposition, which has the singular values of the whole. */
function squared(matrix: Columns): Columns {
  const { x, rows, columns: n } = matrix;
  const r = new Float64Array(n * n);
  for (let k = 0; k < n; k++) r[k * n + k] = reflectColumn(matrix, k);
  for (let j = 0; j < n; j++) for (let i = 0; i < j; i++) r[j * n + i] = x[j * rows + i]!;
  return { x: r, rows: n, columns: n };
}

/** Row k right of the diagonal, and all rows below it, reflected so that row k is α beside the diagonal and 0 after. */
function reflectRow({ x, rows, columns }: Columns, k: number): number {
  const v = Float64Array.from({ length: columns - k - 1 }, (_, j) => x[(k + 1 + j) * rows + k]!);
  const { alpha, beta } = reflector(v, 0, v.length);
  if (beta === 0) return alpha;
  const first = k + 1;
  const along = new Float64Array(rows - first);
  v.forEach((value, j) => {
    const at = (first + j) * rows + first;
    for (let i = 0; i < along.length; i++) along[i]! += x[at + i]! * value;
  });
  v.forEach((value, j) => {
    const at = (first + j) * rows + first;
    for (let i = 0; i < along.length; i++) x[at + i]! -= beta * value * along[i]!;
  });
  return alpha;
}

/**
 * The bidiagonal matrix with the same singular values (Golub, Kahan 1965), d_1 e_1 d_2 e_2 … d_n: as it stands the
 * numbers beside the diagonal of a symmetric matrix of size 2n, which has 0 on its diagonal and the eigenvalues ±σ.
 */
function bidiagonal(matrix: Columns): Float64Array {
  const { columns: n } = matrix;
  const beside = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    beside[2 * k] = reflectColumn(matrix, k);
    if (k + 1 < n) beside[2 * k + 1] = reflectRow(matrix, k);
  }
  return beside;
}

/** Steps after which an eigenvalue that is not found is taken as it stands; two are common. */
const MOST_STEPS = 50;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by the QL method with implicit shifts (Dubrulle, Martin, Wilkinson 1968),
 * to rounding of the largest. `diagonal` becomes them, in no order.
 * @param beside next to the diagonal, as many as on it, the last one unused
 */
function eigenvalues(diagonal: Float64Array, beside: Float64Array): void {
  const n = diagonal.length;
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(diagonal[i]!), Math.abs(beside[i]!));
  const nothing = Number.EPSILON * size;
  for (let first = 0; first < n; first++) {
    for (let step = 0; step < MOST_STEPS; step++) {
      let last = first;
      while (last < n - 1 && Math.abs(beside[last]!) > nothing) last++;
      if (last === first) break;
      sweep(diagonal, beside, first, last);
    }
  }
}

/** One QL step on the rows from `first` to `last`, shifted by the eigenvalue of the first two that is closer to the first. */
function sweep(diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
  const half = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.sqrt(half * half + 1);
  const shift = diagonal[first]! - beside[first]! / (half < 0 ? half - root : half + root);
  let g = diagonal[last]! - shift;
  let [sine, cosine, moved] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sine * beside[i]!;
    const h = cosine * beside[i]!;
    const r = Math.sqrt(f * f + g * g);
    beside[i + 1] = r;
    if (r === 0) {
      // The matrix has come apart here.
      diagonal[i + 1]! -= moved;
      beside[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = diagonal[i + 1]! - moved;
    const turned = (diagonal[i]! - g) * sine + 2 * cosine * h;
    moved = sine * turned;
    diagonal[i + 1] = g + moved;
    g = cosine * turned - h;
  }
  diagonal[first]! -= moved;
  beside[first] = g;
  beside[last] = 0;
}

/**
 * The singular values of a matrix, the largest first, to rounding of the largest: by reflections to a bidiagonal matrix
 * (a tall one to a square one before, Chan 1982), whose values are eigenvalues of a tridiagonal one.
 * @param data [I, O], row by row
 * @returns as many as the shorter side has; NaN where a number of the matrix is not finite
 */
export function singularValues(data: ArrayLike<number>, I: number, O: number): Float64Array {
  const n = Math.min(I, O);
  let scale = 0;
  for (let i = 0; i < I * O; i++) {
    if (!Number.isFinite(data[i]!)) return new Float64Array(n).fill(NaN);
    scale = Math.max(scale, Math.abs(data[i]!));
  }
  if (scale === 0) return new Float64Array(n);
  const matrix = tall(data, I, O, scale);
  const beside = bidiagonal(matrix.rows > matrix.columns ? squared(matrix) : matrix);
  const found = new Float64Array(2 * n);
  eigenvalues(found, beside);
  // Of ±σ the upper half; rounding may have put a zero below 0.
  return found
    .sort()
    .subarray(n)
    .map((value) => Math.max(0, value) * scale)
    .reverse();
}
