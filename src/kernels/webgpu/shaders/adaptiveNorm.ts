import type { TensorInfo } from '@tensorflow/tfjs-core';
import { shareOf } from '../../../lib/floats';
import type { TapingBackend } from '../backend';
import { f32, rowwise, u32, type Program } from '../program';
import { SUM, SUM2 } from './common';

/** Sizes for the shaders of an adaptive norm; see `kernels/operations/norms/adaptiveNorm.ts`. */
export interface AdaptiveNormSizes {
  N: number;
  D: number;
  /** Tokens of a sequence. */
  T: number;
  /** Rows of scale and shift. */
  M: number;
  eps: number;
}

const uniformsOf = ({ N, D, T, eps }: AdaptiveNormSizes) => ({
  ...{ N: u32(N), D: u32(D), T: u32(T), eps: f32(eps), share: f32(shareOf(D)) },
});

/** A token by a workgroup. */
export const adaptiveNormProgram = (
  backend: TapingBackend,
  sizes: AdaptiveNormSizes,
  inputs: { x: TensorInfo; scale: TensorInfo; shift: TensorInfo; ids: TensorInfo },
  outputs: { y: TensorInfo; stats: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'AdaptiveNorm',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [SUM],
      code: () => `
        fn row(n: u32, lane: u32) {
          let at = n * u.D;
          var mean = 0.0;
          for (var j = lane; j < u.D; j += LANES) { mean += x[at + j] * u.share; }
          mean = sum(mean, lane) / (f32(u.D) * u.share);
          var squares = 0.0;
          for (var j = lane; j < u.D; j += LANES) {
            let d = x[at + j] - mean;
            squares += d * d;
          }
          let r = 1.0 / sqrt(sum(squares, lane) / f32(u.D) + u.eps);
          let table = u32(ids[n % u.T]) * u.D;
          for (var j = lane; j < u.D; j += LANES) {
            y[at + j] = (x[at + j] - mean) * r * (1.0 + scale[table + j]) + shift[table + j];
          }
          if (lane == 0u) {
            stats[2u * n] = mean;
            stats[2u * n + 1u] = r;
          }
        }`,
    },
    sizes.N,
  );

/** Tokens of dx by a workgroup each, and after them each number of scale and shift: sums over its tokens. */
export const adaptiveNormGradientProgram = (
  backend: TapingBackend,
  sizes: AdaptiveNormSizes,
  inputs: {
    dy: TensorInfo;
    x: TensorInfo;
    stats: TensorInfo;
    scale: TensorInfo;
    ids: TensorInfo;
  },
  outputs: { dx: TensorInfo; dscale: TensorInfo; dshift: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'AdaptiveNormGradient',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [SUM2],
      code: () => `
        fn row(r: u32, lane: u32) {
          if (r < u.N) { input(r, lane); } else { learned(r - u.N, lane); }
        }
        fn unit(n: u32, j: u32) -> f32 {
          return (x[n * u.D + j] - stats[2u * n]) * stats[2u * n + 1u];
        }
        fn input(n: u32, lane: u32) {
          let at = n * u.D;
          let table = u32(ids[n % u.T]) * u.D;
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            let g = dy[at + j] * (1.0 + scale[table + j]);
            parts += vec2f(g, g * unit(n, j));
          }
          let whole = sum2(parts, lane) / f32(u.D);
          for (var j = lane; j < u.D; j += LANES) {
            let g = dy[at + j] * (1.0 + scale[table + j]);
            dx[at + j] = stats[2u * n + 1u] * (g - whole.x - unit(n, j) * whole.y);
          }
        }
        fn learned(i: u32, lane: u32) {
          let id = i32(i / u.D);
          let j = i % u.D;
          var parts = vec2f();
          for (var n = lane; n < u.N; n += LANES) {
            if (ids[n % u.T] == id) {
              let d = dy[n * u.D + j];
              parts += vec2f(d * unit(n, j), d);
            }
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            dscale[i] = whole.x;
            dshift[i] = whole.y;
          }
        }`,
    },
    sizes.N + sizes.M * sizes.D,
  );
