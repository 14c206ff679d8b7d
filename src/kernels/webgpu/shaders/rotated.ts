import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, f32, u32, type Program } from '../program';

/** Sizes for the shader of rotary positions; see `kernels/operations/rotated.ts`. */
export interface RotatedSizes {
  B: number;
  T: number;
  H: number;
  d: number;
  back: boolean;
}

/** A thread for each pair of features of queries and keys. */
export const rotatedProgram = (
  { B, T, H, d, back }: RotatedSizes,
  inputs: { q: TensorInfo; k: TensorInfo; cosines: TensorInfo; sines: TensorInfo },
  outputs: { queries: TensorInfo; keys: TensorInfo },
): Program =>
  elementwise(
    {
      name: 'Rotated',
      ...{ inputs, outputs },
      uniforms: { T: u32(T), H: u32(H), d: u32(d), way: f32(back ? -1 : 1) },
      code: () => `
        fn each(i: u32) {
          let half = u.d / 2u;
          let head = i / half;
          let a = head * u.d + i % half;
          let b = a + half;
          let angle = head / u.H % u.T * u.d + i % half;
          let c = cosines[angle];
          let s = u.way * sines[angle];
          queries[a] = rounded(rounded(q[a] * c) - rounded(q[b] * s));
          queries[b] = rounded(rounded(q[b] * c) + rounded(q[a] * s));
          keys[a] = rounded(rounded(k[a] * c) - rounded(k[b] * s));
          keys[b] = rounded(rounded(k[b] * c) + rounded(k[a] * s));
        }`,
    },
    (B * T * H * d) / 2,
  );
