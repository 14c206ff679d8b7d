/*
 * Four float32 at a time. Polynomials were fitted here (least squares, reweighted until the largest error
 * was even); their errors are those seen in float32 against float64.
 */

/** a·b + c; one rounding where the module was built for relaxed SIMD, two where not. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function sumLanes64(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** The first two lanes as float64. */
// @ts-ignore: decorator
@inline
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two lanes as float64. */
// @ts-ignore: decorator
@inline
export function high(x: v128): v128 {
  return low(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
}

/** Σ a b over n numbers. */
export function dot(a: usize, b: usize, n: i32): f32 {
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    lanes = madd(v128.load(a + at), v128.load(b + at), lanes);
  }
  let rest: f32 = 0;
  for (; i < n; i++) rest += load<f32>(a + (<usize>i << 2)) * load<f32>(b + (<usize>i << 2));
  return sumLanes(lanes) + rest;
}

/** Σ x² over n numbers, in float64: squares of float32 neither overflow nor vanish there. */
export function sumSquares64(x: usize, n: i32): f64 {
  let lanes = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const pair = low(v128.load64_zero(x + (<usize>i << 2)));
    lanes = f64x2.add(lanes, f64x2.mul(pair, pair));
  }
  let sum = sumLanes64(lanes);
  if (i < n) {
    const last = <f64>load<f32>(x + (<usize>i << 2));
    sum += last * last;
  }
  return sum;
}

/** The sums of four vectors' lanes, one in each lane. */
// @ts-ignore: decorator
@inline
export function sumsOfLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(evens(a, b), odds(a, b));
  const cd = f32x4.add(evens(c, d), odds(c, d));
  return f32x4.add(evens(ab, cd), odds(ab, cd));
}

/** Lanes 0 and 2 of either. */
// @ts-ignore: decorator
@inline
function evens(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

/** Lanes 1 and 3 of either. */
// @ts-ignore: decorator
@inline
function odds(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

/** The first n lanes are set; all from n = 4 on. */
// @ts-ignore: decorator
@inline
export function firstLanes(n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n));
}

