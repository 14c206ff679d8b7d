import { begin, end } from './share';
import { rounded, roundsAll, stored, stored1 } from './rounding';
import { madd, put } from './simd';

/*
 * Matrix products, as Goto and van de Geijn arrange them (Anatomy of high-performance matrix multiplication, 2008).
 * Rows of the left factor are packed four by four, [K, 4], and columns of the right one eight by eight, [K, 8]; then tiles
 * of 4 rows × 8 columns are computed in registers from what lies side by side. A long sum is made in blocks of k, between
 * which it waits in the result. Every number is summed in the order of k, whatever is packed together.
 */

/** Which k a row m of the left factor needs: all; those up to m; those from m on. */
export const ALL: i32 = 0;
export const UP_TO_ROW: i32 = 1;
export const FROM_ROW: i32 = 2;

// @ts-ignore: decorator
@inline
function beginOf(needed: i32, m: i32): i32 {
  return needed == FROM_ROW ? m : 0;
}
// @ts-ignore: decorator
@inline
function endOf(needed: i32, m: i32, K: i32): i32 {
  return needed == UP_TO_ROW ? min(m + 4, K) : K;
}

/** Most k of a block: four rows and eight columns of it have room in the first cache. */
const BLOCK: i32 = 512;
/** Numbers of the left factor that are packed at a time: they stay in the second cache while all columns pass. */
const PACKED: i32 = 131072;
/** Bytes of the left factor that are read where they lie, if four rows lie side by side there. */
const IN_PLACE: usize = 16384;
/** Most numbers of a column of which sixteen have room in the first cache, beside four rows. */
const SHORT: i32 = 256;
/** A tile that the matrix cuts: [4, 8], in bytes. */
const EDGE: i32 = 128;

/** Rows of the left factor, of M, that are packed at a time. */
// @ts-ignore: decorator
@inline
function rowsAtATime(M: i32, K: i32): i32 {
  return min((M + 3) & ~3, max(4, (PACKED / max(K, 1)) & ~3));
}

/** Bytes of scratch that a product of [M, K] and [K, N] needs. */
export function productScratch(M: i32, K: i32): i32 {
  return EDGE + (K << 6) + ((rowsAtATime(M, K) * K) << 2);
}

