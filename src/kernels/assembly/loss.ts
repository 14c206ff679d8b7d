import { rms } from './moments';
import {
  exp1,
  exp4,
  firstLanes,
  largestOf,
  log1,
  log1p,
  madd,
  placeOf,
  put,
  splat,
  sumLanes,
} from './simd';

const BINS: i32 = 15;

/**
 * Mean of −ln p(target) over the counted tokens: loss [1], and its gradient (p − one-hot)/count: [N, V].
 * logits: [N, V]; targets: [N] int32, −1 is not counted.
 */
export function crossEntropy(
  loss: usize,
  gradient: usize,
  logits: usize,
  targets: usize,
  N: i32,
  V: i32,
): void {
  let count = 0;
  for (let n = 0; n < N; n++) if (load<i32>(targets + (n << 2)) >= 0) count++;
  let total: f64 = 0;
  for (let n = 0; n < N; n++) {
    const target = load<i32>(targets + (n << 2));
    const z = logits + ((<usize>(n * V)) << 2);
    const d = gradient + ((<usize>(n * V)) << 2);
    if (target < 0) {
      memory.fill(d, 0, V << 2);
      continue;
    }
    const largest = largestOf(z, V);
    const origin = splat(largest);
    let lanes = splat(0);
    let j = 0;
    for (; j + 4 <= V; j += 4) {
      const e = exp4(f32x4.sub(v128.load(z + (j << 2)), origin));
      v128.store(d + (j << 2), e);
      lanes = f32x4.add(lanes, e);
    }
    let sum = sumLanes(lanes);
    for (; j < V; j++) {
      const e = exp1(load<f32>(z + (j << 2)) - largest);
      store<f32>(d + (j << 2), e);
      sum += e;
    }
    // Finite also where the difference of two logits is not.
    const below = max<f32>(load<f32>(z + (target << 2)) - largest, -3e38);
    total += log1(<f64>sum) - <f64>below;
    const factor: f32 = 1 / (sum * <f32>count);
    const scale = splat(factor);
    for (j = 0; j < V; j += 4) put(d + (j << 2), f32x4.mul(v128.load(d + (j << 2)), scale), V - j);
    store<f32>(d + (target << 2), load<f32>(d + (target << 2)) - <f32>1 / <f32>count);
  }
  store<f32>(loss, <f32>(total / <f64>count));
}

/** The first of the largest of n numbers; where one is not a number, of those before it. */
function largestPlace(x: usize, n: i32, largest: f32): i32 {
  if (largest == largest) return placeOf(largest, x, n);
  let before = 0;
  while (load<f32>(x + (before << 2)) == load<f32>(x + (before << 2))) before++;
  return max(placeOf(largestOf(x, before), x, before), 0);
}

/**
 * RMS of the logits; and over the counted tokens the mean entropy of the softmax, how often the most likely
 * symbol is the target, and the expected calibration error: [4]. The entropy as in `headMoments`, the error
 * as in `stats/output.ts`. logits: [N, V]; targets: [N] int32, −1 is not counted; scratch: 8·15 bytes.
 */
export function outputMoments(
  out: usize,
  logits: usize,
  targets: usize,
  N: i32,
  V: i32,
  scratch: usize,
): void {
  rms(out, logits, N * V);
  memory.fill(scratch, 0, 8 * BINS);
  let counted = 0;
  let entropy: f64 = 0;
  let right = 0;
  for (let n = 0; n < N; n++) {
    const target = load<i32>(targets + (n << 2));
    if (target < 0) continue;
    counted++;
    const z = logits + ((<usize>(n * V)) << 2);
    const largest = largestOf(z, V);
    const origin = splat(largest);
    let counts = i32x4.splat(0);
    let others = splat(0);
    let weights = splat(0);
    for (let j = 0; j < V; j += 4) {
      // Below −1e4 an exponential is 0; a difference of huge logits may be −∞, and 0·∞ is no number.
      const apart = f32x4.pmax(f32x4.sub(v128.load(z + (j << 2)), origin), splat(-1e4));
      const below = v128.bitselect(apart, splat(-1e4), firstLanes(V - j));
      const isTop = f32x4.eq(below, splat(0));
      const e = v128.andnot(exp4(below), isTop);
      counts = i32x4.sub(counts, isTop);
      others = f32x4.add(others, e);
      weights = madd(e, below, weights);
    }
    const count = <f64>sumLanes(f32x4.convert_i32x4_s(counts));
    const rest = <f64>sumLanes(others);
    const total = count + rest;
    entropy += log1(count) + log1p(rest / count) - <f64>sumLanes(weights) / total;
    const isRight = largestPlace(z, V, largest) == target;
    if (isRight) right++;
    const confidence = <f32>(1 / total);
    // A value that is no number makes the error none, in any bin.
    const bin = confidence > 0 ? min<i32>(<i32>ceil<f32>(confidence * <f32>BINS), BINS) - 1 : 0;
    const gap = scratch + (bin << 3);
    store<f64>(gap, load<f64>(gap) + (isRight ? 1 : 0) - <f64>confidence);
  }
  let error: f64 = 0;
  for (let k = 0; k < BINS; k++) error += abs<f64>(load<f64>(scratch + (k << 3)));
  store<f32>(out, <f32>(entropy / <f64>counted), 4);
  store<f32>(out, <f32>(<f64>right / <f64>counted), 8);
  store<f32>(out, <f32>(error / <f64>counted), 12);
}