/** Stores four numbers, or as many as are left. */
// @ts-ignore: decorator
@inline
export function put(to: usize, x: v128, left: i32): void {
  if (left >= 4) {
    v128.store(to, x);
    return;
  }
  if (left > 0) store<f32>(to, f32x4.extract_lane(x, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** y = x · factor over n numbers; y may be x. */
export function times(y: usize, x: usize, factor: f32, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    put(y + at, f32x4.mul(v128.load(x + at), splat(factor)), n - i);
  }
}

/** n zeros. For the rest of a row: memory.fill is a call out of the module, which takes as long as 100 of them. */
export function clear(to: usize, n: i32): void {
  const zero = splat(0);
  for (; n >= 4; n -= 4) {
    v128.store(to, zero);
    to += 16;
  }
  put(to, zero, n);
}

/**
 * The largest of n numbers; NaN where one is. It reads whole vectors of four. (max of wasm keeps a NaN by itself, which
 * takes eight instructions and four times as long.)
 */
export function largestOf(x: usize, n: i32): f32 {
  let a = splat(-Infinity);
  let b = a;
  let c = a;
  let d = a;
  let none = splat(0);
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    const at = x + (i << 2);
    const p = v128.load(at);
    const q = v128.load(at, 16);
    const r = v128.load(at, 32);
    const s = v128.load(at, 48);
    a = f32x4.pmax(a, p);
    b = f32x4.pmax(b, q);
    c = f32x4.pmax(c, r);
    d = f32x4.pmax(d, s);
    const first = v128.or(f32x4.ne(p, p), f32x4.ne(q, q));
    none = v128.or(none, v128.or(first, v128.or(f32x4.ne(r, r), f32x4.ne(s, s))));
  }
  for (; i < n; i += 4) {
    const p = v128.bitselect(v128.load(x + (i << 2)), a, firstLanes(n - i));
    a = f32x4.pmax(a, p);
    none = v128.or(none, f32x4.ne(p, p));
  }
  if (v128.any_true(none)) return NaN;
  return largestLane(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
}

/** None may be NaN. */
// @ts-ignore: decorator
@inline
export function largestLane(x: v128): f32 {
  const pairs = f32x4.pmax(x, i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const all = f32x4.pmax(
    pairs,
    i8x16.shuffle(pairs, pairs, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11),
  );
  return f32x4.extract_lane(all, 0);
}

/** The first of n numbers that is x; −1 where none is. */
export function placeOf(x: f32, numbers: usize, n: i32): i32 {
  const wanted = splat(x);
  for (let i = 0; i < n; i += 4) {
    const found = i32x4.bitmask(f32x4.eq(v128.load(numbers + (i << 2)), wanted));
    if (found) {
      const place = i + ctz(found);
      return place < n ? place : -1;
    }
  }
  return -1;
}

/** e^x, to 2e-7 of it; 0 below −87.33, where float32 has no normal number. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const low = f32x4.splat(-87.33);
  const clamped = f32x4.pmax(x, low);
  // Added to 1.5 · 2²³, x/ln 2 is rounded, and stands in the last bits; no power is above 2¹²⁷.
  const shift = f32x4.splat(12582912);
  const most = f32x4.splat(12582912 + 127);
  const shifted = f32x4.pmin(madd(clamped, f32x4.splat(1.44269504), shift), most);
  const n = f32x4.sub(shifted, shift);
  // ln 2 in two parts, so that the first product is exact.
  let r = madd(n, f32x4.splat(-0.693359375), clamped);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = madd(r, f32x4.splat(1.3811663e-3), f32x4.splat(8.370135e-3));
  p = madd(p, r, f32x4.splat(4.1668527e-2));
  p = madd(p, r, f32x4.splat(1.6666509e-1));
  p = madd(p, r, f32x4.splat(0.49999994));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  const y = f32x4.mul(p, power);
  return v128.andnot(y, f32x4.lt(x, low));
}

// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** tanh x = x P(x²)/Q(x²), to 4e-7 of it. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const c = f32x4.pmax(f32x4.pmin(x, f32x4.splat(9)), f32x4.splat(-9));
  const z = f32x4.mul(c, c);
  let p = madd(z, f32x4.splat(1.335424e-8), f32x4.splat(2.0608772e-5));
  p = madd(p, z, f32x4.splat(3.495569e-3));
  p = madd(p, z, f32x4.splat(0.1338101));
  p = madd(p, z, f32x4.splat(1));
  let q = madd(z, f32x4.splat(7.776384e-7), f32x4.splat(3.285604e-4));
  q = madd(q, z, f32x4.splat(2.587691e-2));
  q = madd(q, z, f32x4.splat(0.46714327));
  q = madd(q, z, f32x4.splat(1));
  const y = f32x4.div(f32x4.mul(c, p), q);
  return f32x4.pmax(f32x4.pmin(y, f32x4.splat(1)), f32x4.splat(-1));
}

// @ts-ignore: decorator
@inline
export function tanh1(x: f32): f32 {
  return f32x4.extract_lane(tanh4(f32x4.splat(x)), 0);
}

/** erf x = x P(x²)/Q(x²), to 4e-7 of it. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const c = f32x4.pmax(f32x4.pmin(x, f32x4.splat(4)), f32x4.splat(-4));
  const z = f32x4.mul(c, c);
  let p = madd(z, f32x4.splat(1.9867587e-6), f32x4.splat(2.845622e-4));
  p = madd(p, z, f32x4.splat(3.88329e-3));
  p = madd(p, z, f32x4.splat(5.3101577e-2));
  p = madd(p, z, f32x4.splat(0.19354418));
  p = madd(p, z, f32x4.splat(1.1283791));
  let q = madd(z, f32x4.splat(3.741973e-5), f32x4.splat(1.1855533e-3));
  q = madd(q, z, f32x4.splat(1.5207147e-2));
  q = madd(q, z, f32x4.splat(0.11534959));
  q = madd(q, z, f32x4.splat(0.50485665));
  q = madd(q, z, f32x4.splat(1));
  const y = f32x4.div(f32x4.mul(c, p), q);
  return f32x4.pmax(f32x4.pmin(y, f32x4.splat(1)), f32x4.splat(-1));
}

/** The smaller tail Φ(−|x|) from e^(−x²/2): a polynomial of t = 1/(1 + 0.26|x|) times that. */
// @ts-ignore: decorator
@inline
export function normalTail4(x: v128, gauss: v128): v128 {
  const t = f32x4.div(f32x4.splat(1), madd(f32x4.abs(x), f32x4.splat(0.26), f32x4.splat(1)));
  let p = madd(t, f32x4.splat(0.030504787), f32x4.splat(-0.15282838));
  p = madd(p, t, f32x4.splat(0.25149044));
  p = madd(p, t, f32x4.splat(-0.15094809));
  p = madd(p, t, f32x4.splat(0.16094731));
  p = madd(p, t, f32x4.splat(0.051027898));
  p = madd(p, t, f32x4.splat(0.103030205));
  p = madd(p, t, f32x4.splat(0.10301676));
  p = madd(p, t, f32x4.splat(0.10375906));
  return f32x4.mul(f32x4.mul(p, t), gauss);
}

export const LN2: f64 = 0.6931471805599453;

/** ln x for normal x > 0, ∞ and NaN: the exponent, and 2 artanh((m − 1)/(m + 1)) of what is left of it. */
export function log1(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  // ∞ and NaN have all bits of the exponent.
  if (((bits >> 52) & 0x7ff) == 0x7ff) return x;
  let exponent = <i32>((bits >> 52) & 0x7ff) - 1023;
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p: f64 = 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1;
  return <f64>exponent * LN2 + 2 * s * p;
}

/** 2^x, to 2e-7 of it; ∞ and NaN stay what they are. */
export function exp2of(x: f64): f64 {
  if (!(abs<f64>(x) < 1000)) return x > 0 ? Infinity : x < 0 ? 0 : x;
  const whole = nearest<f64>(x);
  const power = reinterpret<f64>((<i64>whole + 1023) << 52);
  return <f64>exp1(<f32>((x - whole) * LN2)) * power;
}

/** ln(1 + x) for x ≥ 0, exact for small x too (Kahan's quotient). */
// @ts-ignore: decorator
@inline
export function log1p(x: f64): f64 {
  const u = 1 + x;
  return u == 1 ? x : log1(u) * (x / (u - 1));
}