/** Four rows of four numbers, transposed: row j of the source becomes column j of what lies `step` apart. */
// @ts-ignore: decorator
@inline
function packFour(to: usize, step: usize, from: usize, lane: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + lane);
  const r2 = v128.load(from + 2 * lane);
  const r3 = v128.load(from + 3 * lane);
  const a = i8x16.shuffle(r0, r1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const b = i8x16.shuffle(r2, r3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const c = i8x16.shuffle(r0, r1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const d = i8x16.shuffle(r2, r3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + step, i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
  v128.store(to + 2 * step, i8x16.shuffle(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to + 3 * step, i8x16.shuffle(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}

/**
 * Four lanes of an operand (rows of the left one, columns of the right one), whose number k of lane i lies at
 * from + i·lane + k·next: [K, 4], `step` bytes from k to k. Zeros beyond `lanes`.
 */
function packLanes(
  to: usize,
  step: usize,
  from: usize,
  lane: usize,
  next: usize,
  K: i32,
  lanes: i32,
): void {
  let k = 0;
  if (lanes >= 4 && lane == 4) {
    for (; k < K; k++) {
      v128.store(to, v128.load(from));
      to += step;
      from += next;
    }
    return;
  }
  if (lanes >= 4 && next == 4) {
    for (; k + 4 <= K; k += 4) {
      packFour(to, step, from, lane);
      to += 4 * step;
      from += 16;
    }
  }
  for (; k < K; k++) {
    for (let i = 0; i < 4; i++) {
      store<f32>(to + (<usize>i << 2), i < lanes ? load<f32>(from + <usize>i * lane) : 0);
    }
    to += step;
    from += next;
  }
}

/** Rows `first` … `last` of the left factor as panels [K, 4]: of each the k that its first row needs, and its last. */
function packRows(
  to: usize,
  a: usize,
  am: usize,
  ak: usize,
  first: i32,
  last: i32,
  K: i32,
  needed: i32,
): void {
  for (let m = first; m < last; m += 4) {
    const from = <usize>beginOf(needed, m);
    const k = endOf(needed, m, K) - <i32>from;
    packLanes(to + (from << 4), 16, a + from * ak, am, ak, k, last - m);
    to += <usize>K << 4;
    a += 4 * am;
  }
}

/** Up to sixteen columns, whose number k of column j lies at b + j·bn + k·bk, as two panels [K, 8]. */
function packColumns(to: usize, b: usize, bn: usize, bk: usize, K: i32, columns: i32): void {
  const panel = <usize>K << 5;
  if (bn == 4 && columns >= 16) {
    for (let k = 0; k < K; k++) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
      v128.store(to + panel, v128.load(b, 32));
      v128.store(to + panel, v128.load(b, 48), 16);
      to += 32;
      b += bk;
    }
    return;
  }
  for (let j = 0; j < min(columns, 16); j += 4) {
    packLanes(to + (<usize>j >> 3) * panel + ((<usize>j & 4) << 2), 32, b + <usize>j * bn, bn, bk, K, columns - j);
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

/** One tile of packed operands; a whole one may go on from the sums at c. `edge` holds [4, 8] where the tile is cut. */
function tile(
  c: usize,
  ldc: usize,
  a: usize,
  next: usize,
  b: usize,
  K: i32,
  rows: i32,
  columns: i32,
  alpha: f32,
  bias: usize,
  adds: bool,
  goesOn: bool,
  edge: usize,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (goesOn) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c + ldc);
    c11 = v128.load(c + ldc, 16);
    c20 = v128.load(c + 2 * ldc);
    c21 = v128.load(c + 2 * ldc, 16);
    c30 = v128.load(c + 3 * ldc);
    c31 = v128.load(c + 3 * ldc, 16);
  }
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load_splat<f32>(a);
    c00 = madd(s, b0, c00);
    c01 = madd(s, b1, c01);
    s = v128.load_splat<f32>(a, 4);
    c10 = madd(s, b0, c10);
    c11 = madd(s, b1, c11);
    s = v128.load_splat<f32>(a, 8);
    c20 = madd(s, b0, c20);
    c21 = madd(s, b1, c21);
    s = v128.load_splat<f32>(a, 12);
    c30 = madd(s, b0, c30);
    c31 = madd(s, b1, c31);
    b += 32;
    a += next;
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
 * scratch: `productScratch(M, K)` bytes.
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
  const bn: usize = transposed ? ldb : 4;
  const bk: usize = transposed ? 4 : ldb;
  // Sums wait where nothing else is, and not in a format.
  const waits = K > BLOCK && needed == ALL && !adds && !ROUNDS && !(M & 3) && !(N & 7);
  const depth = waits ? BLOCK : K;
  let k = 0;
  for (; k + depth < K; k += depth) {
    const at = <usize>k;
    block(c, ldc, a + at * ak, am, ak, b + at * bk, bn, bk, M, N, depth, needed, 1, 0, adds, k > 0, scratch);
  }
  const at = <usize>k;
  block(c, ldc, a + at * ak, am, ak, b + at * bk, bn, bk, M, N, K - k, needed, alpha, bias, adds, k > 0, scratch);
}

/** The same of one block of k; b[k, n] lies at b + n·bn + k·bk. What is at c is gone on from with `goesOn`. */
function block(
  c: usize,
  ldc: usize,
  a: usize,
  am: usize,
  ak: usize,
  b: usize,
  bn: usize,
  bk: usize,
  M: i32,
  N: i32,
  K: i32,
  needed: i32,
  alpha: f32,
  bias: usize,
  adds: bool,
  goesOn: bool,
  scratch: usize,
): void {
  const right = scratch + EDGE;
  const left = right + (<usize>K << 6);
  const isInPlace = am == 4 && <usize>K * ak <= IN_PLACE;
  const next: usize = isInPlace ? ak : 16;
  const panel: usize = isInPlace ? 16 : <usize>K << 4;
  const step = isInPlace ? M : rowsAtATime(M, K);
  // Both halves of a line of the result, where their columns have room in the first cache.
  const sweep = K <= SHORT ? 16 : 8;
  for (let first = 0; first < M; first += step) {
    const last = min(first + step, M);
    const rows = isInPlace ? a : left;
    if (!isInPlace) packRows(left, a + <usize>first * am, am, ak, first, last, K, needed);
    for (let n = 0; n < N; n += 16) {
      packColumns(right, b + <usize>n * bn, bn, bk, K, N - n);
      for (let j = n; j < min(n + 16, N); j += sweep) {
        let at = rows;
        for (let m = first; m < last; m += 4) {
          const from = beginOf(needed, m);
          const k = endOf(needed, m, K) - from;
          for (let i = j; i < min(j + sweep, N); i += 8) {
            tile(
              c + <usize>m * ldc + (<usize>i << 2),
              ldc,
              at + <usize>from * next,
              next,
              right + (<usize>(i - n) >> 3) * (<usize>K << 5) + (<usize>from << 5),
              k,
              min(last - m, 4),
              min(N - i, 8),
              alpha,
              bias ? bias + (<usize>i << 2) : 0,
              adds,
              goesOn,
              scratch,
            );
          }
          at += panel;
        }
      }
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
