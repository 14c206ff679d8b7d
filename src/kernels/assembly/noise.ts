import { put } from './simd';

/** Wellons' finalizer of a hash; see ../operations/uniform.ts. */
// @ts-ignore: decorator
@inline
function mixed(x: u32): u32 {
  let h = (x ^ (x >> 16)) * 0x21f0aaad;
  h = (h ^ (h >> 15)) * 0x735a2d97;
  return h ^ (h >> 15);
}

// @ts-ignore: decorator
@inline
function mixed4(x: v128): v128 {
  let h = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x21f0aaad));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(h, i32x4.shr_u(h, 15));
}

/** Four uniform numbers of [0, 1) by their places. */
// @ts-ignore: decorator
@inline
function uniform4(places: v128, first: v128, second: v128): v128 {
  const bits = mixed4(v128.xor(mixed4(v128.xor(places, first)), second));
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(bits, 8)), f32x4.splat(5.9604644775390625e-8));
}

/**
 * y = x · (0 where a draw is below p, else kept) over n numbers, `together` of which, one after the other, go by one
 * draw. The seed is `name` and, in memory, the step.
 */
export function dropped(
  y: usize,
  x: usize,
  step: usize,
  n: i32,
  together: i32,
  p: f32,
  kept: f32,
  name: u32,
): void {
  const golden: u32 = 0x9e3779b9;
  const first = mixed(name + golden);
  const second = mixed((first ^ <u32>load<f32>(step)) + golden);
  const firsts = i32x4.splat(first);
  const seconds = i32x4.splat(second);
  const least = f32x4.splat(p);
  const factor = f32x4.splat(kept);
  if (together == 1) {
    for (let i = 0; i < n; i += 4) {
      const at = <usize>i << 2;
      const places = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
      const mask = v128.and(factor, f32x4.ge(uniform4(places, firsts, seconds), least));
      put(y + at, f32x4.mul(v128.load(x + at), mask), n - i);
    }
    return;
  }
  for (let i = 0; i < n; i += together) {
    const places = i32x4.splat(i / together);
    const mask = v128.and(factor, f32x4.ge(uniform4(places, firsts, seconds), least));
    for (let j = 0; j < together; j += 4) {
      const at = <usize>(i + j) << 2;
      put(y + at, f32x4.mul(v128.load(x + at), mask), together - j);
    }
  }
}
