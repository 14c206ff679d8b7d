import { madd, put, splat, sumSquares64 } from './simd';

/** y = x/max(‖x‖, least) over n numbers; also where the length is no float32. */
export function overNorm(y: usize, x: usize, n: i32, least: f32): void {
  const length = max<f64>(sqrt<f64>(sumSquares64(x, n)), <f64>least);
  const share: f64 = length > 1e15 ? 2 ** -64 : 1;
  const divisor = splat(<f32>(length * share));
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    put(y + at, f32x4.div(f32x4.mul(v128.load(x + at), splat(<f32>share)), divisor), n - i);
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
