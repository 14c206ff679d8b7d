import { ALL, FROM_ROW, product, UP_TO_ROW } from './product';
import { isMine, own } from './share';
import { exp1, exp4, log1, log1p, madd, splat, sumLanes, tanh1 } from './simd';

/** The largest of n numbers; NaN where one is. */
function largestOf(x: usize, n: i32): f32 {
  let lanes = splat(-Infinity);
  let i = 0;
  // max of wasm keeps a NaN.
  for (; i + 4 <= n; i += 4) lanes = f32x4.max(lanes, v128.load(x + (i << 2)));
  let largest = max<f32>(
    max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
  for (; i < n; i++) largest = max<f32>(largest, load<f32>(x + (i << 2)));
  return largest;
}

/** p = softmax(s) over the first n of T numbers, 0 on the rest. */
function softmaxRow(p: usize, s: usize, n: i32, T: i32): void {
  const largest = largestOf(s, n);
  const origin = splat(largest);
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const e = exp4(f32x4.sub(v128.load(s + (i << 2)), origin));
    v128.store(p + (i << 2), e);
    lanes = f32x4.add(lanes, e);
  }
  let sum = sumLanes(lanes);
  for (; i < n; i++) {
    const e = exp1(load<f32>(s + (i << 2)) - largest);
    store<f32>(p + (i << 2), e);
    sum += e;
  }
  const factor: f32 = 1 / sum;
  const scale = splat(factor);
  i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(p + (i << 2), f32x4.mul(v128.load(p + (i << 2)), scale));
  }
  for (; i < n; i++) store<f32>(p + (i << 2), load<f32>(p + (i << 2)) * factor);
  memory.fill(p + (n << 2), 0, (T - n) << 2);
}

/** s = cap · tanh(s/cap) + penalty, over n numbers; cap 0 is none, penalty 0 is none. */
function capped(s: usize, n: i32, cap: f32, penalty: usize): void {
  for (let i = 0; i < n; i++) {
    const at = s + (i << 2);
    let value = load<f32>(at);
    if (cap != 0) value = cap * tanh1(value / cap);
    if (penalty) value += load<f32>(penalty + (i << 2));
    store<f32>(at, value);
  }
}

/**
 * Multi-head attention. q, k, v, mixed: [B, T, H · d], scores, pattern: [B, H, T, T], penalty: [H, T, T] or
 * 0. scores = cap(scale · q kᵀ) + penalty of all pairs; pattern is its softmax over what may be read.
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
): void {
  const ld = (<usize>(H * d)) << 2;
  const square = T * T;
  scratch = own(scratch);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      if (!isMine(b * H + h, B * H)) continue;
      const at = <usize>b * T * ld + ((h * d) << 2);
      const s = scores + (((b * H + h) * square) << 2);
      const p = pattern + (((b * H + h) * square) << 2);
      product(s, T << 2, q + at, ld, 4, k + at, ld, true, T, T, d, ALL, scale, 0, false, scratch);
      if (cap != 0 || penalty) {
        capped(s, square, cap, penalty ? penalty + ((h * square) << 2) : 0);
      }
      for (let i = 0; i < T; i++) {
        const row = (<usize>(i * T)) << 2;
        softmaxRow(p + row, s + row, causal ? i + 1 : T, T);
      }
      const needed = causal ? UP_TO_ROW : ALL;
      product(
        mixed + at,
        ld,
        p,
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
  let top = 0;
  for (let i = 1; i < n; i++) if (load<f32>(p + (i << 2)) > load<f32>(p + (top << 2))) top = i;
  const first = load<f32>(dp + (top << 2));
  const origin = splat(first);
  let lanes = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    lanes = madd(v128.load(p + (i << 2)), f32x4.sub(v128.load(dp + (i << 2)), origin), lanes);
  }
  let mean = sumLanes(lanes);
  for (; i < n; i++) mean += load<f32>(p + (i << 2)) * (load<f32>(dp + (i << 2)) - first);
  const centre = splat(mean);
  i = 0;
  for (; i + 4 <= n; i += 4) {
    const from = f32x4.sub(f32x4.sub(v128.load(dp + (i << 2)), origin), centre);
    v128.store(ds + (i << 2), f32x4.mul(v128.load(p + (i << 2)), from));
  }
  for (; i < n; i++) {
    const value = load<f32>(p + (i << 2)) * (load<f32>(dp + (i << 2)) - first - mean);
    store<f32>(ds + (i << 2), value);
  }
  memory.fill(ds + (n << 2), 0, (T - n) << 2);
}

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
): void {
  const ld = (<usize>(H * d)) << 2;
  const square = T * T;
  const upTo = causal ? UP_TO_ROW : ALL;
  const from = causal ? FROM_ROW : ALL;
  scratch = own(scratch);
  raw = own(raw);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      if (!isMine(b * H + h, B * H)) continue;
      const at = <usize>b * T * ld + ((h * d) << 2);
      const matrix = (<usize>((b * H + h) * square)) << 2;
      const p = pattern + matrix;
      const dp = dpattern + matrix;
      let ds = dscores + matrix;
      const row = T << 2;
      product(dp, row, dmixed + at, ld, 4, v + at, ld, true, T, T, d, ALL, 1, 0, false, scratch);
      product(dv + at, ld, p, 4, row, dmixed + at, ld, false, T, d, T, from, 1, 0, false, scratch);
      for (let i = 0; i < T; i++) {
        const o = (<usize>(i * T)) << 2;
        softmaxGradientRow(ds + o, dp + o, p + o, causal ? i + 1 : T, T);
      }
      if (cap != 0) {
        const bias = penalty ? penalty + ((h * square) << 2) : 0;
        for (let i = 0; i < square; i++) {
          const o = (<usize>i) << 2;
          let t = load<f32>(scores + matrix + o);
          if (bias) t -= load<f32>(bias + o);
          t /= cap;
          store<f32>(raw + o, load<f32>(ds + o) * (1 - t * t));
        }
        ds = raw;
      }
      product(dq + at, ld, ds, row, 4, k + at, ld, false, T, d, T, upTo, scale, 0, false, scratch);
      product(dk + at, ld, ds, 4, row, q + at, ld, false, T, d, T, from, scale, 0, false, scratch);
    }
  }
}

/**
 * Entropy, largest score, first-token share and distance of each head: [4, H], means over the batch (of the
 * largest score the largest). scores, pattern: [B, H, T, T].
 *
 * A row's entropy is ln Z − Σ_j A_ij (s_ij − max), with ln Z = ln c + ln(1 + r/c), c the number of largest
 * scores and r the sum of the other exponentials, so that r/c is what the other keys have over what the
 * largest have: exact also where one key has nearly everything. scratch: 8·T bytes.
 */
