import { begin, end } from './share';
import { firstLanes, put, splat } from './simd';

/**
 * One Adam update of a vector of n numbers (Kingma, Ba 2015, algorithm 1): the new moments, and
 * delta = −lr · (m̂/(√v̂ + ε) + decay·θ·decays), the last part only with `decoupled`; without it the decay
 * is added to the gradient. lr and the corrections are addresses; rest is 1 − β, of which float32 would lose
 * digits.
 */
export function adam(
  delta: usize,
  mNext: usize,
  vNext: usize,
  theta: usize,
  g: usize,
  m: usize,
  v: usize,
  decays: usize,
  n: i32,
  rate: usize,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  eps: f32,
  decay: f32,
  decoupled: bool,
  correction1: usize,
  correction2: usize,
): void {
  const lr = load<f32>(rate);
  const b1 = splat(beta1);
  const b2 = splat(beta2);
  const r1 = splat(rest1);
  const r2 = splat(rest2);
  const c1 = splat(1 / load<f32>(correction1));
  const c2 = splat(1 / sqrt<f32>(load<f32>(correction2)));
  const until = end(n, 4);
  for (let i = begin(n, 4); i < until; i += 4) {
    const at = <usize>i << 2;
    let gradient = v128.load(g + at);
    // Without a decay two vectors need not come from memory.
    let pull = splat(0);
    if (decay != 0) {
      pull = f32x4.mul(f32x4.mul(v128.load(theta + at), v128.load(decays + at)), splat(decay));
    }
    if (decay != 0 && !decoupled) gradient = f32x4.add(gradient, pull);
    const first = f32x4.add(f32x4.mul(v128.load(m + at), b1), f32x4.mul(gradient, r1));
    const second = f32x4.add(
      f32x4.mul(v128.load(v + at), b2),
      f32x4.mul(f32x4.mul(gradient, r2), gradient),
    );
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(second), c2), splat(eps));
    let direction = f32x4.div(f32x4.mul(first, c1), root);
    if (decay != 0 && decoupled) direction = f32x4.add(direction, pull);
    const step = f32x4.mul(direction, splat(-lr));
    put(mNext + at, first, n - i);
    put(vNext + at, second, n - i);
    put(delta + at, step, n - i);
  }
}

/** Stores 1 where a number of two vectors of n differs, or is NaN afterwards, else 0. */
export function changed(out: usize, before: usize, after: usize, n: i32): void {
  let seen: f32 = 0;
  for (let i = 0; i < n && seen == 0; i += 4) {
    const at = <usize>i << 2;
    const other = f32x4.ne(v128.load(before + at), v128.load(after + at));
    if (v128.any_true(v128.and(other, firstLanes(n - i)))) seen = 1;
  }
  store<f32>(out, seen);
}
