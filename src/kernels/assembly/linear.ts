import { ALL, columnSums, product } from './product';
import { begin, end, own } from './share';

/** The columns of a product that are this thread's: as `product`, of all k. */
function columns(
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
  bias: usize,
  adds: bool,
  scratch: usize,
): void {
  const from = begin(N, 8);
  const columns = end(N, 8) - from;
  const byte = <usize>from << 2;
  product(
    c + byte,
    ldc,
    a,
    am,
    ak,
    b + (transposed ? <usize>from * ldb : byte),
    ldb,
    transposed,
    M,
    columns,
    K,
    ALL,
    1,
    bias ? bias + byte : 0,
    adds,
    own(scratch),
  );
}

/** c: [M, N] = a · b of two matrices, either of which may be given transposed. */
export function matmul(
  c: usize,
  a: usize,
  b: usize,
  M: i32,
  N: i32,
  K: i32,
  transposeA: bool,
  transposeB: bool,
  scratch: usize,
): void {
  const am = transposeA ? 4 : K << 2;
  const ak = transposeA ? M << 2 : 4;
  const ldb = (transposeB ? K : N) << 2;
  columns(c, N << 2, a, am, ak, b, ldb, transposeB, M, N, K, 0, false, scratch);
}

/** y: [N, O] = x: [N, I] · w: [I, O] + b: [O]; b may be 0. */
export function linear(
  y: usize,
  x: usize,
  w: usize,
  b: usize,
  N: i32,
  I: i32,
  O: i32,
  scratch: usize,
): void {
  columns(y, O << 2, x, I << 2, 4, w, O << 2, false, N, O, I, b, false, scratch);
}

/** dx: [N, I] = dy: [N, O] · wᵀ, or added to dx. */
export function linearInputGradient(
  dx: usize,
  dy: usize,
  w: usize,
  N: i32,
  I: i32,
  O: i32,
  adds: bool,
  scratch: usize,
): void {
  columns(dx, I << 2, dy, O << 2, 4, w, O << 2, true, N, I, O, 0, adds, scratch);
}

/** dw: [I, O] = xᵀ · dy and db: [O] = Σ dy; db may be 0. */
export function linearWeightGradient(
  dw: usize,
  db: usize,
  x: usize,
  dy: usize,
  N: i32,
  I: i32,
  O: i32,
  scratch: usize,
): void {
  columns(dw, O << 2, x, 4, I << 2, dy, O << 2, false, I, O, N, 0, false, scratch);
  if (db) columnSums(db, dy, N, O);
}
