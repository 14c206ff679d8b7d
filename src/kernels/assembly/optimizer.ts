import { begin, end } from './share';
import { firstLanes, put, splat } from './simd';

/**
 * One Adam update of a vector of n numbers (Kingma, Ba 2015, algorithm 1), in one walk through memory: the new moments;
 * delta = −lr · (m̂/(√v̂ + ε) + decay·θ·decays), the last part only with `decoupled`; without it the decay
 * is added to the gradient; and θ + delta. changes: for each
 * stretch of so many numbers 1 where a θ of them is another afterwards, or NaN, else 0. lr and the corrections are addresses;
 * rest is 1 − β, of which float32 would lose digits. Results may lie where θ, m and v do; at 0 they are not stored.
 */
export function adam(
  thetaNext: usize,
  mNext: usize,
  vNext: usize,
  delta: usize,
  changes: usize,
  theta: usize,
  g: usize,
  m: usize,
  v: usize,
  decays: usize,
  n: i32,
  stretch: i32,
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
  const down = splat(-load<f32>(rate));
  const tiny = splat(eps);
  const b1 = splat(beta1);
  const b2 = splat(beta2);
  const r1 = splat(rest1);
  const r2 = splat(rest2);
  const c1 = splat(1 / load<f32>(correction1));
  const c2 = splat(1 / sqrt<f32>(load<f32>(correction2)));
  const until = end(n, stretch);
  for (let first = begin(n, stretch); first < until; first += stretch) {
    const last = min(first + stretch, until);
    let changed = splat(0);
    for (let i = first; i < last; i += 4) {
      const at = <usize>i << 2;
      const old = v128.load(theta + at);
      let gradient = v128.load(g + at);
      // Without a decay one vector need not come from memory.
      let pull = splat(0);
      if (decay != 0) pull = f32x4.mul(f32x4.mul(old, v128.load(decays + at)), splat(decay));
      if (decay != 0 && !decoupled) gradient = f32x4.add(gradient, pull);
      const mean = f32x4.add(f32x4.mul(v128.load(m + at), b1), f32x4.mul(gradient, r1));
      const square = f32x4.add(
        f32x4.mul(v128.load(v + at), b2),
        f32x4.mul(f32x4.mul(gradient, r2), gradient),
      );
      const root = f32x4.add(f32x4.mul(f32x4.sqrt(square), c2), tiny);
      let direction = f32x4.div(f32x4.mul(mean, c1), root);
      if (decay != 0 && decoupled) direction = f32x4.add(direction, pull);
      const step = f32x4.mul(direction, down);
      const next = f32x4.add(old, step);
      const left = n - i;
      const other = f32x4.ne(old, next);
      changed = v128.or(changed, left < 4 ? v128.and(other, firstLanes(left)) : other);
      if (thetaNext) put(thetaNext + at, next, left);
      if (mNext) put(mNext + at, mean, left);
      if (vNext) put(vNext + at, square, left);
      if (delta) put(delta + at, step, left);
    }
    if (changes) store<f32>(changes + (<usize>(first / stretch) << 2), v128.any_true(changed) ? 1 : 0);
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
