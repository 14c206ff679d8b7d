import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { f32, rowwise, u32, type Program } from '../program';
import { SUM2, SUM4, TANH } from './common';

/** Sizes for the shaders of SeeDNorm; see `kernels/operations/norms/seedNorm.ts`. */
export interface SeedNormSizes {
  N: number;
  D: number;
  eps: number;
}

type Learned = Record<'gain' | 'alpha' | 'beta', TensorInfo>;

/** A token by a workgroup; stats: t = tanh(x · β) and r. */
export const seedNormProgram = (
  backend: TapingBackend,
  { N, D, eps }: SeedNormSizes,
  inputs: Learned & { x: TensorInfo },
  outputs: { y: TensorInfo; stats: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'SeedNorm',
      ...{ inputs, outputs },
      uniforms: { D: u32(D), eps: f32(eps) },
      reductions: [SUM2],
      code: () => `
        ${TANH}
        fn row(n: u32, lane: u32) {
          let at = n * u.D;
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            parts += x[at + j] * vec2f(x[at + j], beta[j]);
          }
          let whole = sum2(parts, lane);
          let r = 1.0 / sqrt(whole.x / f32(u.D) + u.eps);
          let t = tanhOf(whole.y);
          for (var j = lane; j < u.D; j += LANES) {
            y[at + j] = x[at + j] * r * (t * alpha[j] + gain[j]);
          }
          if (lane == 0u) {
            stats[2u * n] = t;
            stats[2u * n + 1u] = r;
          }
        }`,
    },
    N,
  );

/** dx, and dz: the gradient of x · β, of which that of β is made. A token by a workgroup. */
export const seedNormInputProgram = (
  backend: TapingBackend,
  { N, D }: SeedNormSizes,
  inputs: Learned & { dy: TensorInfo; x: TensorInfo; stats: TensorInfo },
  outputs: { dx: TensorInfo; dz: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'SeedNormInput',
      ...{ inputs, outputs },
      uniforms: { D: u32(D) },
      reductions: [SUM2],
      code: () => `
        fn row(n: u32, lane: u32) {
          let at = n * u.D;
          let t = stats[2u * n];
          let r = stats[2u * n + 1u];
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            parts += dy[at + j] * (x[at + j] * r) * vec2f(t * alpha[j] + gain[j], alpha[j]);
          }
          let whole = sum2(parts, lane);
          let share = whole.x / f32(u.D);
          let through = whole.y * (1.0 - t * t);
          for (var j = lane; j < u.D; j += LANES) {
            let g = dy[at + j] * (t * alpha[j] + gain[j]);
            dx[at + j] = r * (g - x[at + j] * r * share) + through * beta[j];
          }
          if (lane == 0u) { dz[n] = through; }
        }`,
    },
    N,
  );

/** Gradients of what is learned: sums over tokens, a feature by a workgroup. */
export const seedNormLearnedProgram = (
  backend: TapingBackend,
  { N, D }: SeedNormSizes,
  inputs: { dy: TensorInfo; x: TensorInfo; stats: TensorInfo; dz: TensorInfo },
  outputs: { dgain: TensorInfo; dalpha: TensorInfo; dbeta: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'SeedNormLearned',
      ...{ inputs, outputs },
      uniforms: { N: u32(N), D: u32(D) },
      reductions: [SUM4],
      code: () => `
        fn row(j: u32, lane: u32) {
          var parts = vec4f();
          for (var n = lane; n < u.N; n += LANES) {
            let value = x[n * u.D + j];
            let along = dy[n * u.D + j] * (value * stats[2u * n + 1u]);
            parts += vec4f(along, stats[2u * n] * along, dz[n] * value, 0.0);
          }
          let whole = sum4(parts, lane);
          if (lane == 0u) {
            dgain[j] = whole.x;
            dalpha[j] = whole.y;
            dbeta[j] = whole.z;
          }
        }`,
    },
    D,
  );
