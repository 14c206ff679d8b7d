import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, rowwise, THREADS, u32, type Program } from '../program';
import { SUM } from './common';

/** Sizes for the shaders of a learned scale; see `kernels/operations/scaled.ts`. */
export interface ScaledSizes {
  N: number;
  D: number;
  /** Groups of features, and numbers of the gain. */
  G: number;
}

export const scaledProgram = (
  { N, D, G }: ScaledSizes,
  inputs: { x: TensorInfo; gain: TensorInfo },
  outputs: { y: TensorInfo },
): Program =>
  elementwise(
    {
      name: 'Scaled',
      ...{ inputs, outputs },
      uniforms: { D: u32(D), width: u32(D / G) },
      code: () => 'fn each(i: u32) { y[i] = rounded(x[i] * gain[i % u.D / u.width]); }',
    },
    N * D,
  );

/** Rows of dx by a workgroup each, and after them the sums of a group of features each. */
export const scaledGradientProgram = (
  backend: TapingBackend,
  { N, D, G }: ScaledSizes,
  inputs: { dy: TensorInfo; x: TensorInfo; gain: TensorInfo },
  outputs: { dx: TensorInfo; dgain: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'ScaledGradient',
      ...{ inputs, outputs },
      uniforms: { N: u32(N), D: u32(D), width: u32(D / G) },
      reductions: [SUM],
      code: () => `
        fn row(r: u32, lane: u32) {
          if (r < u.N) {
            for (var j = lane; j < u.D; j += LANES) {
              dx[r * u.D + j] = rounded(dy[r * u.D + j] * gain[j / u.width]);
            }
            return;
          }
          let start = (r - u.N) * u.width;
          var part = 0.0;
          for (var n = lane; n < u.N * u.width; n += LANES) {
            let at = n / u.width * u.D + start + n % u.width;
            part += rounded(dy[at] * x[at]);
          }
          let whole = sum(part, lane);
          if (lane == 0u) { dgain[r - u.N] = rounded(whole); }
        }`,
    },
    N + G,
    // One number gathers all there is.
    G === 1 ? 4 * THREADS : THREADS,
  );
