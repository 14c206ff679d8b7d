import { sumSquares64 } from './simd';

/** Root mean squares of the tokens t ≡ 0, 1, … (mod modalities) apart. x: [B, T, D]; out: [modalities] */
export function modalityRms(out: usize, x: usize, B: i32, T: i32, D: i32, modalities: i32): void {
  for (let m = 0; m < modalities; m++) {
    let sum: f64 = 0;
    let count = 0;
    for (let b = 0; b < B; b++) {
      for (let t = m; t < T; t += modalities) {
        sum += sumSquares64(x + (<usize>((b * T + t) * D) << 2), D);
        count += D;
      }
    }
    store<f32>(out + (<usize>m << 2), <f32>sqrt<f64>(sum / <f64>count));
  }
}
