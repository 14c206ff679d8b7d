import { sumLanes64 } from './simd';

/** Σ x² over n numbers, in float64: squares of float32 neither overflow nor vanish there. */
function squares(x: usize, n: i32): f64 {
  let lanes = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(x + (<usize>i << 2)));
    lanes = f64x2.add(lanes, f64x2.mul(pair, pair));
  }
  let sum = sumLanes64(lanes);
  if (i < n) {
    const last = <f64>load<f32>(x + (<usize>i << 2));
    sum += last * last;
  }
  return sum;
}

/** Root mean squares of the tokens t ≡ 0, 1, … (mod modalities) apart. x: [B, T, D]; out: [modalities] */
export function modalityRms(out: usize, x: usize, B: i32, T: i32, D: i32, modalities: i32): void {
  for (let m = 0; m < modalities; m++) {
    let sum: f64 = 0;
    let count = 0;
    for (let b = 0; b < B; b++) {
      for (let t = m; t < T; t += modalities) {
        sum += squares(x + (<usize>((b * T + t) * D) << 2), D);
        count += D;
      }
    }
    store<f32>(out + (<usize>m << 2), <f32>sqrt<f64>(sum / <f64>count));
  }
}
