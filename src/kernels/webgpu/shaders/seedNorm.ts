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

const PARTS = ['gain', 'alpha', 'beta'] as const;
type Learned = Record<(typeof PARTS)[number], TensorInfo>;
/** The same one after the other, [3, D], where a device binds too few tensors. */
type Together = Record<'learned', TensorInfo>;
/** A number of feature j. */
const partsOf = (inputs: Learned | Together) => {
  const place = (i: number) =>
    'learned' in inputs ? `learned[${i}u * u.D + j]` : `${PARTS[i]!}[j]`;
  return { gain: place(0), alpha: place(1), beta: place(2) };
};

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
          let counts = lane == 0u;
          for (var j = lane; j < u.D; j += LANES) {
            parts += vec2f(rounded(x[at + j] * x[at + j]), rounded(x[at + j] * beta[j]));
          }
          let whole = sum2(parts, lane);
          let square = roundedBy(roundedBy(whole.x, counts) / f32(u.D), counts);
          let shifted = roundedBy(square + roundedAgain(u.eps), counts);
          let r = roundedBy(1.0 / sqrt(shifted), counts);
          let t = roundedBy(tanhOf(roundedBy(whole.y, counts)), counts);
          for (var j = lane; j < u.D; j += LANES) {
            let factor = rounded(rounded(t * alpha[j]) + gain[j]);
            y[at + j] = rounded(rounded(x[at + j] * r) * factor);
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
  inputs: (Learned | Together) & { dy: TensorInfo; x: TensorInfo; stats: TensorInfo },
  outputs: { dx: TensorInfo; dz: TensorInfo },
): Program => {
  const { gain, alpha, beta } = partsOf(inputs);
  return rowwise(
    backend,
    {
      name: 'SeedNormInput',
      ...{ inputs, outputs },
      uniforms: { D: u32(D) },
      reductions: [SUM2],
      code: () => `
        fn factorOf(t: f32, j: u32) -> f32 {
          return roundedAgain(roundedAgain(t * ${alpha}) + ${gain});
        }
        fn row(n: u32, lane: u32) {
          let at = n * u.D;
          let t = stats[2u * n];
          let r = stats[2u * n + 1u];
          let counts = lane == 0u;
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            let factor = factorOf(t, j);
            if (EVERY_OP) {
              let unit = roundedAgain(x[at + j] * r);
              let along = rounded(unit * rounded(dy[at + j] * factor));
              parts += vec2f(along, rounded(rounded(dy[at + j] * unit) * ${alpha}));
            } else {
              parts += dy[at + j] * (x[at + j] * r) * vec2f(factor, ${alpha});
            }
          }
          let whole = sum2(parts, lane);
          let share = roundedBy(roundedBy(whole.x, counts) / f32(u.D), counts);
          let slope = roundedBy(1.0 - roundedBy(t * t, counts), counts);
          let through = roundedBy(roundedBy(whole.y, counts) * slope, counts);
          for (var j = lane; j < u.D; j += LANES) {
            let g = roundedAgain(dy[at + j] * factorOf(t, j));
            let radial = rounded(roundedAgain(x[at + j] * r) * share);
            let ofUnit = rounded(r * rounded(g - radial));
            dx[at + j] = rounded(ofUnit + rounded(through * ${beta}));
          }
          if (lane == 0u) { dz[n] = through; }
        }`,
    },
    N,
  );
};

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
            let unit = roundedAgain(value * stats[2u * n + 1u]);
            let along = roundedAgain(dy[n * u.D + j] * unit);
            parts += vec4f(along, rounded(stats[2u * n] * along), rounded(dz[n] * value), 0.0);
          }
          let whole = sum4(parts, lane);
          if (lane == 0u) {
            dgain[j] = rounded(whole.x);
            dalpha[j] = rounded(whole.y);
            dbeta[j] = rounded(whole.z);
          }
        }`,
    },
    D,
  );
