import {
  isSafe,
  LEAST_FOURTH,
  LEAST_SQUARE,
  shortSumOfSquares,
  storeMoments,
  STRETCH,
  wideMoments,
} from './moments';
import { own } from './share';
import {
  clear,
  exp2of,
  firstLanes,
  high,
  largestLane,
  LN2,
  log1,
  low,
  madd,
  splat,
  sumLanes64,
  sumSquares64,
  sumsOfLanes,
} from './simd';

/** Tokens of which the lengths are computed before all else; four divides it. */
const TOGETHER: i32 = 16;

/** Neuron kurtosis from Σ s_j² and Σ s_j⁴ of the features, and the token cosine. */
// @ts-ignore: decorator
@inline
function storeTokenMoments(out: usize, T: i32, D: i32, sum: f64, squares: f64, cosine: f64): void {
  store<f32>(out, <f32>((squares * <f64>D) / (sum * sum)));
  // One token has no other: what rounding leaves over 0 would be an infinity.
  store<f32>(out, T > 1 ? <f32>cosine : <f32>NaN, 4);
}

/**
 * RMS of tokens, from Σ log₂ ‖x_t‖² of so many tokens that are not of zeros, and from Σ ‖x_t‖² of the first
 * positions and of the others: the geometric mean, and the root mean squares.
 */
// @ts-ignore: decorator
@inline
function storeSizes(out: usize, B: i32, T: i32, D: i32, logs: f64, tokens: i32, first: f64, rest: f64): void {
  store<f32>(out, <f32>(exp2of(logs / <f64>tokens / 2) / sqrt<f64>(<f64>D)));
  store<f32>(out, <f32>sqrt<f64>(first / <f64>(B * D)), 4);
  store<f32>(out, <f32>sqrt<f64>(rest / <f64>(B * (T - 1) * D)), 8);
}

/** A row of D numbers in whole vectors: itself, or copied to where zeros follow. */
// @ts-ignore: decorator
@inline
function whole(row: usize, D: i32, room: usize): usize {
  if (!(D & 3)) return row;
  memory.copy(room, row, D << 2);
  return room;
}

/** Row i of the four from `first` on, of which so many are left: whole, or zeros. */
// @ts-ignore: decorator
@inline
function rowOf(first: usize, i: i32, left: i32, D: i32, copies: usize, zeros: usize): usize {
  if (i >= left) return zeros;
  return whole(first + ((<usize>i * D) << 2), D, copies + ((<usize>i * ((D + 3) & ~3)) << 2));
}

/** The squared lengths of four rows of D numbers, in float32; four divides D. */
// @ts-ignore: decorator
@inline
function squaredLengths(a: usize, b: usize, c: usize, d: usize, D: i32): v128 {
  let ofA = splat(0);
  let ofB = ofA;
  let ofC = ofA;
  let ofD = ofA;
  for (let j = 0; j < D; j += 4) {
    const at = <usize>j << 2;
    const x = v128.load(a + at);
    const y = v128.load(b + at);
    const z = v128.load(c + at);
    const w = v128.load(d + at);
    ofA = madd(x, x, ofA);
    ofB = madd(y, y, ofB);
    ofC = madd(z, z, ofC);
    ofD = madd(w, w, ofD);
  }
  return sumsOfLanes(ofA, ofB, ofC, ofD);
}

/* Sums by `addColumns` since they were set back. */
let columnSums = f64x2.splat(0);
let columnFourths = f64x2.splat(0);
let columnTops = splat(0);

/**
 * Columns of four rows of D numbers, as above: x² is added to `features` and x·factor to `together`, [D] each;
 * Σ x, Σ x⁴ and the largest x² to the above, in float32 over a stretch. NaN is passed over by the last.
 */
