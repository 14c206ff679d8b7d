import { madd, put, splat, sumSquares64 } from './simd';

/** y = x/max(‖x‖, least) over n numbers. */
export function overNorm(y: usize, x: usize, n: i32, least: f32): void {
  const length = splat(max(<f32>sqrt<f64>(sumSquares64(x, n)), least));
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    put(y + at, f32x4.div(v128.load(x + at), length), n - i);
  }
}

/** y = a · x + b · z over n numbers; y may be one of them. */
export function blended(y: usize, x: usize, a: f32, z: usize, b: f32, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const rest = f32x4.mul(splat(b), v128.load(z + at));
    put(y + at, madd(splat(a), v128.load(x + at), rest), n - i);
  }
}
