import { dot, madd, put, splat, sumSquares64, times } from './simd';

/**
 * v = W kept/‖W kept‖, u = Wᵀv/‖Wᵀv‖, σ = vᵀWu = ‖Wᵀv‖, y = W γ/σ. w, y: [I, O]; kept, u: [O]; v: [I];
 * gamma, sigma: [1]
 */
export function spectral(
  y: usize,
  u: usize,
  v: usize,
  sigma: usize,
  w: usize,
  gamma: usize,
  kept: usize,
  I: i32,
  O: i32,
): void {
  const row = <usize>O << 2;
  for (let i = 0; i < I; i++) store<f32>(v + (<usize>i << 2), dot(w + <usize>i * row, kept, O));
  times(v, v, <f32>(1 / sqrt<f64>(sumSquares64(v, I))), I);
  memory.fill(u, 0, row);
  for (let i = 0; i < I; i++) {
    const share = v128.load_splat<f32>(v + (<usize>i << 2));
    for (let o = 0; o < O; o += 4) {
      const at = <usize>o << 2;
      put(u + at, madd(v128.load(w + <usize>i * row + at), share, v128.load(u + at)), O - o);
    }
  }
  const length = <f32>sqrt<f64>(sumSquares64(u, O));
  store<f32>(sigma, length);
  times(u, u, 1 / length, O);
  times(y, w, load<f32>(gamma) / length, I * O);
}

/** dγ = Σ dy ⊙ W/σ, dW = (dy − v uᵀ dγ) γ/σ. */
export function spectralGradient(
  dw: usize,
  dgamma: usize,
  dy: usize,
  w: usize,
  gamma: usize,
  u: usize,
  v: usize,
  sigma: usize,
  I: i32,
  O: i32,
): void {
  const row = <usize>O << 2;
  let sum: f64 = 0;
  for (let i = 0; i < I; i++) sum += <f64>dot(dy + <usize>i * row, w + <usize>i * row, O);
  const along = <f32>(sum / <f64>load<f32>(sigma));
  store<f32>(dgamma, along);
  const factor = splat(load<f32>(gamma) / load<f32>(sigma));
  for (let i = 0; i < I; i++) {
    const less = splat(-along * load<f32>(v + (<usize>i << 2)));
    for (let o = 0; o < O; o += 4) {
      const at = <usize>i * row + (<usize>o << 2);
      const d = madd(v128.load(u + (<usize>o << 2)), less, v128.load(dy + at));
      put(dw + at, f32x4.mul(d, factor), O - o);
    }
  }
}