// @ts-ignore: decorator
@inline
function addColumns(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  D: i32,
  factors: v128,
  features: usize,
  together: usize,
): void {
  const ofA = splat(f32x4.extract_lane(factors, 0));
  const ofB = splat(f32x4.extract_lane(factors, 1));
  const ofC = splat(f32x4.extract_lane(factors, 2));
  const ofD = splat(f32x4.extract_lane(factors, 3));
  for (let from = 0; from < D; from += STRETCH / 4) {
    const until = min(from + STRETCH / 4, D);
    let sums = splat(0);
    let fourths = sums;
    let fourths2 = sums;
    let largest = sums;
    for (let j = from; j < until; j += 4) {
      const at = <usize>j << 2;
      let x = v128.load(a + at);
      let y = v128.load(b + at);
      let z = v128.load(c + at);
      let w = v128.load(d + at);
      const sum = f32x4.add(f32x4.add(x, y), f32x4.add(z, w));
      sums = f32x4.add(sums, sum);
      let toward = madd(x, ofA, v128.load(together + at));
      toward = madd(y, ofB, toward);
      toward = madd(z, ofC, toward);
      v128.store(together + at, madd(w, ofD, toward));
      x = f32x4.mul(x, x);
      y = f32x4.mul(y, y);
      z = f32x4.mul(z, z);
      w = f32x4.mul(w, w);
      largest = f32x4.pmax(largest, f32x4.pmax(f32x4.pmax(x, y), f32x4.pmax(z, w)));
      const squares = f32x4.add(f32x4.add(x, y), f32x4.add(z, w));
      v128.store(features + at, f32x4.add(v128.load(features + at), squares));
      fourths = madd(y, y, madd(x, x, fourths));
      fourths2 = madd(w, w, madd(z, z, fourths2));
    }
    fourths = f32x4.add(fourths, fourths2);
    columnSums = f64x2.add(columnSums, f64x2.add(low(sums), high(sums)));
    columnFourths = f64x2.add(columnFourths, f64x2.add(low(fourths), high(fourths)));
    columnTops = f32x4.pmax(columnTops, largest);
  }
}

/**
 * Moments of x: [B, T, D], and those of its tokens, as `TOKEN_MOMENTS` has them: [9]. scratch: 28·D + 148 bytes.
 * Σ_{i≠j} cos(x_i, x_j) = ‖Σ_i x_i/‖x_i‖‖² − T
 *
 * Four tokens at a time, so that what is kept for each feature is read and written once for them. The lengths of
 * sixteen come first, as a token's part in the cosine waits for its length.
 */
