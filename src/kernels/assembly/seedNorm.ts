import { madd, splat, sumLanes, tanh1 } from './simd';

/**
 * y = x · r · (t · alpha + gain) by rows, with r = 1/√(mean x² + ε) and t = tanh(x · beta). x, y: [N, D];
 * stats: [N, 2], t and r; gain, alpha, beta: [D].
 */
export function seedNorm(
  y: usize,
  stats: usize,
  x: usize,
  gain: usize,
  alpha: usize,
  beta: usize,
  N: i32,
  D: i32,
  eps: f32,
): void {
  for (let row = 0; row < N; row++) {
    let squares4 = splat(0);
    let dot4 = splat(0);
    let i = 0;
    for (; i + 4 <= D; i += 4) {
      const at = <usize>(i << 2);
      const value = v128.load(x + at);
      squares4 = madd(value, value, squares4);
      dot4 = madd(value, v128.load(beta + at), dot4);
    }
    let squares = sumLanes(squares4);
    let dot = sumLanes(dot4);
    for (; i < D; i++) {
      const at = <usize>(i << 2);
      const value = load<f32>(x + at);
      squares += value * value;
      dot += value * load<f32>(beta + at);
    }
    const t = tanh1(dot);
    const r: f32 = 1 / sqrt<f32>(squares / <f32>D + eps);
    store<f32>(stats, t);
    store<f32>(stats, r, 4);
    const scale = splat(r);
    const along = splat(t);
    i = 0;
    for (; i + 4 <= D; i += 4) {
      const at = <usize>(i << 2);
      const factor = madd(along, v128.load(alpha + at), v128.load(gain + at));
      v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), scale), factor));
    }
    for (; i < D; i++) {
      const at = <usize>(i << 2);
      store<f32>(y + at, load<f32>(x + at) * r * (t * load<f32>(alpha + at) + load<f32>(gain + at)));
    }
    x += D << 2;
    y += D << 2;
    stats += 8;
  }
}

/**
 * Its gradients, with u = x · r and dz = (1 − t²) Σ dy u alpha, the gradient of x · beta:
 * dx = r (g − u · mean(g u)) + dz · beta with g = dy (t · alpha + gain); dgain = Σ dy u; dalpha = Σ t dy u;
 * dbeta = Σ dz x.
 */
export function seedNormGradient(
  dx: usize,
  dgain: usize,
  dalpha: usize,
  dbeta: usize,
  dy: usize,
  x: usize,
  stats: usize,
  gain: usize,
  alpha: usize,
  beta: usize,
  N: i32,
  D: i32,
): void {
  memory.fill(dgain, 0, D << 2);
  memory.fill(dalpha, 0, D << 2);
  memory.fill(dbeta, 0, D << 2);
  for (let row = 0; row < N; row++) {
    const t = load<f32>(stats);
    const r = load<f32>(stats, 4);
    const scale = splat(r);
    const along = splat(t);
    let shares4 = splat(0);
    let inner4 = splat(0);
    let i = 0;
    for (; i + 4 <= D; i += 4) {
      const at = <usize>(i << 2);
      const d = v128.load(dy + at);
      const a = v128.load(alpha + at);
      const du = f32x4.mul(d, f32x4.mul(v128.load(x + at), scale));
      shares4 = madd(du, madd(along, a, v128.load(gain + at)), shares4);
      inner4 = madd(du, a, inner4);
      v128.store(dgain + at, f32x4.add(v128.load(dgain + at), du));
      v128.store(dalpha + at, madd(along, du, v128.load(dalpha + at)));
    }
    let share = sumLanes(shares4);
    let inner = sumLanes(inner4);
    for (; i < D; i++) {
      const at = <usize>(i << 2);
      const a = load<f32>(alpha + at);
      const du = load<f32>(dy + at) * (load<f32>(x + at) * r);
      share += du * (t * a + load<f32>(gain + at));
      inner += du * a;
      store<f32>(dgain + at, load<f32>(dgain + at) + du);
      store<f32>(dalpha + at, load<f32>(dalpha + at) + t * du);
    }
    share /= <f32>D;
    const dz = inner * (1 - t * t);
    const shares = splat(share);
    const dzs = splat(dz);
    i = 0;
    for (; i + 4 <= D; i += 4) {
      const at = <usize>(i << 2);
      const value = v128.load(x + at);
      const g = f32x4.mul(v128.load(dy + at), madd(along, v128.load(alpha + at), v128.load(gain + at)));
      const through = f32x4.mul(scale, f32x4.sub(g, f32x4.mul(f32x4.mul(value, scale), shares)));
      v128.store(dx + at, madd(dzs, v128.load(beta + at), through));
      v128.store(dbeta + at, madd(dzs, value, v128.load(dbeta + at)));
    }
    for (; i < D; i++) {
      const at = <usize>(i << 2);
      const value = load<f32>(x + at);
      const g = load<f32>(dy + at) * (t * load<f32>(alpha + at) + load<f32>(gain + at));
      store<f32>(dx + at, r * (g - value * r * share) + dz * load<f32>(beta + at));
      store<f32>(dbeta + at, load<f32>(dbeta + at) + dz * value);
    }
    x += D << 2;
    dy += D << 2;
    dx += D << 2;
    stats += 8;
  }
}
