import { begin, end } from './share';
import { put } from './simd';

const ADD: i32 = 0;
const MULTIPLY: i32 = 1;
const DIVIDE: i32 = 2;

// @ts-ignore: decorator
@inline
function combined(a: v128, b: v128, kind: i32): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == MULTIPLY) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

/** Over n numbers; of b the first one alone with `single`. out may be one of them. */
// @ts-ignore: decorator
@inline
function combine(out: usize, a: usize, b: usize, n: i32, single: bool, kind: i32): void {
  const one = v128.load_splat<f32>(b);
  const from = begin(n, 8);
  const byte = <usize>from << 2;
  n = end(n, 8) - from;
  out += byte;
  a += byte;
  b += byte;
  for (; n >= 8; n -= 8) {
    const first = combined(v128.load(a), single ? one : v128.load(b), kind);
    const second = combined(v128.load(a, 16), single ? one : v128.load(b, 16), kind);
    v128.store(out, first);
    v128.store(out, second, 16);
    out += 32;
    a += 32;
    b += 32;
  }
  for (; n > 0; n -= 4) {
    put(out, combined(v128.load(a), single ? one : v128.load(b), kind), n);
    out += 16;
    a += 16;
    b += 16;
  }
}

/** out = a + b over n numbers; with `single`, b is one number. */
export function add(out: usize, a: usize, b: usize, n: i32, single: bool): void {
  combine(out, a, b, n, single, ADD);
}

/** out = a · b, as above. */
export function multiply(out: usize, a: usize, b: usize, n: i32, single: bool): void {
  combine(out, a, b, n, single, MULTIPLY);
}

/** out = a / b, as above. */
export function divide(out: usize, a: usize, b: usize, n: i32, single: bool): void {
  combine(out, a, b, n, single, DIVIDE);
}
