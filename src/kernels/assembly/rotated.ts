import { rounded, rounded1 } from './rounding';
import { madd } from './simd';

/** sum + a·b */
// @ts-ignore: decorator
@inline
function plusProduct(sum: v128, a: v128, b: v128): v128 {
  if (!ROUNDS) return madd(a, b, sum);
  return rounded(f32x4.add(rounded(f32x4.mul(a, b), 4), sum), 4);
}

/**
 * Features i and i + d/2 of each head turned by the angle of token and i, or back. x, y: [B, T, H, d];
 * cosines, sines: [T, d]
 */
export function rotated(
  y: usize,
  x: usize,
  cosines: usize,
  sines: usize,
  B: i32,
  T: i32,
  H: i32,
  d: i32,
  back: bool,
): void {
  const half = <usize>(d >> 1);
  const way: f32 = back ? -1 : 1;
  const ways = f32x4.splat(way);
  for (let row = 0; row < B * T; row++) {
    const angle = <usize>((row % T) * d) << 2;
    for (let head = 0; head < H; head++) {
      const first = <usize>((row * H + head) * d) << 2;
      const second = first + (half << 2);
      let i: usize = 0;
      for (; i + 4 <= half; i += 4) {
        const at = i << 2;
        const c = v128.load(cosines + angle + at);
        const s = f32x4.mul(ways, v128.load(sines + angle + at));
        const a = v128.load(x + first + at);
        const b = v128.load(x + second + at);
        const bs = f32x4.neg(rounded(f32x4.mul(b, s), 4));
        v128.store(y + first + at, plusProduct(bs, a, c));
        v128.store(y + second + at, plusProduct(rounded(f32x4.mul(a, s), 4), b, c));
      }
      for (; i < half; i++) {
        const at = i << 2;
        const c = load<f32>(cosines + angle + at);
        const s = way * load<f32>(sines + angle + at);
        const a = load<f32>(x + first + at);
        const b = load<f32>(x + second + at);
        store<f32>(y + first + at, rounded1(rounded1(a * c) - rounded1(b * s)));
        store<f32>(y + second + at, rounded1(rounded1(b * c) + rounded1(a * s)));
      }
    }
  }
}
