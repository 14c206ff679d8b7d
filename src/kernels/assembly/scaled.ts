import { rounded, roundAll } from './rounding';
import { dot, madd, put, sumLanes, times } from './simd';

/** Features in groups, each times a number of the gain. x, y: [N, D]; gain: [G] */
export function scaled(y: usize, x: usize, gain: usize, N: i32, D: i32, G: i32): void {
  const rows = N * D;
  if (G == D) {
    for (let row = 0; row < rows; row += D) {
      for (let j = 0; j < D; j += 4) {
        const at = <usize>(row + j) << 2;
        put(y + at, f32x4.mul(v128.load(x + at), v128.load(gain + (<usize>j << 2))), D - j);
      }
    }
    return;
  }
  const width = D / G;
  for (let group = 0; group < N * G; group++) {
    const at = <usize>(group * width) << 2;
    times(y + at, x + at, load<f32>(gain + (<usize>(group % G) << 2)), width);
  }
}

/** sum + a·b of the first `left` numbers, of which the product is rounded. */
// @ts-ignore: decorator
@inline
function plusProduct(sum: v128, a: v128, b: v128, left: i32): v128 {
  if (!ROUNDS) return madd(a, b, sum);
  return f32x4.add(sum, rounded(f32x4.mul(a, b), left));
}

function sumOfProducts(a: usize, b: usize, n: i32): f32 {
  if (!ROUNDS) return dot(a, b, n);
  let lanes = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    lanes = plusProduct(lanes, v128.load(a + at), v128.load(b + at), n - i);
  }
  return sumLanes(lanes);
}

/** dx = dy ⊙ gain, and dgain = Σ dy ⊙ x over rows and the features of a group. */
export function scaledGradient(
  dx: usize,
  dgain: usize,
  dy: usize,
  x: usize,
  gain: usize,
  N: i32,
  D: i32,
  G: i32,
): void {
  scaled(dx, dy, gain, N, D, G);
  if (ROUNDS) roundAll(dx, N * D);
  memory.fill(dgain, 0, G << 2);
  const width = D / G;
  for (let row = 0; row < N; row++) {
    const from = <usize>(row * D) << 2;
    if (G == D) {
      for (let j = 0; j < D; j += 4) {
        const at = <usize>j << 2;
        const left = D - j;
        const along = plusProduct(v128.load(dgain + at), v128.load(dy + from + at), v128.load(x + from + at), left);
        put(dgain + at, along, D - j);
      }
    } else {
      for (let group = 0; group < G; group++) {
        const to = dgain + (<usize>group << 2);
        const start = from + (<usize>(group * width) << 2);
        store<f32>(to, load<f32>(to) + sumOfProducts(dy + start, x + start, width));
      }
    }
  }
  if (ROUNDS) roundAll(dgain, G);
}
