import { own } from './share';
import { madd, splat, sumLanes, sumLanes64 } from './simd';

/*
 * Sums of squares and fourth powers. Most tensors lie where float32 has room for these: they are added up in
 * float32 over stretches of a few hundred numbers, and the stretches in float64. Where that overflows or
 * vanishes (activations without a norm reach 1e30, gradients 1e-25) all is done again in float64.
 */

/** How many numbers are added up in float32. */
const STRETCH: i32 = 256;
/** Below this mean square float32 loses what is small beside it; above it and below ∞ nothing is lost. */
const LEAST_SQUARE: f64 = 1e-30;
/** The same for fourth powers. */
const LEAST_FOURTH: f64 = 1e-30;

// @ts-ignore: decorator
@inline
function isSafe(mean: f64, least: f64): bool {
  return mean > least && mean < 1e37;
}

// @ts-ignore: decorator
@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(
    i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
  );
}

/** Σ x² over n numbers, in float32. */
// @ts-ignore: decorator
@inline
function shortSumOfSquares(x: usize, n: i32): f32 {
  let even = splat(0);
  let odd = even;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const a = v128.load(x + (i << 2));
    const b = v128.load(x + (i << 2), 16);
    even = madd(a, a, even);
    odd = madd(b, b, odd);
  }
  let sum = sumLanes(f32x4.add(even, odd));
  for (; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    sum += value * value;
  }
  return sum;
}

/** Σ x² over n numbers, in float64. */
function wideSumOfSquares(x: usize, n: i32): f64 {
  let even = f64x2.splat(0);
  let odd = even;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const value = v128.load(x + (i << 2));
    const a = low(value);
    const b = high(value);
    even = f64x2.add(even, f64x2.mul(a, a));
    odd = f64x2.add(odd, f64x2.mul(b, b));
  }
  let sum = sumLanes64(f64x2.add(even, odd));
  for (; i < n; i++) {
    const value = <f64>load<f32>(x + (i << 2));
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
  return isSafe(sum / <f64>n, LEAST_SQUARE) ? sum : wideSumOfSquares(x, n);
}

