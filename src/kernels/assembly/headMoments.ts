import { isMine, own } from './share';
import {
  firstLanes,
  largestLane,
  largestOf,
  log1,
  log1p,
  madd,
  splat,
  sumLanes,
  sumsOfLanes,
} from './simd';

/**
 * Entropy, largest score, first-token share and distance of each head: [4, H], means over the batch (of the
 * largest score the largest), over the keys that a row sees. scores, pattern: [B, H, T, T].
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
  const matrix = (<usize>(T * T)) << 2;
  const lowest = splat(-1e4);
  const zero = splat(0);
  const four = splat(4);
  for (let h = 0; h < H; h++) {
    if (!isMine(h, H)) continue;
    let entropy: f64 = 0;
    let sink: f64 = 0;
    let distance: f64 = 0;
    let highest: f32 = -Infinity;
    for (let i = 0; i < T; i++) {
      const keys = causal ? i + 1 : T;
      const wholes = keys & ~3;
      const within = firstLanes(keys - wholes);
      // Of all sequences together: one logarithm instead of B.
      let partition: f64 = 1;
      let along: f64 = 0;
      let weighted = zero;
      let places = zero;
      // Two sequences at a time, as each waits for its own sums; of an odd one the other is left out.
      for (let b = 0; b < B; b += 2) {
        const row = <usize>(b * H + h) * matrix + ((<usize>(i * T)) << 2);
        const isPair = b + 1 < B;
        const apart = isPair ? <usize>H * matrix : 0;
        const other = i32x4.splat(isPair ? -1 : 0);
        const sA = scores + row;
        const sB = sA + apart;
        const pA = pattern + row;
        const pB = pA + apart;
        let topsA = splat(-Infinity);
        let topsB = topsA;
        for (let j = 0; j < wholes; j += 4) {
          topsA = f32x4.pmax(topsA, v128.load(sA + (j << 2)));
          topsB = f32x4.pmax(topsB, v128.load(sB + (j << 2)));
        }
        const last = wholes << 2;
        topsA = f32x4.pmax(topsA, v128.bitselect(v128.load(sA + last), topsA, within));
        topsB = f32x4.pmax(topsB, v128.bitselect(v128.load(sB + last), topsB, within));
        const largestA = largestLane(topsA);
        const largestB = largestLane(topsB);
        highest = max(highest, max(largestA, largestB));
        const originA = splat(largestA);
        const originB = splat(largestB);
        let countsA = i32x4.splat(0);
        let countsB = countsA;
        let othersA = zero;
        let othersB = zero;
        let back = f32x4.sub(splat(<f32>i), f32x4(0, 1, 2, 3));
        for (let j = 0; j < wholes; j += 4) {
          const weightA = v128.load(pA + (j << 2));
          const weightB = v128.and(v128.load(pB + (j << 2)), other);
          // A difference of huge scores may be −∞, and 0·∞ is no number.
          const belowA = f32x4.pmax(f32x4.sub(v128.load(sA + (j << 2)), originA), lowest);
          const belowB = f32x4.pmax(f32x4.sub(v128.load(sB + (j << 2)), originB), lowest);
          const isTopA = f32x4.eq(belowA, zero);
          const isTopB = f32x4.eq(belowB, zero);
          countsA = i32x4.sub(countsA, isTopA);
          countsB = i32x4.sub(countsB, isTopB);
          othersA = f32x4.add(othersA, v128.andnot(weightA, isTopA));
          othersB = f32x4.add(othersB, v128.andnot(weightB, isTopB));
          weighted = madd(weightB, belowB, madd(weightA, belowA, weighted));
          places = madd(f32x4.add(weightA, weightB), back, places);
          back = f32x4.sub(back, four);
        }
        if (wholes < keys) {
          const weightA = v128.and(v128.load(pA + last), within);
          const weightB = v128.and(v128.load(pB + last), v128.and(within, other));
          const apartA = f32x4.pmax(f32x4.sub(v128.load(sA + last), originA), lowest);
          const apartB = f32x4.pmax(f32x4.sub(v128.load(sB + last), originB), lowest);
          const belowA = v128.bitselect(apartA, lowest, within);
          const belowB = v128.bitselect(apartB, lowest, within);
          const isTopA = f32x4.eq(belowA, zero);
          const isTopB = f32x4.eq(belowB, zero);
          countsA = i32x4.sub(countsA, isTopA);
          countsB = i32x4.sub(countsB, isTopB);
          othersA = f32x4.add(othersA, v128.andnot(weightA, isTopA));
          othersB = f32x4.add(othersB, v128.andnot(weightB, isTopB));
          weighted = madd(weightB, belowB, madd(weightA, belowA, weighted));
          places = madd(f32x4.add(weightA, weightB), back, places);
        }
        // Its logarithm is that of count · (1 + r/count); it stays far from the end of float64.
        const sums = sumsOfLanes(
          f32x4.convert_i32x4_s(countsA),
          othersA,
          f32x4.convert_i32x4_s(countsB),
          othersB,
        );
        let counts = <f64>f32x4.extract_lane(sums, 0);
        let tops = 1 - <f64>f32x4.extract_lane(sums, 1);
        if (isPair) {
          counts *= <f64>f32x4.extract_lane(sums, 2);
          tops *= 1 - <f64>f32x4.extract_lane(sums, 3);
        }
        partition *= counts / tops;
        if (partition > 1e200) {
          along += log1(partition);
          partition = 1;
        }
        if (i > 0) {
          sink += <f64>load<f32>(pA);
          if (isPair) sink += <f64>load<f32>(pB);
        }
      }
      distance += <f64>sumLanes(places);
      along += log1p(partition - 1) - <f64>sumLanes(weighted);
      // The largest above passes over what is not a number; then this is none either.
      if (along != along) {
        for (let b = 0; b < B; b++) {
          const row = <usize>(b * H + h) * matrix + ((<usize>(i * T)) << 2);
          highest = max(highest, largestOf(scores + row, keys));
        }
      }
      if (i > 0) entropy += along * load<f64>(scratch + (i << 3));
    }
    const rows = <f64>(B * (T - 1));
    store<f32>(out + (h << 2), <f32>(entropy / rows));
    store<f32>(out + ((H + h) << 2), highest);
    store<f32>(out + ((2 * H + h) << 2), <f32>(sink / rows));
    store<f32>(out + ((3 * H + h) << 2), <f32>(distance / <f64>(B * T)));
  }
}
