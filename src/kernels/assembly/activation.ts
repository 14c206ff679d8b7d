import { roundAll, rounded, rounded1, roundedAgain, roundedAgain1 } from './rounding';
import { begin, end } from './share';
import { erf4, exp4, madd, normalTail4, put, splat, tanh4 } from './simd';

/* The functions by their number; the order is that of ACTIVATIONS in ../operations/activation.ts. */
export const GELU: i32 = 0;
export const GELU_TANH: i32 = 1;
export const RELU: i32 = 2;
export const RELU2: i32 = 3;
const SILU: i32 = 4;

/** Φ(x) from its smaller tail. */
// @ts-ignore: decorator
@inline
function normalCdf(x: v128, gauss: v128): v128 {
  const tail = normalTail4(x, gauss);
  return v128.bitselect(tail, f32x4.sub(splat(1), tail), f32x4.lt(x, splat(0)));
}

// @ts-ignore: decorator
@inline
function gaussOf(x: v128): v128 {
  return exp4(f32x4.mul(splat(-0.5), f32x4.mul(x, x)));
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp4(f32x4.neg(x))));
}

/** ½(1 + tanh u) = σ(2u), which keeps its digits where tanh u nears −1; u = √(2/π)(x + 0.044715x³). */
// @ts-ignore: decorator
@inline
function tanhGate(x: v128): v128 {
  const cubic = madd(splat(0.044715), f32x4.mul(x, x), splat(1));
  return sigmoid(f32x4.mul(splat(2 * 0.7978845608), f32x4.mul(x, cubic)));
}

/**
 * The far end of either side, where no function changes any more: an infinity there, or a square that leaves
 * float32, would make 0·∞ of what is to be 0.
 */
const FAR: f32 = 128;

/** x, but not below the far end. NaN stays NaN. */
// @ts-ignore: decorator
@inline
function notBelow(x: v128, end: f32): v128 {
  return f32x4.pmax(x, splat(end));
}

// @ts-ignore: decorator
@inline
function near(x: v128): v128 {
  return f32x4.pmin(notBelow(x, -FAR), splat(FAR));
}

// @ts-ignore: decorator
@inline
function value(x: v128, kind: i32): v128 {
  if (kind == RELU) return notBelow(x, 0);
  if (kind == RELU2) {
    const positive = notBelow(x, 0);
    return f32x4.mul(positive, positive);
  }
  const c = near(x);
  const low = notBelow(x, -FAR);
  if (kind == GELU) return f32x4.mul(low, normalCdf(c, gaussOf(c)));
  if (kind == GELU_TANH) return f32x4.mul(low, tanhGate(c));
  return f32x4.mul(low, sigmoid(c));
}

// @ts-ignore: decorator
@inline
function slope(x: v128, kind: i32): v128 {
  if (kind == RELU) return v128.and(f32x4.gt(x, splat(0)), splat(1));
  if (kind == RELU2) return f32x4.mul(splat(2), notBelow(x, 0));
  const c = near(x);
  if (kind == GELU) {
    const gauss = gaussOf(c);
    return madd(f32x4.mul(c, splat(0.3989422804)), gauss, normalCdf(c, gauss));
  }
  if (kind == GELU_TANH) {
    const s = tanhGate(c);
    const rise = f32x4.mul(
      splat(2 * 0.7978845608),
      madd(splat(3 * 0.044715), f32x4.mul(c, c), splat(1)),
    );
    return f32x4.mul(s, madd(f32x4.mul(c, rise), f32x4.sub(splat(1), s), splat(1)));
  }
  const s = sigmoid(c);
  return f32x4.mul(s, madd(c, f32x4.sub(splat(1), s), splat(1)));
}

/*
 * Two vectors at a time, and a loop for each function: a constant of four lanes takes V8 three instructions
 * wherever it is used, and these functions have two dozen of them. The GELU took 206 µs for 65,536 numbers and takes
 * 117.
 */

// @ts-ignore: decorator
@inline
function valueTimes(x: usize, factor: usize, kind: i32): v128 {
  const y = value(v128.load(x), kind);
  return factor ? f32x4.mul(y, v128.load(factor)) : y;
}

