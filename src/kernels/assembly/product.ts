import { begin, end } from './share';
import { rounded, roundsAll, stored, stored1 } from './rounding';
import { madd, put } from './simd';

/*
 * Matrix products. Eight columns of the right factor are packed into `scratch`, side by side, [K, 8]; then
 * tiles of 4 rows × 8 columns are computed in registers. (6 × 8 was slower by a third: more registers than
 * there are.)
 */

/** Which k a row m of the left factor needs: all; those up to m; those from m on. */
export const ALL: i32 = 0;
export const UP_TO_ROW: i32 = 1;
export const FROM_ROW: i32 = 2;

/** Columns n … n+7 of b: [K, N], zeros beyond N. */
function packColumns(to: usize, b: usize, ldb: usize, K: i32, columns: i32): void {
  if (columns >= 8) {
    for (let k = 0; k < K; k++) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
      to += 32;
      b += ldb;
    }
    return;
  }
  for (let k = 0; k < K; k++) {
    for (let j = 0; j < 8; j++) {
      store<f32>(to + (j << 2), j < columns ? load<f32>(b + (j << 2)) : 0);
    }
    to += 32;
    b += ldb;
  }
}

/** Four rows of four numbers, transposed: row j of the source becomes column j of [4, 8]. */
// @ts-ignore: decorator
@inline
function packFour(to: usize, from: usize, ldb: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + ldb);
  const r2 = v128.load(from + 2 * ldb);
  const r3 = v128.load(from + 3 * ldb);
  const a = i8x16.shuffle(r0, r1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const b = i8x16.shuffle(r2, r3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const c = i8x16.shuffle(r0, r1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const d = i8x16.shuffle(r2, r3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to, i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 32);
  v128.store(to, i8x16.shuffle(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 64);
  v128.store(to, i8x16.shuffle(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 96);
}

/** Rows n … n+7 of b: [N, K], as columns; zeros beyond N. */
function packRows(to: usize, b: usize, ldb: usize, K: i32, rows: i32): void {
  let k = 0;
  if (rows >= 8) {
    for (; k + 4 <= K; k += 4) {
      packFour(to + (k << 5), b + (k << 2), ldb);
      packFour(to + (k << 5) + 16, b + 4 * ldb + (k << 2), ldb);
    }
  }
  for (; k < K; k++) {
    for (let j = 0; j < 8; j++) {
      const value: f32 = j < rows ? load<f32>(b + <usize>j * ldb + (k << 2)) : 0;
      store<f32>(to + (k << 5) + (j << 2), value);
    }
  }
}

/**
 * Four numbers of a product as they are stored, with what rounding loses of the first `left` counted: the sum alone,
 * with its bias where the bias is no operation of its own; then times alpha, and added to what is at c.
 */
// @ts-ignore: decorator
@inline
function inFormat(c: usize, x: v128, alpha: f32, bias: usize, adds: bool, left: i32): v128 {
  let y = x;
  if (bias && !roundsAll()) y = f32x4.add(y, v128.load(bias));
  y = stored(y, left);
  if (bias && roundsAll()) y = rounded(f32x4.add(y, v128.load(bias)), left);
  if (alpha != 1) y = rounded(f32x4.mul(y, f32x4.splat(alpha)), left);
  return adds ? rounded(f32x4.add(y, v128.load(c)), left) : y;
}

/** c[0..rows, 0..columns] = alpha · (what the registers hold) + bias, or added to what is there. */
function storePart(
  c: usize,
  ldc: usize,
  tile: usize,
  rows: i32,
  columns: i32,
  alpha: f32,
  bias: usize,
  adds: bool,
): void {
  if (ROUNDS) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j += 4) {
        const at = c + <usize>i * ldc + (j << 2);
        const left = columns - j;
        const sums = v128.load(tile + (i << 5) + (j << 2));
        put(at, inFormat(at, sums, alpha, bias ? bias + (j << 2) : 0, adds, left), left);
      }
    }
    return;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + <usize>i * ldc + (j << 2);
      let value = load<f32>(tile + (i << 5) + (j << 2)) * alpha;
      if (bias) value += load<f32>(bias + (j << 2));
      store<f32>(at, adds ? load<f32>(at) + value : value);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, x0: v128, x1: v128, alpha: v128, b0: v128, b1: v128, adds: bool): void {
  let y0 = madd(x0, alpha, b0);
  let y1 = madd(x1, alpha, b1);
  if (adds) {
    y0 = f32x4.add(y0, v128.load(c));
    y1 = f32x4.add(y1, v128.load(c, 16));
  }
  v128.store(c, y0);
  v128.store(c, y1, 16);
}

/** One tile: a is read at a + row·am + k·ak, b is packed. `edge` holds [4, 8] where the tile is cut. */
function tile(
  c: usize,
  ldc: usize,
  a: usize,
  am: usize,
  ak: usize,
  b: usize,
  K: i32,
  rows: i32,
  columns: i32,
  alpha: f32,
  bias: usize,
  adds: bool,
  edge: usize,
): void {
  // Rows beyond the matrix read its first one; what they give is not stored.
  let a1 = rows > 1 ? a + am : a;
  let a2 = rows > 2 ? a + 2 * am : a;
  let a3 = rows > 3 ? a + 3 * am : a;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load_splat<f32>(a);
    c00 = madd(s, b0, c00);
    c01 = madd(s, b1, c01);
    s = v128.load_splat<f32>(a1);
    c10 = madd(s, b0, c10);
    c11 = madd(s, b1, c11);
    s = v128.load_splat<f32>(a2);
    c20 = madd(s, b0, c20);
    c21 = madd(s, b1, c21);
    s = v128.load_splat<f32>(a3);
    c30 = madd(s, b0, c30);
    c31 = madd(s, b1, c31);
    b += 32;
    a += ak;
    a1 += ak;
    a2 += ak;
    a3 += ak;
  }
  // To round takes registers that the sums need: they wait in memory.
  if (ROUNDS || rows < 4 || columns < 8) {
    v128.store(edge, c00);
    v128.store(edge, c01, 16);
    v128.store(edge, c10, 32);
    v128.store(edge, c11, 48);
    v128.store(edge, c20, 64);
    v128.store(edge, c21, 80);
    v128.store(edge, c30, 96);
    v128.store(edge, c31, 112);
    storePart(c, ldc, edge, min(rows, 4), min(columns, 8), alpha, bias, adds);
    return;
  }
  const factor = f32x4.splat(alpha);
  const bias0 = bias ? v128.load(bias) : f32x4.splat(0);
  const bias1 = bias ? v128.load(bias, 16) : f32x4.splat(0);
  storeRow(c, c00, c01, factor, bias0, bias1, adds);
  storeRow(c + ldc, c10, c11, factor, bias0, bias1, adds);
  storeRow(c + 2 * ldc, c20, c21, factor, bias0, bias1, adds);
  storeRow(c + 3 * ldc, c30, c31, factor, bias0, bias1, adds);
}

/**
 * c: [M, N] = alpha · a b + bias, added to c with `adds`. Strides are in bytes: a[m, k] lies at
 * a + m·am + k·ak, rows of b at ldb, of c at ldc; b is [K, N], or [N, K] with `transposed`.
 * scratch: K·32 + 128 bytes.
 */
export function product(
  c: usize,
  ldc: usize,
  a: usize,
  am: usize,
  ak: usize,
  b: usize,
  ldb: usize,
  transposed: bool,
  M: i32,
  N: i32,
  K: i32,
  needed: i32,
  alpha: f32,
  bias: usize,
  adds: bool,
  scratch: usize,
): void {
  const packed = scratch + 128;
  for (let n = 0; n < N; n += 8) {
    const columns = min(N - n, 8);
    if (transposed) packRows(packed, b + <usize>n * ldb, ldb, K, columns);
    else packColumns(packed, b + (n << 2), ldb, K, columns);
    for (let m = 0; m < M; m += 4) {
      let from = 0;
      let until = K;
      if (needed == UP_TO_ROW && m + 4 < K) until = m + 4;
      if (needed == FROM_ROW) from = m;
      tile(
        c + <usize>m * ldc + (n << 2),
        ldc,
        a + <usize>m * am + <usize>from * ak,
        am,
        ak,
        packed + (from << 5),
        until - from,
        min(M - m, 4),
        columns,
        alpha,
        bias ? bias + (n << 2) : 0,
        adds,
        scratch,
      );
    }
  }
}

/** Column sums of x: [N, D] → [D], this thread's columns. */
export function columnSums(out: usize, x: usize, N: i32, D: i32): void {
  const until = end(D, 4);
  let j = begin(D, 4);
  for (; j + 4 <= until; j += 4) {
    let sum = f32x4.splat(0);
    let at = x + (j << 2);
    for (let n = 0; n < N; n++) {
      sum = f32x4.add(sum, v128.load(at));
      at += D << 2;
    }
    v128.store(out + (j << 2), stored(sum, 4));
  }
  for (; j < until; j++) {
    let sum: f32 = 0;
    for (let n = 0; n < N; n++) sum += load<f32>(x + ((n * D + j) << 2));
    store<f32>(out + (j << 2), stored1(sum));
  }
}
