import { RMS, STANDARDIZE } from './norm';
import { roundAll, rounded, rounded1, roundedAgain, roundedAgain1 } from './rounding';
import { begin, end } from './share';
import { firstLanes, put, splat, sumLanes } from './simd';

/*
 * The norms of norm.ts where every operation rounds: the operations one after the other, in the order of
 * `operations/norms/normalize.ts`.
 */

/** The sum of n numbers. */
function sumOf(x: usize, n: i32): f32 {
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) lanes = f32x4.add(lanes, v128.load(x + (<usize>i << 2)));
  let rest: f32 = 0;
  for (; i < n; i++) rest += load<f32>(x + (<usize>i << 2));
  return sumLanes(lanes) + rest;
}

/** A mean is a sum and a quotient: the sum can overflow. */
// @ts-ignore: decorator
@inline
function meanOf(sum: f32, n: i32): f32 {
  return rounded1(rounded1(sum) / <f32>n);
}

/** The sum of the rounded squares of n numbers. */
function sumOfSquares(x: usize, n: i32): f32 {
  let lanes = splat(0);
  for (let i = 0; i < n; i += 4) {
    const value = v128.load(x + (<usize>i << 2));
    lanes = f32x4.add(lanes, rounded(f32x4.mul(value, value), n - i));
  }
  return sumLanes(lanes);
}

/** x times r, or over the length. */
// @ts-ignore: decorator
@inline
function resized(x: v128, r: v128, kind: i32): v128 {
  return kind > RMS ? f32x4.div(x, r) : f32x4.mul(x, r);
}

/** y = (x − mean) · r · gain + bias of a row; stats: mean and r, or the length. */
function row(
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
  let mean: f32 = 0;
  let centred = x;
  if (kind == STANDARDIZE) {
    mean = meanOf(sumOf(x, D), D);
    const centre = splat(mean);
    for (let i = 0; i < D; i += 4) {
      const at = <usize>i << 2;
      put(y + at, rounded(f32x4.sub(v128.load(x + at), centre), D - i), D - i);
    }
    centred = y;
  }
  const squares = sumOfSquares(centred, counted);
  let r: f32;
  if (kind > RMS) r = max<f32>(rounded1(sqrt<f32>(rounded1(squares))), eps);
  else r = rounded1(1 / sqrt<f32>(rounded1(meanOf(squares, counted) + eps)));
  store<f32>(stats, mean);
  store<f32>(stats, r, 4);
  const factor = splat(r);
  const common = splat(single ? load<f32>(gain) : 1);
  for (let i = 0; i < D; i += 4) {
    const at = <usize>i << 2;
    const left = D - i;
    let value = rounded(resized(v128.load(centred + at), factor, kind), left);
    if (gain) value = rounded(f32x4.mul(value, single ? common : v128.load(gain + at)), left);
    if (bias) value = rounded(f32x4.add(value, v128.load(bias + at)), left);
    put(y + at, value, left);
  }
}

/** As in norm.ts. */
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
  const least = roundedAgain1(eps);
  const until = end(N, 1);
  for (let n = begin(N, 1); n < until; n++) {
    const at = (<usize>(n * D)) << 2;
    row(y + at, stats + (n << 3), x + at, gain, bias, D, kind, counted, least, single);
  }
}

/** The gradients of a row; dgain and dbias are added to. dx holds (x − mean) · r meanwhile. */
function gradientRow(
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
): void {
  const mean = splat(load<f32>(stats));
  const r = load<f32>(stats, 4);
  const factor = splat(r);
  const common = splat(single ? load<f32>(gain) : 1);
  const centres = kind == STANDARDIZE;
  let sums = splat(0);
  let alongs = splat(0);
  let alone = splat(0);
  for (let i = 0; i < D; i += 4) {
    const at = <usize>i << 2;
    const left = D - i;
    const d = v128.load(dy + at);
    let value = v128.load(x + at);
    if (centres) value = roundedAgain(f32x4.sub(value, mean));
    const unit = roundedAgain(resized(value, factor, kind));
    let g = v128.and(d, firstLanes(left));
    if (gain) {
      g = rounded(f32x4.mul(d, single ? common : v128.load(gain + at)), left);
      const ofGain = rounded(f32x4.mul(d, unit), left);
      if (single) alone = f32x4.add(alone, ofGain);
      else put(dgain + at, f32x4.add(v128.load(dgain + at), ofGain), left);
    }
    if (dbias) put(dbias + at, f32x4.add(v128.load(dbias + at), d), left);
    put(dx + at, unit, left);
    sums = f32x4.add(sums, g);
    alongs = f32x4.add(alongs, rounded(f32x4.mul(unit, g), left));
  }
  if (single) store<f32>(dgain, load<f32>(dgain) + sumLanes(alone));
  let share: f32;
  if (kind > RMS) share = r > eps ? rounded1(sumLanes(alongs)) : 0;
  else {
    share = meanOf(sumLanes(alongs), D);
    if (counted < D) share = rounded1(share * roundedAgain1(<f32>D / <f32>counted));
  }
  const removed = splat(centres ? meanOf(sumLanes(sums), D) : 0);
  const shares = splat(share);
  for (let i = 0; i < D; i += 4) {
    const at = <usize>i << 2;
    const left = D - i;
    const unit = v128.load(dx + at);
    let g = v128.load(dy + at);
    if (gain) g = roundedAgain(f32x4.mul(g, single ? common : v128.load(gain + at)));
    if (centres) g = rounded(f32x4.sub(g, removed), left);
    const radial = rounded(f32x4.mul(unit, shares), min(left, max(counted - i, 0)));
    g = rounded(f32x4.sub(g, radial), left);
    put(dx + at, rounded(resized(g, factor, kind), left), left);
  }
}

/** As in norm.ts. */
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
  const least = roundedAgain1(eps);
  const gains = single ? 1 : D;
  if (dgain) memory.fill(dgain, 0, gains << 2);
  if (dbias) memory.fill(dbias, 0, D << 2);
  for (let n = 0; n < N; n++) {
    gradientRow(dx, dgain, dbias, dy, x, stats, gain, D, kind, counted, least, single);
    dx += D << 2;
    dy += D << 2;
    x += D << 2;
    stats += 8;
  }
  if (dgain) roundAll(dgain, gains);
  if (dbias) roundAll(dbias, D);
}
