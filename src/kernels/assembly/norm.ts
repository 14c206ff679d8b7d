import { begin, end } from './share';
import { firstLanes, madd, sumLanes } from './simd';

/** Divisor of a row: √(variance + ε) after its mean was removed, √(mean x² + ε), max(‖x‖, ε). */
export const STANDARDIZE: i32 = 0;
export const RMS: i32 = 1;

/**
 * The mean of n numbers. What is added up is their shares of a power of two that is at least n: the same bits, and no
 * overflow.
 */
function meanOf(x: usize, n: i32): f32 {
  const share = reinterpret<f32>((127 - (32 - clz(n - 1))) << 23);
  const shares = f32x4.splat(share);
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) lanes = f32x4.add(lanes, f32x4.mul(v128.load(x + (i << 2)), shares));
  let rest: f32 = 0;
  for (; i < n; i++) rest += load<f32>(x + (i << 2)) * share;
  return (sumLanes(lanes) + rest) / (<f32>n * share);
}

/** Σ (x − mean)² over n numbers. */
function sumSquares(x: usize, n: i32, mean: f32): f32 {
  const centre = f32x4.splat(mean);
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const d = f32x4.sub(v128.load(x + (i << 2)), centre);
    lanes = madd(d, d, lanes);
  }
  let rest: f32 = 0;
  for (; i < n; i++) {
    const d = load<f32>(x + (i << 2)) - mean;
    rest += d * d;
  }
  return sumLanes(lanes) + rest;
}

/** One row: y = (x − mean) · r · gain + bias; stats: mean and r. */
// @ts-ignore: decorator
@inline
export function normRow(
  y: usize,
  stats: usize,
  x: usize,
  gain: usize,
  bias: usize,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
): void {
  const mean: f32 = kind == STANDARDIZE ? meanOf(x, D) : 0;
  const squares = sumSquares(x, counted, mean);
  const r: f32 =
    kind <= RMS
      ? 1 / sqrt<f32>(squares / <f32>counted + eps)
      : 1 / max<f32>(sqrt<f32>(squares), eps);
  store<f32>(stats, mean);
  store<f32>(stats, r, 4);
  const factor = single ? r * load<f32>(gain) : r;
  const each = gain != 0 && !single;
  const scale = f32x4.splat(factor);
  const centre = f32x4.splat(mean);
  let i = 0;
  for (; i + 4 <= D; i += 4) {
    const at = <usize>(i << 2);
    let value = f32x4.mul(f32x4.sub(v128.load(x + at), centre), scale);
    if (each) value = f32x4.mul(value, v128.load(gain + at));
    if (bias) value = f32x4.add(value, v128.load(bias + at));
    v128.store(y + at, value);
  }
  for (; i < D; i++) {
    const at = <usize>(i << 2);
    let value = (load<f32>(x + at) - mean) * factor;
    if (each) value *= load<f32>(gain + at);
    if (bias) value += load<f32>(bias + at);
    store<f32>(y + at, value);
  }
}

/**
 * y = (x − mean) · r · gain + bias by rows. x, y: [N, D]; stats: [N, 2], mean and r; gain: [D], [1] or 0;
 * bias: [D] or 0. The mean square is that of the first `counted` features.
 */
export function rowNorm(
  y: usize,
  stats: usize,
  x: usize,
  gain: usize,
  bias: usize,
  N: i32,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
): void {
  const until = end(N, 1);
  for (let row = begin(N, 1); row < until; row++) {
    const at = (<usize>(row * D)) << 2;
    normRow(y + at, stats + (row << 3), x + at, gain, bias, D, kind, counted, eps, single);
  }
}

