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
          queries[a] = q[a] * c - q[b] * s;
          queries[b] = q[b] * c + q[a] * s;
          keys[a] = k[a] * c - k[b] * s;
          keys[b] = k[b] * c + k[a] * s;
        }`,
    },
    (B * T * H * d) / 2,
  );
