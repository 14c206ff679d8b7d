import { high, low } from './simd';

/*
 * Norms of features over all tokens. Sums go over rows as they lie in memory, in float64: a batch has
 * thousands of tokens. Sums of D features are kept for whole vectors of four; what is read past the end of a
 * row is added to sums that nobody reads.
 */

/** Bytes of one float64 for each of D features. */
// @ts-ignore: decorator
@inline
function wide(D: i32): usize {
  return <usize>(((D + 3) & ~3) << 3);
}

/** Adds four float32 to four float64. */
// @ts-ignore: decorator
@inline
function addTo(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), low(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), high(x)), 16);
}

/** to: [D] = sums: [D] over N */
function means(to: usize, sums: usize, N: i32, D: i32): void {
  for (let j = 0; j < D; j++) {
    store<f32>(to + (j << 2), <f32>(load<f64>(sums + (j << 3)) / <f64>N));
  }
}

/** r: [D] = 1/√(variance + ε) */
function roots(r: usize, variance: usize, D: i32, eps: f32): void {
  for (let j = 0; j < D; j++) {
    store<f32>(r + (j << 2), 1 / sqrt<f32>(load<f32>(variance + (j << 2)) + eps));
  }
}

/**
 * Mean and variance of each feature, or the mean square where `mean` is 0. x: [N, D]; mean, variance: [D];
 * sums: memory for D float64.
 */
export function batchMoments(
  mean: usize,
  variance: usize,
  x: usize,
  N: i32,
  D: i32,
  sums: usize,
): void {
  if (mean) {
    memory.fill(sums, 0, wide(D));
    for (let row = 0, from = x; row < N; row++, from += D << 2) {
      for (let j = 0; j < D; j += 4) addTo(sums + (j << 3), v128.load(from + (j << 2)));
    }
    means(mean, sums, N, D);
  }
  memory.fill(sums, 0, wide(D));
  for (let row = 0, from = x; row < N; row++, from += D << 2) {
    for (let j = 0; j < D; j += 4) {
      const at = <usize>(j << 2);
      let d = v128.load(from + at);
      if (mean) d = f32x4.sub(d, v128.load(mean + at));
      addTo(sums + (j << 3), f32x4.mul(d, d));
    }
  }
  // Beyond float32 it is infinite, as on backends that add up in float32.
  for (let j = 0; j < D; j++) {
    const sum = sums + (j << 3);
    if (<f32>load<f64>(sum) == Infinity) store<f64>(sum, Infinity);
  }
  means(variance, sums, N, D);
}

/**
 * y = (x − mean)/√(variance + ε) · gain + bias. x, y: [N, D]; the others: [D]; mean and bias may be 0; r: memory
 * for D numbers.
 */
export function normBy(
  y: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gain: usize,
  bias: usize,
  N: i32,
  D: i32,
  eps: f32,
  r: usize,
): void {
  roots(r, variance, D, eps);
  for (let row = 0; row < N; row++) {
    let j = 0;
    for (; j + 4 <= D; j += 4) {
      const at = <usize>(j << 2);
      let value = v128.load(x + at);
      if (mean) value = f32x4.sub(value, v128.load(mean + at));
      value = f32x4.mul(f32x4.mul(value, v128.load(r + at)), v128.load(gain + at));
      if (bias) value = f32x4.add(value, v128.load(bias + at));
      v128.store(y + at, value);
    }
    for (; j < D; j++) {
      const at = <usize>(j << 2);
      let value = load<f32>(x + at);
      if (mean) value -= load<f32>(mean + at);
      value = value * load<f32>(r + at) * load<f32>(gain + at);
      if (bias) value += load<f32>(bias + at);
      store<f32>(y + at, value);
    }
    x += D << 2;
    y += D << 2;
  }
}

/**
 * Its gradients, where mean and variance are those of x: with x̂ = (x − mean) r,
 * dx = gain · r (dy − [mean dy] − x̂ · mean(dy x̂)), the means over tokens; dgain = Σ dy x̂; dbias = Σ dy, which
 * may be 0. scratch: memory for 2·D float64 and 4·D float32, each rounded up to vectors of four.
 */
export function batchNormGradient(
  dx: usize,
  dgain: usize,
  dbias: usize,
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gain: usize,
  N: i32,
  D: i32,
  eps: f32,
  scratch: usize,
): void {
  const sums = scratch;
  const alongs = sums + wide(D);
  const narrow = wide(D) >> 1;
  const r = alongs + wide(D);
  const scale = r + narrow;
  const less = scale + narrow;
  const share = less + narrow;
  memory.fill(sums, 0, 2 * wide(D));
  roots(r, variance, D, eps);
  for (let row = 0, to = dy, from = x; row < N; row++, to += D << 2, from += D << 2) {
    for (let j = 0; j < D; j += 4) {
      const at = <usize>(j << 2);
      const d = v128.load(to + at);
      let unit = v128.load(from + at);
      if (mean) unit = f32x4.sub(unit, v128.load(mean + at));
      unit = f32x4.mul(unit, v128.load(r + at));
      addTo(sums + (j << 3), d);
      addTo(alongs + (j << 3), f32x4.mul(d, unit));
    }
  }
  means(less, sums, N, D);
  means(share, alongs, N, D);
  means(dgain, alongs, 1, D);
  if (dbias) means(dbias, sums, 1, D);
  for (let j = 0; j < D; j++) {
    const at = <usize>(j << 2);
    store<f32>(scale + at, load<f32>(r + at) * load<f32>(gain + at));
  }
  for (let row = 0; row < N; row++) {
    let j = 0;
    for (; j + 4 <= D; j += 4) {
      const at = <usize>(j << 2);
      let d = v128.load(dy + at);
      let unit = v128.load(x + at);
      if (mean) {
        d = f32x4.sub(d, v128.load(less + at));
        unit = f32x4.sub(unit, v128.load(mean + at));
      }
      unit = f32x4.mul(unit, v128.load(r + at));
      d = f32x4.sub(d, f32x4.mul(unit, v128.load(share + at)));
      v128.store(dx + at, f32x4.mul(v128.load(scale + at), d));
    }
    for (; j < D; j++) {
      const at = <usize>(j << 2);
      let d = load<f32>(dy + at);
      let unit = load<f32>(x + at);
      if (mean) {
        d -= load<f32>(less + at);
        unit -= load<f32>(mean + at);
      }
      d -= unit * load<f32>(r + at) * load<f32>(share + at);
      store<f32>(dx + at, load<f32>(scale + at) * d);
    }
    x += D << 2;
    dy += D << 2;
    dx += D << 2;
  }
}
