import { ALL, FROM_ROW, product, UP_TO_ROW } from './product';
import {
  castsOperands,
  countFrom,
  infinitiesSoFar,
  rounded,
  roundedAgain,
  roundedAgain1,
  stage,
  stored,
  storedAgain,
  zerosSoFar,
} from './rounding';
import { isMine, own } from './share';
import {
  clear,
  exp4,
  firstLanes,
  largestOf,
  madd,
  placeOf,
  put,
  splat,
  sumLanes,
  tanh4,
} from './simd';

/** p = softmax(s) over the first n of T numbers, 0 on the rest. */
function softmaxRow(p: usize, s: usize, n: i32, T: i32): void {
  const origin = splat(largestOf(s, n));
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const e = exp4(f32x4.sub(v128.load(s + (i << 2)), origin));
    v128.store(p + (i << 2), e);
    lanes = f32x4.add(lanes, e);
  }
  if (i < n) {
    const e = exp4(f32x4.sub(v128.load(s + (i << 2)), origin));
    put(p + (i << 2), e, T - i);
    lanes = f32x4.add(lanes, v128.and(e, firstLanes(n - i)));
  }
  const scale = splat(1 / sumLanes(lanes));
  for (i = 0; i < n; i += 4) {
    put(p + (i << 2), rounded(f32x4.mul(v128.load(p + (i << 2)), scale), n - i), T - i);
  }
  clear(p + (n << 2), T - n);
}

/** s = cap · tanh(s/cap) + penalty, over n numbers; cap 0 is none, penalty 0 is none. */
function capped(s: usize, n: i32, cap: f32, penalty: usize): void {
  const most = splat(cap);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    let value = v128.load(s + at);
    if (cap != 0) {
      const bent = rounded(tanh4(rounded(f32x4.div(value, most), n - i)), n - i);
      value = rounded(f32x4.mul(most, bent), n - i);
    }
    if (penalty) value = rounded(f32x4.add(value, v128.load(penalty + at)), n - i);
    put(s + at, value, n - i);
  }
}

/** Rows of a head, [T, d] at ld, times a factor, as an operand of a product: [T, d], side by side. */
function queries(to: usize, x: usize, ld: usize, T: i32, d: i32, factor: f32, counts: bool): void {
  const factors = splat(factor);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < d; i += 4) {
      const value = f32x4.mul(v128.load(x + (<usize>i << 2)), factors);
      put(to + (<usize>i << 2), counts ? stored(value, d - i) : storedAgain(value), d - i);
    }
    to += <usize>d << 2;
    x += ld;
  }
}

/** A square of attention as an operand of a product: itself, or cast to `to`. */
function squareOperand(to: usize, x: usize, n: i32, counts: bool): usize {
  if (!castsOperands()) return x;
  for (let i = 0; i < n; i += 4) {
    const value = v128.load(x + (<usize>i << 2));
    put(to + (<usize>i << 2), counts ? stored(value, n - i) : storedAgain(value), n - i);
  }
  return to;
}

/**
 * Multi-head attention. q, k, v, mixed: [B, T, H · d], scores, pattern: [B, H, T, T], penalty: [H, T, T] or
 * 0. scores = cap(scale · q kᵀ) + penalty of all pairs; pattern is its softmax over what may be read. `operands` is
 * scratch for queries and a square, [T, d] and [T, T], where products round.
 */
export function attention(
  mixed: usize,
  scores: usize,
  pattern: usize,
  q: usize,
  k: usize,
  v: usize,
  penalty: usize,
  B: i32,
  T: i32,
  H: i32,
  d: i32,
  scale: f32,
  cap: f32,
  causal: bool,
  scratch: usize,
  operands: usize,
): void {
  // Constants of a formula are numbers of the format, too.
  scale = roundedAgain1(scale);
  cap = roundedAgain1(cap);
  const ld = (<usize>(H * d)) << 2;
  const square = T * T;
  scratch = own(scratch);
  operands = own(operands);
  const squareAt = operands + (<usize>(T * d) << 2);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      if (!isMine(b * H + h, B * H)) continue;
      const at = <usize>b * T * ld + ((h * d) << 2);
      const s = scores + (((b * H + h) * square) << 2);
      const p = pattern + (((b * H + h) * square) << 2);
      if (ROUNDS) {
        stage(0);
        queries(operands, q + at, ld, T, d, scale, true);
        const row = <usize>d << 2;
        product(s, T << 2, operands, row, 4, k + at, ld, true, T, T, d, ALL, 1, 0, false, scratch);
      } else {
        product(s, T << 2, q + at, ld, 4, k + at, ld, true, T, T, d, ALL, scale, 0, false, scratch);
      }
      if (cap != 0 || penalty) {
        capped(s, square, cap, penalty ? penalty + ((h * square) << 2) : 0);
      }
      stage(1);
      for (let i = 0; i < T; i++) {
        const row = (<usize>(i * T)) << 2;
        softmaxRow(p + row, s + row, causal ? i + 1 : T, T);
      }
      const needed = causal ? UP_TO_ROW : ALL;
      stage(2);
      product(
        mixed + at,
        ld,
        squareOperand(squareAt, p, square, true),
        T << 2,
        4,
        v + at,
        ld,
        false,
        T,
        d,
        T,
        needed,
        1,
        0,
        false,
        scratch,
      );
    }
  }
}