export function tokenMoments(out: usize, x: usize, B: i32, T: i32, D: i32, scratch: usize): void {
  scratch = own(scratch);
  const width = (D + 3) & ~3;
  const room = width << 2;
  const features = scratch;
  const together = features + room;
  /** Stands for the tokens that four have more than are left. */
  const zeros = together + room;
  const copies = zeros + room;
  const inverses = copies + 4 * room;
  clear(scratch, 7 * width);
  columnSums = f64x2.splat(0);
  columnFourths = f64x2.splat(0);
  columnTops = splat(0);
  let rest = f64x2.splat(0);
  let first: f64 = 0;
  let least = splat(Infinity);
  let cosine: f64 = 0;
  // Squared lengths multiplied up, as a mantissa between 1 and 2 and the sum of exponents.
  let mantissas = splat(1);
  let exponents = i32x4.splat(0);
  const all = x;
  const bytes = <usize>D << 2;
  for (let b = 0; b < B; b++) {
    if (b > 0) clear(together, width);
    for (let t = 0; t < T; t += TOGETHER) {
      const until = min(t + TOGETHER, T);
      for (let u = t; u < until; u += 4) {
        const left = T - u;
        const row = x + (<usize>u * bytes);
        const lengths = squaredLengths(
          rowOf(row, 0, left, D, copies, zeros),
          rowOf(row, 1, left, D, copies, zeros),
          rowOf(row, 2, left, D, copies, zeros),
          rowOf(row, 3, left, D, copies, zeros),
          width,
        );
        let others = lengths;
        if (u == 0) {
          first += <f64>f32x4.extract_lane(lengths, 0);
          others = f32x4.replace_lane(lengths, 0, 0);
        }
        rest = f64x2.add(rest, f64x2.add(low(others), high(others)));
        const present = firstLanes(left);
        const product = f32x4.mul(mantissas, v128.bitselect(lengths, splat(1), present));
        exponents = i32x4.add(exponents, i32x4.sub(i32x4.shr_u(product, 23), i32x4.splat(127)));
        mantissas = v128.or(v128.and(product, i32x4.splat(0x7fffff)), splat(1));
        least = f32x4.pmin(least, v128.bitselect(lengths, splat(Infinity), present));
        const inverse = f32x4.div(splat(1), f32x4.sqrt(lengths));
        v128.store(inverses + (<usize>(u - t) << 2), v128.and(inverse, present));
      }
      for (let u = t; u < until; u += 4) {
        const left = T - u;
        const row = x + (<usize>u * bytes);
        addColumns(
          rowOf(row, 0, left, D, copies, zeros),
          rowOf(row, 1, left, D, copies, zeros),
          rowOf(row, 2, left, D, copies, zeros),
          rowOf(row, 3, left, D, copies, zeros),
          width,
          v128.load(inverses + (<usize>(u - t) << 2)),
          features,
          together,
        );
      }
    }
    x += <usize>T * bytes;
    cosine += (<f64>shortSumOfSquares(together, D) - <f64>T) / <f64>(T * (T - 1)) / <f64>B;
  }
  const n = B * T * D;
  const fourths = sumLanes64(columnFourths);
  const smallest = <f64>-largestLane(f32x4.neg(least));
  // Without a number among the first tokens and the others, nothing is a number.
  if (isNaN<f64>(first) && isNaN<f64>(sumLanes64(rest))) {
    for (let i = 0; i < 9; i++) store<f32>(out + (i << 2), NaN);
    return;
  }
  // A fourth power that is not a number, or infinite, leads there too.
  if (!isSafe(fourths / <f64>n, LEAST_FOURTH) || smallest < LEAST_SQUARE) {
    wideMoments(out, all, n);
    wideTokenMoments(out + 16, all, B, T, D, scratch);
    return;
  }
  const others = sumLanes64(rest);
  const top = sqrt<f32>(largestLane(columnTops));
  storeMoments(out, n, sumLanes64(columnSums), first + others, fourths, top);
  let total: f64 = 0;
  let ofSquares: f64 = 0;
  for (let j = 0; j < D; j++) {
    const value = <f64>load<f32>(features + (j << 2));
    total += value;
    ofSquares += value * value;
  }
  storeTokenMoments(out + 16, T, D, total, ofSquares, cosine);
  const halves = f64x2.mul(low(mantissas), high(mantissas));
  const mantissa = f64x2.extract_lane(halves, 0) * f64x2.extract_lane(halves, 1);
  const exponent = sumLanes64(
    f64x2.add(
      f64x2.convert_low_i32x4_s(exponents),
      f64x2.convert_low_i32x4_s(i64x2.shuffle(exponents, exponents, 1, 0)),
    ),
  );
  storeSizes(out + 24, B, T, D, exponent + log1(mantissa) / LN2, B * T, first, others);
}

/** The moments of tokens in float64. */
function wideTokenMoments(out: usize, x: usize, B: i32, T: i32, D: i32, scratch: usize): void {
  const features = scratch;
  const together = scratch + (D << 3);
  memory.fill(features, 0, D << 3);
  let cosine: f64 = 0;
  let first: f64 = 0;
  let rest: f64 = 0;
  let logs: f64 = 0;
  let tokens = 0;
  for (let b = 0; b < B; b++) {
    memory.fill(together, 0, D << 3);
    for (let t = 0; t < T; t++) {
      const square = sumSquares64(x, D);
      if (t == 0) first += square;
      else rest += square;
      if (square != 0) {
        logs += log1(square) / LN2;
        tokens++;
      }
      const length = sqrt<f64>(square);
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
  storeSizes(out + 8, B, T, D, logs, tokens, first, rest);
}
