import {
  countFrom,
  infinitiesSoFar,
  firstIndex,
  indexOf,
  numberAt,
  rounded,
  roundedAgain1,
  tableEntries,
  zerosSoFar,
} from './rounding';
import { GELU, GELU_TANH, RELU, RELU2 } from './activation';
import { begin, end } from './share';
import { erf4, exp4, put, splat, tanh4 } from './simd';

/*
 * Activation functions where every operation rounds: the operations one after the other, in the order of
 * `operations/activation.ts`. A format has few numbers, so that a function of one is a table of them all, each with
 * what rounding loses on the way to its value.
 */

// @ts-ignore: decorator
@inline
function times(a: v128, b: v128): v128 {
  return rounded(f32x4.mul(a, b), 4);
}
// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return rounded(f32x4.add(a, b), 4);
}
/** A constant of a formula, as the format has it. */
// @ts-ignore: decorator
@inline
function constant(x: f32): v128 {
  return splat(roundedAgain1(x));
}

const FAR: f32 = 128;
// @ts-ignore: decorator
@inline
function above(x: v128): v128 {
  return f32x4.pmax(x, splat(-FAR));
}
// @ts-ignore: decorator
@inline
function near(x: v128): v128 {
  return f32x4.pmin(above(x), splat(FAR));
}
// @ts-ignore: decorator
@inline
function positive(x: v128): v128 {
  return f32x4.pmax(x, splat(0));
}

function normalCdf(x: v128): v128 {
  const e = rounded(erf4(times(x, constant(0.70710678118654752))), 4);
  return times(splat(0.5), plus(splat(1), e));
}

function normalDensity(x: v128): v128 {
  const e = rounded(exp4(times(splat(-0.5), times(x, x))), 4);
  return times(constant(0.3989422804014327), e);
}

function tanhArgument(x: v128): v128 {
  const cubic = plus(splat(1), times(constant(0.044715), times(x, x)));
  return rounded(tanh4(times(constant(0.7978845608028654), times(x, cubic))), 4);
}

function sigmoid(x: v128): v128 {
  return rounded(f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x)))), 4);
}

function value(x: v128, kind: i32): v128 {
  const c = near(x);
  if (kind == RELU) return positive(x);
  if (kind == RELU2) return times(positive(x), positive(x));
  if (kind == GELU) return times(above(x), normalCdf(c));
  if (kind == GELU_TANH) return times(times(splat(0.5), above(x)), plus(splat(1), tanhArgument(c)));
  return times(above(x), sigmoid(c));
}

function slope(x: v128, kind: i32): v128 {
  const c = near(x);
  const one = splat(1);
  if (kind == RELU) return v128.and(f32x4.gt(x, splat(0)), one);
  if (kind == RELU2) return times(splat(2), positive(x));
  if (kind == GELU) return plus(normalCdf(c), times(c, normalDensity(c)));
  if (kind == GELU_TANH) {
    const t = tanhArgument(c);
    const inner = plus(one, times(constant(3 * 0.044715), times(c, c)));
    const bend = times(times(splat(0.5), c), rounded(f32x4.sub(one, times(t, t)), 4));
    return plus(times(splat(0.5), plus(one, t)), times(bend, times(constant(0.7978845608028654), inner)));
  }
  const s = sigmoid(c);
  return times(s, plus(one, times(c, rounded(f32x4.sub(one, s), 4))));
}

/**
 * The function of this number, or its slope, of all numbers of the format, first those without a sign: value, and in
 * the lower and upper half of an i32 how many numbers became 0 and infinite.
 */
export function tabulate(table: usize, kind: i32, ofSlope: bool): void {
  const entries = tableEntries();
  const zeros = zerosSoFar();
  const infinities = infinitiesSoFar();
  for (let i = 0; i < 2 * entries; i++) {
    countFrom(i32x4.splat(0), i32x4.splat(0));
    const number = numberAt(i < entries ? i : i - entries);
    const x = splat(i < entries ? number : -number);
    const y = ofSlope ? slope(x, kind) : value(x, kind);
    store<f32>(table + (<usize>i << 3), f32x4.extract_lane(y, 0));
    const lost = i32x4.extract_lane(zerosSoFar(), 0) + (i32x4.extract_lane(infinitiesSoFar(), 0) << 16);
    store<i32>(table + (<usize>i << 3), lost, 4);
  }
  countFrom(zeros, infinities);
}

/** Numbers whose losses are added up in the halves of an i32: an entry has 14 at most. */
const TOGETHER: i32 = 4096;

/** y: the entries of n numbers; with `counts`, what they lost is counted. */
function lookUp(y: usize, table: usize, x: usize, n: i32, counts: bool): void {
  const first = firstIndex();
  const entries = tableEntries();
  for (let from = 0; from < n; from += TOGETHER) {
    const until = min(from + TOGETHER, n);
    let lost = 0;
    for (let i = from; i < until; i++) {
      const bits = load<i32>(x + (<usize>i << 2));
      const entry = table + (<usize>(indexOf(bits, first, entries) + (bits < 0 ? entries : 0)) << 3);
      store<i32>(y + (<usize>i << 2), load<i32>(entry));
      lost += load<i32>(entry, 4);
    }
    if (!counts || lost == 0) continue;
    countFrom(
      i32x4.add(zerosSoFar(), i32x4(lost & 0xffff, 0, 0, 0)),
      i32x4.add(infinitiesSoFar(), i32x4(lost >>> 16, 0, 0, 0)),
    );
  }
}

/** y = a ⊙ b over n numbers. */
function multiplied(y: usize, a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    put(y + at, rounded(f32x4.mul(v128.load(a + at), v128.load(b + at)), n - i), n - i);
  }
}

/** h = f(x) ⊙ factor over n numbers, by a table of f; factor 0 is none. */
export function tabled(h: usize, x: usize, factor: usize, n: i32, values: usize): void {
  const from = <usize>begin(n, 8) << 2;
  n = end(n, 8) - begin(n, 8);
  lookUp(h + from, values, x + from, n, true);
  if (factor) multiplied(h + from, h + from, factor + from, n);
}

/** dx = dh ⊙ f′(x), of dh ⊙ factor where there is one; and then dfactor = dh ⊙ f(x). Tables of f and f′. */
export function tabledGradient(
  dx: usize,
  dfactor: usize,
  dh: usize,
  x: usize,
  factor: usize,
  n: i32,
  values: usize,
  slopes: usize,
): void {
  const from = <usize>begin(n, 8) << 2;
  n = end(n, 8) - begin(n, 8);
  lookUp(dx + from, slopes, x + from, n, true);
  if (!factor) {
    multiplied(dx + from, dh + from, dx + from, n);
    return;
  }
  // dfactor holds dh ⊙ factor meanwhile.
  multiplied(dfactor + from, dh + from, factor + from, n);
  multiplied(dx + from, dfactor + from, dx + from, n);
  lookUp(dfactor + from, values, x + from, n, true);
  multiplied(dfactor + from, dh + from, dfactor + from, n);
}