/** total = a + b of one row; total may be one of them. */
// @ts-ignore: decorator
@inline
function addRow(total: usize, a: usize, b: usize, D: i32): void {
  let i = 0;
  for (; i + 4 <= D; i += 4) {
    const at = <usize>(i << 2);
    v128.store(total + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
  }
  for (; i < D; i++) {
    const at = <usize>(i << 2);
    store<f32>(total + at, load<f32>(a + at) + load<f32>(b + at));
  }
}

/** total = x + added, and its norm, while a row is still in the cache; the rest as above. */
export function addRowNorm(
  y: usize,
  total: usize,
  stats: usize,
  x: usize,
  added: usize,
  gain: usize,
  bias: usize,
  N: i32,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
): void {
  for (let row = 0; row < N; row++) {
    addRow(total, x, added, D);
    normRow(y, stats, total, gain, bias, D, kind, counted, eps, single);
    x += D << 2;
    added += D << 2;
    total += D << 2;
    y += D << 2;
    stats += 8;
  }
}

/** The gradients of one row, see below; dgain and dbias are added to. */
// @ts-ignore: decorator
@inline
export function gradientRow(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  stats: usize,
  gain: usize,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
  each: bool,
  common: f32,
): void {
  const mean = load<f32>(stats);
  const r = load<f32>(stats, 4);
  const centre = f32x4.splat(mean);
  const scale = f32x4.splat(r);
  const factor = f32x4.splat(common);
  let sums = f32x4.splat(0);
  let alongs = f32x4.splat(0);
  let plain = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= D; i += 4) {
    const at = <usize>(i << 2);
    const d = v128.load(dy + at);
    const unit = f32x4.mul(f32x4.sub(v128.load(x + at), centre), scale);
    const g = f32x4.mul(d, each ? v128.load(gain + at) : factor);
    sums = f32x4.add(sums, g);
    const along = f32x4.mul(d, unit);
    alongs = madd(g, unit, alongs);
    if (single) plain = f32x4.add(plain, along);
    else if (dgain) v128.store(dgain + at, f32x4.add(v128.load(dgain + at), along));
    if (dbias) v128.store(dbias + at, f32x4.add(v128.load(dbias + at), d));
  }
  let total = sumLanes(sums);
  let along = sumLanes(alongs);
  let alone = sumLanes(plain);
  for (; i < D; i++) {
    const at = <usize>(i << 2);
    const d = load<f32>(dy + at);
    const unit = (load<f32>(x + at) - mean) * r;
    const g = d * (each ? load<f32>(gain + at) : common);
    total += g;
    along += g * unit;
    if (single) alone += d * unit;
    else if (dgain) store<f32>(dgain + at, load<f32>(dgain + at) + d * unit);
    if (dbias) store<f32>(dbias + at, load<f32>(dbias + at) + d);
  }
  if (single && dgain) store<f32>(dgain, load<f32>(dgain) + alone);
  const removed: f32 = kind == STANDARDIZE ? total / <f32>D : 0;
  let share: f32 = along / <f32>counted;
  // Below ε a division by the length is linear: nothing depends on the length.
  if (kind > RMS) share = r * eps < 1 ? along : 0;
  const less = f32x4.splat(removed);
  const shares = f32x4.splat(share);
  i = 0;
  for (; i + 4 <= D; i += 4) {
    const at = <usize>(i << 2);
    const unit = f32x4.mul(f32x4.sub(v128.load(x + at), centre), scale);
    const g = f32x4.mul(v128.load(dy + at), each ? v128.load(gain + at) : factor);
    // Of features that were not counted the length does not depend.
    const shared = v128.and(f32x4.mul(unit, shares), firstLanes(counted - i));
    v128.store(dx + at, f32x4.mul(scale, f32x4.sub(f32x4.sub(g, less), shared)));
  }
  for (; i < D; i++) {
    const at = <usize>(i << 2);
    const unit = (load<f32>(x + at) - mean) * r;
    const g = load<f32>(dy + at) * (each ? load<f32>(gain + at) : common);
    store<f32>(dx + at, r * (g - removed - (i < counted ? unit * share : 0)));
  }
}

/**
 * Its gradients: dx = r (g − [mean g] − x̂ · mean(g x̂)) with g = dy · gain and x̂ = (x − mean) r, the means
 * as the kind has them; dgain = Σ dy x̂; dbias = Σ dy. dgain, dbias may be 0.
 */
export function rowNormGradient(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  stats: usize,
  gain: usize,
  N: i32,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
): void {
  addRowNormGradient(dx, dgain, dbias, dy, 0, x, stats, gain, N, D, kind, counted, eps, single);
}

/** The same of what was added up before it, with `dtotal`, the gradient that the sum has of its own: [N, D] or 0. */
export function addRowNormGradient(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dy: usize,
  dtotal: usize,
  total: usize,
  stats: usize,
  gain: usize,
  N: i32,
  D: i32,
  kind: i32,
  counted: i32,
  eps: f32,
  single: bool,
): void {
  const each = gain != 0 && !single;
  const common: f32 = single ? load<f32>(gain) : 1;
  clear(dgain, dbias, D, single);
  for (let row = 0; row < N; row++) {
    gradientRow(dx, dgain, dbias, dy, total, stats, gain, D, kind, counted, eps, single, each, common);
    if (dtotal) addRow(dx, dx, dtotal + (<usize>(row * D) << 2), D);
    total += D << 2;
    dy += D << 2;
    dx += D << 2;
    stats += 8;
  }
}

function clear(dgain: usize, dbias: usize, D: i32, single: bool): void {
  if (dgain) memory.fill(dgain, 0, single ? 4 : D << 2);
  if (dbias) memory.fill(dbias, 0, D << 2);
}