export function headMoments(
  out: usize,
  scores: usize,
  pattern: usize,
  B: i32,
  H: i32,
  T: i32,
  causal: bool,
  scratch: usize,
): void {
  scratch = own(scratch);
  // 1/ln of how many keys each row sees.
  for (let i = 1; i < T; i++) {
    store<f64>(scratch + (i << 3), 1 / log1(<f64>(causal ? i + 1 : T)));
  }
  for (let h = 0; h < H; h++) {
    if (!isMine(h, H)) continue;
    let entropy: f64 = 0;
    let sink: f64 = 0;
    let distance: f64 = 0;
    let highest: f32 = -Infinity;
    for (let i = 0; i < T; i++) {
      // Of all sequences together: one logarithm instead of B.
      let partition: f64 = 1;
      let along: f64 = 0;
      for (let b = 0; b < B; b++) {
        const row = (<usize>(((b * H + h) * T + i) * T)) << 2;
        const s = scores + row;
        const p = pattern + row;
        const all = largestOf(s, T);
        if (all > highest || all != all) highest = all;
        const keys = causal ? i + 1 : T;
        const largest = largestOf(s, keys);
        const origin = splat(largest);
        let counts = splat(0);
        let others = splat(0);
        let weights = splat(0);
        let places = splat(0);
        let place = f32x4(0, 1, 2, 3);
        let j = 0;
        for (; j + 4 <= keys; j += 4) {
          // A difference of huge scores may be −∞, and 0·∞ is no number.
          const apart = f32x4.sub(v128.load(s + (j << 2)), origin);
          const below = f32x4.pmax(apart, splat(-1e4));
          const weight = v128.load(p + (j << 2));
          const isTop = f32x4.eq(below, splat(0));
          counts = f32x4.add(counts, v128.and(isTop, splat(1)));
          others = f32x4.add(others, v128.andnot(weight, isTop));
          weights = f32x4.add(weights, v128.andnot(f32x4.mul(weight, below), isTop));
          places = madd(weight, f32x4.sub(splat(<f32>i), place), places);
          place = f32x4.add(place, splat(4));
        }
        let count = sumLanes(counts);
        let other = sumLanes(others);
        let weighted = sumLanes(weights);
        distance += <f64>sumLanes(places);
        for (; j < keys; j++) {
          const below = max<f32>(load<f32>(s + (j << 2)) - largest, -1e4);
          const weight = load<f32>(p + (j << 2));
          if (below == 0) count += 1;
          else {
            other += weight;
            weighted += weight * below;
          }
          distance += <f64>(weight * <f32>(i - j));
        }
        if (i > 0) {
          // Its logarithm is that of count · (1 + r/count); it stays far from the end of float64.
          partition *= <f64>count * (1 + <f64>other / (1 - <f64>other));
          if (partition > 1e200) {
            along += log1(partition);
            partition = 1;
          }
          along -= <f64>weighted;
          sink += <f64>load<f32>(p);
        }
      }
      if (i > 0) entropy += (along + log1p(partition - 1)) * load<f64>(scratch + (i << 3));
    }
    const rows = <f64>(B * (T - 1));
    store<f32>(out + (h << 2), <f32>(entropy / rows));
    store<f32>(out + ((H + h) << 2), highest);
    store<f32>(out + ((2 * H + h) << 2), <f32>(sink / rows));
    store<f32>(out + ((3 * H + h) << 2), <f32>(distance / <f64>(B * T)));
  }
}
