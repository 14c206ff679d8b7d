import { high, largestLane, low, madd, put, splat, sumLanes, sumLanes64, sumSquares64 } from './simd';

/*
 * Sums of squares and fourth powers. Most tensors lie where float32 has room for these: they are added up in
 * float32 over stretches of a few hundred numbers, and the stretches in float64. Where that overflows or
 * vanishes (activations without a norm reach 1e30, gradients 1e-25) all is done again in float64.
 */

/** Most numbers that are added up in float32. */
export const STRETCH: i32 = 256;
/** Below this mean square float32 loses what is small beside it; above it and below ∞ nothing is lost. */
export const LEAST_SQUARE: f64 = 1e-30;
/** The same for fourth powers. */
export const LEAST_FOURTH: f64 = 1e-30;

// @ts-ignore: decorator
@inline
export function isSafe(mean: f64, least: f64): bool {
  return mean > least && mean < 1e37;
}

/** Σ x² over n numbers, in float32. */
// @ts-ignore: decorator
@inline
export function shortSumOfSquares(x: usize, n: i32): f32 {
  let p = splat(0);
  let q = p;
  let r = p;
  let s = p;
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const at = x + (i << 2);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    p = madd(a, a, p);
    q = madd(b, b, q);
    r = madd(c, c, r);
    s = madd(d, d, s);
  }
  for (; i + 4 <= n; i += 4) {
    const a = v128.load(x + (i << 2));
    p = madd(a, a, p);
  }
  let sum = sumLanes(f32x4.add(f32x4.add(p, q), f32x4.add(r, s)));
  for (; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    sum += value * value;
  }
  return sum;
}

/** Σ x² over n numbers. */
function sumOfSquares(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i += STRETCH) {
    sum += <f64>shortSumOfSquares(x + (i << 2), min(STRETCH, n - i));
  }
  // A NaN is one in float64, too.
  return isSafe(sum / <f64>n, LEAST_SQUARE) || isNaN<f64>(sum) ? sum : sumSquares64(x, n);
}

export function rms(out: usize, x: usize, n: i32): void {
  store<f32>(out, <f32>sqrt<f64>(sumOfSquares(x, n) / <f64>n));
}

/**
 * y = x · min(1, most/‖x‖) over n numbers. The factor may be below float32's normal numbers: where the length is
 * large, it is taken in two parts.
 */
export function clipped(y: usize, x: usize, n: i32, most: f32): void {
  const length = sqrt<f64>(sumOfSquares(x, n));
  if (length <= <f64>most) {
    memory.copy(y, x, n << 2);
    return;
  }
  const first: f64 = length > 1e15 ? 2 ** -64 : 1;
  // A number that is not finite makes all NaN.
  const rest: f64 = length < Infinity ? <f64>most / (length * first) : NaN;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const shorter = f32x4.mul(v128.load(x + at), splat(<f32>first));
    put(y + at, f32x4.mul(shorter, splat(<f32>rest)), n - i);
  }
}

/** Root mean squares of `count` tensors that lie side by side in a vector; starts: [count + 1] int32. */
export function segmentRms(out: usize, x: usize, starts: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const from = load<i32>(starts + (i << 2));
    const until = load<i32>(starts + (i << 2), 4);
    rms(out + (i << 2), x + (from << 2), until - from);
  }
}

// @ts-ignore: decorator
@inline
export function storeMoments(out: usize, n: i32, sum: f64, square: f64, fourth: f64, top: f32): void {
  const count = <f64>n;
  store<f32>(out, <f32>sqrt<f64>(square / count));
  store<f32>(out, <f32>(sum / count), 4);
  store<f32>(out, top, 8);
  store<f32>(out, <f32>((fourth * count) / (square * square)), 12);
}

/* Sums of one stretch, by `addUp`. */
let stretchSum: f32 = 0;
let stretchSquare: f32 = 0;
let stretchFourth: f32 = 0;
let stretchTop: f32 = 0;

/** Σ x, Σ x², Σ x⁴ and the largest |x| of n numbers, in float32. NaN is passed over by the last. */
function addUp(x: usize, n: i32): void {
  let sums = splat(0);
  let squares = sums;
  let fourths = sums;
  let tops = sums;
  let sums2 = sums;
  let squares2 = sums;
  let fourths2 = sums;
  let tops2 = sums;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const a = v128.load(x + (i << 2));
    const b = v128.load(x + (i << 2), 16);
    const a2 = f32x4.mul(a, a);
    const b2 = f32x4.mul(b, b);
    tops = f32x4.pmax(tops, a2);
    tops2 = f32x4.pmax(tops2, b2);
    sums = f32x4.add(sums, a);
    sums2 = f32x4.add(sums2, b);
    squares = f32x4.add(squares, a2);
    squares2 = f32x4.add(squares2, b2);
    fourths = madd(a2, a2, fourths);
    fourths2 = madd(b2, b2, fourths2);
  }
  stretchSum = sumLanes(f32x4.add(sums, sums2));
  stretchSquare = sumLanes(f32x4.add(squares, squares2));
  stretchFourth = sumLanes(f32x4.add(fourths, fourths2));
  stretchTop = sqrt<f32>(largestLane(f32x4.pmax(tops, tops2)));
  for (; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    const square = value * value;
    stretchSum += value;
    stretchSquare += square;
    stretchFourth += square * square;
    stretchTop = max<f32>(stretchTop, abs<f32>(value));
  }
}

/** RMS, mean, largest absolute value and kurtosis of n numbers: [4]. */
export function moments(out: usize, x: usize, n: i32): void {
  let sum: f64 = 0;
  let square: f64 = 0;
  let fourth: f64 = 0;
  let top: f32 = 0;
  for (let i = 0; i < n; i += STRETCH) {
    addUp(x + (i << 2), min(STRETCH, n - i));
    sum += <f64>stretchSum;
    square += <f64>stretchSquare;
    fourth += <f64>stretchFourth;
    top = max<f32>(top, stretchTop);
  }
  if (isNaN<f64>(fourth)) storeMoments(out, n, NaN, NaN, NaN, NaN);
  else if (isSafe(fourth / <f64>n, LEAST_FOURTH)) storeMoments(out, n, sum, square, fourth, top);
  else wideMoments(out, x, n);
}

/** The same in float64. */
export function wideMoments(out: usize, x: usize, n: i32): void {
  let sums = f64x2.splat(0);
  let squares = sums;
  let fourths = sums;
  let tops = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(x + (i << 2));
    // min and max of wasm keep a NaN.
    tops = f32x4.max(tops, f32x4.abs(value));
    const a = low(value);
    const b = high(value);
    sums = f64x2.add(sums, f64x2.add(a, b));
    const a2 = f64x2.mul(a, a);
    const b2 = f64x2.mul(b, b);
    squares = f64x2.add(squares, f64x2.add(a2, b2));
    fourths = f64x2.add(fourths, f64x2.add(f64x2.mul(a2, a2), f64x2.mul(b2, b2)));
  }
  let sum = sumLanes64(sums);
  let square = sumLanes64(squares);
  let fourth = sumLanes64(fourths);
  let top = max<f32>(
    max<f32>(f32x4.extract_lane(tops, 0), f32x4.extract_lane(tops, 1)),
    max<f32>(f32x4.extract_lane(tops, 2), f32x4.extract_lane(tops, 3)),
  );
  for (; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    const wide = <f64>value;
    sum += wide;
    square += wide * wide;
    fourth += wide * wide * (wide * wide);
    top = max<f32>(top, abs<f32>(value));
  }
  storeMoments(out, n, sum, square, fourth, top);
}