/** Root mean square of n numbers. */
export function rms(out: usize, x: usize, n: i32): void {
  store<f32>(out, <f32>sqrt<f64>(sumOfSquares(x, n) / <f64>n));
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
function storeMoments(out: usize, n: i32, sum: f64, square: f64, fourth: f64, top: f32): void {
  const count = <f64>n;
  store<f32>(out, <f32>sqrt<f64>(square / count));
  store<f32>(out, <f32>(sum / count), 4);
  store<f32>(out, top, 8);
  store<f32>(out, <f32>((fourth * count) / (square * square)), 12);
}

/** Neuron kurtosis from Σ s_j² and Σ s_j⁴ of the features, and the token cosine. */
// @ts-ignore: decorator
@inline
function storeTokenMoments(out: usize, T: i32, D: i32, sum: f64, squares: f64, cosine: f64): void {
  store<f32>(out, <f32>((squares * <f64>D) / (sum * sum)));
  // One token has no other: what rounding leaves over 0 would be an infinity.
  store<f32>(out, T > 1 ? <f32>cosine : <f32>NaN, 4);
}

// @ts-ignore: decorator
@inline
function largestLane(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/* What `addUp` has found of one stretch. */
let stretchSum: f32 = 0;
let stretchSquare: f32 = 0;
let stretchFourth: f32 = 0;
let stretchTop: f32 = 0;

/** Σ x, Σ x², Σ x⁴ and the largest |x| of n numbers, in float32. */
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
    tops = f32x4.pmax(tops, f32x4.abs(a));
    tops2 = f32x4.pmax(tops2, f32x4.abs(b));
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
  stretchTop = largestLane(f32x4.pmax(tops, tops2));
  for (; i < n; i++) {
    const value = load<f32>(x + (i << 2));
    const square = value * value;
    stretchSum += value;
    stretchSquare += square;
    stretchFourth += square * square;
    stretchTop = max<f32>(stretchTop, abs<f32>(value));
  }
  // pmax passes over what is not a number; a sum of squares is none only because of such.
  if (stretchSquare != stretchSquare) stretchTop = NaN;
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
  if (isSafe(fourth / <f64>n, LEAST_FOURTH)) storeMoments(out, n, sum, square, fourth, top);
  else wideMoments(out, x, n);
}

/**
 * Moments of x: [B, T, D], and its neuron kurtosis and token cosine: [6]. scratch: 16·D bytes.
 * Σ_{i≠j} cos(x_i, x_j) = ‖Σ_i x_i/‖x_i‖‖² − T
 */
export function tokenMoments(out: usize, x: usize, B: i32, T: i32, D: i32, scratch: usize): void {
  scratch = own(scratch);
  const features = scratch;
  const together = scratch + (D << 2);
  memory.fill(features, 0, D << 2);
  let sum: f64 = 0;
  let square: f64 = 0;
  let fourth: f64 = 0;
  let top: f32 = 0;
  let least: f32 = Infinity;
  let cosine: f64 = 0;
  let row = x;
  for (let b = 0; b < B; b++) {
    memory.fill(together, 0, D << 2);
    for (let t = 0; t < T; t++) {
      addUp(row, D);
      sum += <f64>stretchSum;
      square += <f64>stretchSquare;
      fourth += <f64>stretchFourth;
      top = max<f32>(top, stretchTop);
      least = min<f32>(least, stretchSquare);
      const inverse: f32 = 1 / sqrt<f32>(stretchSquare);
      const factor = splat(inverse);
      let j = 0;
      for (; j + 4 <= D; j += 4) {
        const value = v128.load(row + (j << 2));
        const f = features + (j << 2);
        const g = together + (j << 2);
        v128.store(f, madd(value, value, v128.load(f)));
        v128.store(g, madd(value, factor, v128.load(g)));
      }
      for (; j < D; j++) {
        const value = load<f32>(row + (j << 2));
        const f = features + (j << 2);
        const g = together + (j << 2);
        store<f32>(f, load<f32>(f) + value * value);
        store<f32>(g, load<f32>(g) + value * inverse);
      }
      row += D << 2;
    }
    cosine += (<f64>shortSumOfSquares(together, D) - <f64>T) / <f64>(T * (T - 1)) / <f64>B;
  }
  const n = B * T * D;
  if (!isSafe(fourth / <f64>n, LEAST_FOURTH) || <f64>least < LEAST_SQUARE) {
    wideMoments(out, x, n);
    wideTokenMoments(out + 16, x, B, T, D, scratch);
    return;
  }
  storeMoments(out, n, sum, square, fourth, top);
  let total: f64 = 0;
  let squares: f64 = 0;
  for (let j = 0; j < D; j++) {
    const value = <f64>load<f32>(features + (j << 2));
    total += value;
    squares += value * value;
  }
  storeTokenMoments(out + 16, T, D, total, squares, cosine);
}

/** The same in float64. */
function wideMoments(out: usize, x: usize, n: i32): void {
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

/** Neuron kurtosis and token cosine in float64. */
function wideTokenMoments(out: usize, x: usize, B: i32, T: i32, D: i32, scratch: usize): void {
  const features = scratch;
  const together = scratch + (D << 3);
  memory.fill(features, 0, D << 3);
  let cosine: f64 = 0;
  for (let b = 0; b < B; b++) {
    memory.fill(together, 0, D << 3);
    for (let t = 0; t < T; t++) {
      const length = sqrt<f64>(wideSumOfSquares(x, D));
      const inverse = f64x2.splat(1 / length);
      let j = 0;
      for (; j + 2 <= D; j += 2) {
        const value = low(v128.load64_zero(x + (j << 2)));
        const f = features + (j << 3);
        const g = together + (j << 3);
        v128.store(f, f64x2.add(v128.load(f), f64x2.mul(value, value)));
        v128.store(g, f64x2.add(v128.load(g), f64x2.mul(value, inverse)));
      }
      for (; j < D; j++) {
        const value = <f64>load<f32>(x + (j << 2));
        const f = features + (j << 3);
        const g = together + (j << 3);
        store<f64>(f, load<f64>(f) + value * value);
        store<f64>(g, load<f64>(g) + value / length);
      }
      x += D << 2;
    }
    let squared: f64 = 0;
    for (let j = 0; j < D; j++) {
      const value = load<f64>(together + (j << 3));
      squared += value * value;
    }
    cosine += (squared - <f64>T) / <f64>(T * (T - 1)) / <f64>B;
  }
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let j = 0; j < D; j++) {
    const value = load<f64>(features + (j << 3));
    sum += value;
    squares += value * value;
  }
  storeTokenMoments(out, T, D, sum, squares, cosine);
}