// @ts-ignore: decorator
@inline
function values(h: usize, x: usize, factor: usize, n: i32, kind: i32): void {
  for (; n >= 8; n -= 8) {
    const first = valueTimes(x, factor, kind);
    const second = valueTimes(x + 16, factor ? factor + 16 : 0, kind);
    v128.store(h, first);
    v128.store(h, second, 16);
    h += 32;
    x += 32;
    if (factor) factor += 32;
  }
  for (; n > 0; n -= 4) {
    put(h, valueTimes(x, factor, kind), n);
    h += 16;
    x += 16;
    if (factor) factor += 16;
  }
}

/**
 * h = f(x) ⊙ factor over n numbers; factor 0 is none. Buffers have room for whole vectors of four:
 * so do all tensors, as the heap allots 16 bytes at a time.
 */
export function activation(h: usize, x: usize, factor: usize, n: i32, kind: i32): void {
  const from = begin(n, 8);
  const byte = <usize>from << 2;
  n = end(n, 8) - from;
  h += byte;
  x += byte;
  if (factor) factor += byte;
  if (kind == GELU) values(h, x, factor, n, GELU);
  else if (kind == GELU_TANH) values(h, x, factor, n, GELU_TANH);
  else if (kind == RELU) values(h, x, factor, n, RELU);
  else if (kind == RELU2) values(h, x, factor, n, RELU2);
  else values(h, x, factor, n, SILU);
}

// @ts-ignore: decorator
@inline
function slopes(dx: usize, dh: usize, x: usize, n: i32, kind: i32): void {
  for (; n >= 8; n -= 8) {
    const first = f32x4.mul(v128.load(dh), slope(v128.load(x), kind));
    const second = f32x4.mul(v128.load(dh, 16), slope(v128.load(x, 16), kind));
    v128.store(dx, first);
    v128.store(dx, second, 16);
    dx += 32;
    dh += 32;
    x += 32;
  }
  for (; n > 0; n -= 4) {
    put(dx, f32x4.mul(v128.load(dh), slope(v128.load(x), kind)), n);
    dx += 16;
    dh += 16;
    x += 16;
  }
}

/** With a factor: both gradients of four numbers have f and f′ in common, whose constants they share. */
// @ts-ignore: decorator
@inline
function gatedSlopes(
  dx: usize,
  dfactor: usize,
  dh: usize,
  x: usize,
  factor: usize,
  n: i32,
  kind: i32,
): void {
  for (; n > 0; n -= 4) {
    const input = v128.load(x);
    const d = v128.load(dh);
    const g = f32x4.mul(f32x4.mul(d, slope(input, kind)), v128.load(factor));
    const gate = f32x4.mul(d, value(input, kind));
    put(dx, g, n);
    put(dfactor, gate, n);
    dx += 16;
    dfactor += 16;
    dh += 16;
    x += 16;
    factor += 16;
  }
}

// @ts-ignore: decorator
@inline
function gradients(
  dx: usize,
  dfactor: usize,
  dh: usize,
  x: usize,
  factor: usize,
  n: i32,
  kind: i32,
): void {
  if (factor) gatedSlopes(dx, dfactor, dh, x, factor, n, kind);
  else slopes(dx, dh, x, n, kind);
}

/** dx = dh ⊙ f′(x) [⊙ factor], and dfactor = dh ⊙ f(x) where there is a factor. */
export function activationGradient(
  dx: usize,
  dfactor: usize,
  dh: usize,
  x: usize,
  factor: usize,
  n: i32,
  kind: i32,
): void {
  const from = begin(n, 8);
  const byte = <usize>from << 2;
  n = end(n, 8) - from;
  dx += byte;
  dh += byte;
  x += byte;
  if (factor) {
    factor += byte;
    dfactor += byte;
  }
  if (kind == GELU) gradients(dx, dfactor, dh, x, factor, n, GELU);
  else if (kind == GELU_TANH) gradients(dx, dfactor, dh, x, factor, n, GELU_TANH);
  else if (kind == RELU) gradients(dx, dfactor, dh, x, factor, n, RELU);
  else if (kind == RELU2) gradients(dx, dfactor, dh, x, factor, n, RELU2);
  else gradients(dx, dfactor, dh, x, factor, n, SILU);
}

/** αx + s of the first `left` numbers. */
// @ts-ignore: decorator
@inline
function argument(x: v128, a: v128, s: v128, shifts: bool, left: i32): v128 {
  if (!ROUNDS) return madd(x, a, s);
  const z = rounded(f32x4.mul(x, a), left);
  return shifts ? rounded(f32x4.add(z, s), left) : z;
}