/**
 * ds_j = p_j (dp_j − Σ_k p_k dp_k) over n numbers, 0 on the rest of T. dp is measured from its value at the
 * largest p: the same result, but where one key has nearly everything the plain form is all rounding.
 */
function softmaxGradientRow(ds: usize, dp: usize, p: usize, n: i32, T: i32): void {
  const top = max(placeOf(largestOf(p, n), p, n), 0);
  const origin = v128.load_splat<f32>(dp + (top << 2));
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    lanes = madd(v128.load(p + (i << 2)), f32x4.sub(v128.load(dp + (i << 2)), origin), lanes);
  }
  if (i < n) {
    const last = f32x4.mul(v128.load(p + (i << 2)), f32x4.sub(v128.load(dp + (i << 2)), origin));
    lanes = f32x4.add(lanes, v128.and(last, firstLanes(n - i)));
  }
  const centre = splat(sumLanes(lanes));
  for (i = 0; i < n; i += 4) {
    const from = f32x4.sub(f32x4.sub(v128.load(dp + (i << 2)), origin), centre);
    put(ds + (i << 2), rounded(f32x4.mul(v128.load(p + (i << 2)), from), n - i), T - i);
  }
  clear(ds + (n << 2), T - n);
}

/** Stages in the order in which gradients arrive where they are measured. */
const OF_PATTERN: i32 = 0;
const OF_SCORES: i32 = 1;
const OF_V: i32 = 2;
const OF_K: i32 = 3;
const OF_Q: i32 = 4;

/**
 * Gradients of `attention` with respect to q, k, v, and on the way to pattern and scores. `raw` is scratch for
 * [T, T]: the gradient before the cap.
 */
export function attentionGradient(
  dq: usize,
  dk: usize,
  dv: usize,
  dscores: usize,
  dpattern: usize,
  dmixed: usize,
  q: usize,
  k: usize,
  v: usize,
  scores: usize,
  pattern: usize,
  penalty: usize,
  B: i32,
  T: i32,
  H: i32,
  d: i32,
  scale: f32,
  cap: f32,
  causal: bool,
  scratch: usize,
  raw: usize,
  operands: usize,
): void {
  // Constants of a formula are numbers of the format, too.
  scale = roundedAgain1(scale);
  cap = roundedAgain1(cap);
  const ld = (<usize>(H * d)) << 2;
  const square = T * T;
  const upTo = causal ? UP_TO_ROW : ALL;
  const from = causal ? FROM_ROW : ALL;
  scratch = own(scratch);
  raw = own(raw);
  operands = own(operands);
  const squareAt = operands + (<usize>(T * d) << 2);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      if (!isMine(b * H + h, B * H)) continue;
      const at = <usize>b * T * ld + ((h * d) << 2);
      const matrix = (<usize>((b * H + h) * square)) << 2;
      const p = pattern + matrix;
      const dp = dpattern + matrix;
      let ds = dscores + matrix;
      const row = T << 2;
      stage(OF_PATTERN);
      product(dp, row, dmixed + at, ld, 4, v + at, ld, true, T, T, d, ALL, 1, 0, false, scratch);
      stage(OF_V);
      const weights = squareOperand(squareAt, p, square, false);
      product(dv + at, ld, weights, 4, row, dmixed + at, ld, false, T, d, T, from, 1, 0, false, scratch);
      stage(OF_SCORES);
      for (let i = 0; i < T; i++) {
        const o = (<usize>(i * T)) << 2;
        softmaxGradientRow(ds + o, dp + o, p + o, causal ? i + 1 : T, T);
      }
      stage(OF_Q);
      if (cap != 0) {
        const bias = penalty ? penalty + ((h * square) << 2) : 0;
        const most = splat(cap);
        if (ROUNDS) {
          // Rounded scores do not tell what they were before the cap.
          const zeros = zerosSoFar();
          const infinities = infinitiesSoFar();
          queries(operands, q + at, ld, T, d, scale, false);
          product(raw, row, operands, d << 2, 4, k + at, ld, true, T, T, d, ALL, 1, 0, false, scratch);
          countFrom(zeros, infinities);
        }
        for (let i = 0; i < square; i += 4) {
          const o = (<usize>i) << 2;
          const left = square - i;
          let t: v128;
          if (ROUNDS) t = roundedAgain(tanh4(roundedAgain(f32x4.div(v128.load(raw + o), most))));
          else {
            t = v128.load(scores + matrix + o);
            if (bias) t = f32x4.sub(t, v128.load(bias + o));
            t = f32x4.div(t, most);
          }
          const slope = rounded(f32x4.sub(splat(1), rounded(f32x4.mul(t, t), left)), left);
          put(raw + o, rounded(f32x4.mul(v128.load(ds + o), slope), left), left);
        }
        ds = raw;
      }
      ds = squareOperand(squareAt, ds, square, true);
      product(dq + at, ld, ds, row, 4, k + at, ld, false, T, d, T, upTo, scale, 0, false, scratch);
      stage(OF_K);
      if (ROUNDS) {
        queries(operands, q + at, ld, T, d, scale, false);
        const narrow = <usize>d << 2;
        product(dk + at, ld, ds, 4, row, operands, narrow, false, T, d, T, from, 1, 0, false, scratch);
      } else {
        product(dk + at, ld, ds, 4, row, q + at, ld, false, T, d, T, from, scale, 0, false, scratch);
      }
    }
  }
}
