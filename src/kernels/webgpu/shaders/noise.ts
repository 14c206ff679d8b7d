import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, f32, u32, type Program } from '../program';

/** Added to what goes into a key of the hash: see `kernels/operations/uniform.ts`. */
export const GOLDEN = 0x9e3779b9;

/** The numbers of a seed: `uniformOf(index, name, step)`, as in `kernels/operations/uniform.ts`. */
const UNIFORM = `
  fn mixed(x: u32) -> u32 {
    var h = (x ^ (x >> 16u)) * 0x21f0aaadu;
    h = (h ^ (h >> 15u)) * 0x735a2d97u;
    return h ^ (h >> 15u);
  }
  fn uniformOf(index: u32, name: u32, step: u32) -> f32 {
    let first = mixed(name + ${GOLDEN}u);
    let second = mixed((first ^ step) + ${GOLDEN}u);
    return f32(mixed(mixed(index ^ first) ^ second) >> 8u) / 16777216.0;
  }`;

/** 0 where a draw is below p, the rest divided by 1 − p; see `kernels/operations/dropped.ts`. */
export const droppedProgram = (
  { p, together, name }: { p: number; together: number; name: number },
  inputs: { x: TensorInfo; step: TensorInfo },
  outputs: { y: TensorInfo },
  size: number,
): Program =>
  elementwise(
    {
      name: 'Dropped',
      ...{ inputs, outputs },
      uniforms: { together: u32(together), name: u32(name), p: f32(p), kept: f32(1 / (1 - p)) },
      code: () => `
        ${UNIFORM}
        fn each(i: u32) {
          let draw = uniformOf(i / u.together, u.name, u32(step[0]));
          y[i] = rounded(x[i] * select(u.kept, 0.0, draw < u.p));
        }`,
    },
    size,
  );

/** Noise by an expression of `index` and `uniformAt`; see `kernels/operations/uniform.ts`. seed: [2] */
export const noiseProgram = (
  name: string,
  expression: string,
  seed: TensorInfo,
  noise: TensorInfo,
): Program =>
  elementwise(
    {
      name,
      ...{ inputs: { seed }, outputs: { noise } },
      code: () => `
        ${UNIFORM}
        fn uniformAt(index: u32) -> f32 {
          return uniformOf(index, u32(seed[0]), u32(seed[1]));
        }
        fn each(index: u32) { noise[index] = ${expression}; }`,
    },
    noise.shape[0]!,
  );