/** The same of what was rounded before. */
// @ts-ignore: decorator
@inline
function argumentAgain(x: v128, a: v128, s: v128): v128 {
  if (!ROUNDS) return madd(x, a, s);
  return roundedAgain(f32x4.add(roundedAgain(f32x4.mul(x, a)), s));
}

/** t = tanh(αx + s), or erf of it, and y = t · gain + bias; s and bias may be 0. x, t, y: [N, D]. */
export function pointNorm(
  y: usize,
  t: usize,
  x: usize,
  gain: usize,
  bias: usize,
  N: i32,
  D: i32,
  alpha: usize,
  shift: usize,
  isErf: bool,
): void {
  const a = v128.load_splat<f32>(alpha);
  const s = shift ? v128.load_splat<f32>(shift) : splat(0);
  const n = N * D;
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const z = argument(v128.load(x + at), a, s, shift != 0, n - i);
    put(t + at, rounded(isErf ? erf4(z) : tanh4(z), n - i), n - i);
  }
  for (let row = 0; row < N; row++) {
    const from = <usize>(row * D) << 2;
    for (let j = 0; j < D; j += 4) {
      const at = <usize>j << 2;
      let value = rounded(f32x4.mul(v128.load(t + from + at), v128.load(gain + at)), D - j);
      if (bias) value = rounded(f32x4.add(value, v128.load(bias + at)), D - j);
      put(y + from + at, value, D - j);
    }
  }
}

/**
 * Gradients of `pointNorm`: of x; of gain and bias per feature; of α and s, [1] each: Σ g x and Σ g, with
 * g = dy · gain · f′.
 */
export function pointNormGradient(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dalpha: usize,
  dshift: usize,
  dy: usize,
  x: usize,
  t: usize,
  gain: usize,
  N: i32,
  D: i32,
  alpha: usize,
  shift: usize,
  isErf: bool,
): void {
  memory.fill(dgain, 0, D << 2);
  if (dbias) memory.fill(dbias, 0, D << 2);
  let alphas: f64 = 0;
  let shifts: f64 = 0;
  const a = v128.load_splat<f32>(alpha);
  const s = shift ? v128.load_splat<f32>(shift) : splat(0);
  for (let row = 0; row < N; row++) {
    const from = <usize>(row * D) << 2;
    for (let j = 0; j < D; j += 4) {
      const at = <usize>j << 2;
      const left = D - j;
      const d = v128.load(dy + from + at);
      const y = v128.load(t + from + at);
      const input = v128.load(x + from + at);
      let g = rounded(f32x4.mul(d, v128.load(gain + at)), left);
      if (isErf) {
        const z = argumentAgain(input, a, s);
        const bell = rounded(exp4(f32x4.neg(rounded(f32x4.mul(z, z), left))), left);
        g = rounded(f32x4.mul(g, rounded(f32x4.mul(splat(roundedAgain1(1.128379167)), bell), left)), left);
      } else {
        const slope = rounded(f32x4.sub(splat(1), rounded(f32x4.mul(y, y), left)), left);
        g = rounded(f32x4.mul(g, slope), left);
      }
      put(dx + from + at, rounded(f32x4.mul(g, a), left), left);
      const gains = v128.load(dgain + at);
      const ofGain = ROUNDS ? f32x4.add(gains, rounded(f32x4.mul(d, y), left)) : madd(d, y, gains);
      put(dgain + at, ofGain, left);
      if (dbias) put(dbias + at, f32x4.add(d, v128.load(dbias + at)), left);
      const along = rounded(f32x4.mul(g, input), left);
      for (let lane = 0; lane < 4 && lane < left; lane++) {
        alphas += <f64>laneOf(along, lane);
        shifts += <f64>laneOf(g, lane);
      }
    }
  }
  store<f32>(dalpha, rounded1(<f32>alphas));
  store<f32>(dshift, rounded1(<f32>shifts));
  if (!ROUNDS) return;
  roundAll(dgain, D);
  if (dbias) roundAll(dbias, D);
}

// @ts-ignore: decorator
@inline
function laneOf(x: v128, lane: i32): f32 {
  if (lane == 0) return f32x4.extract_lane(x, 0);
  if (lane == 1) return f32x4.extract_lane(x, 1);
  if (lane == 2) return f32x4.extract_lane(x, 2);
  return f32x4.extract_lane(x, 3);
}
