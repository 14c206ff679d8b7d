import type { TensorInfo } from '@tensorflow/tfjs-core';
import { shareOf } from '../../../lib/floats';
import type { TapingBackend } from '../backend';
import { elementwise, f32, rowwise, u32, type Program } from '../program';
import { SUM, SUM2 } from './common';
import { affine } from './norm';

/** Sizes for the shaders of a norm over all tokens; see `kernels/operations/norms/batchNorm.ts`. */
export interface BatchNormSizes {
  N: number;
  D: number;
  eps: number;
}

const uniformsOf = ({ N, D, eps }: BatchNormSizes) => ({
  ...{ N: u32(N), D: u32(D), eps: f32(eps), share: f32(shareOf(N)) },
});

/**
 * A feature by a workgroup. In float32 the mean of many tokens is off by a few last digits: it is corrected by the
 * mean of what it leaves, so that nothing is left of a feature that is the same everywhere.
 */
export const batchNormProgram = (
  backend: TapingBackend,
  sizes: BatchNormSizes,
  inputs: { x: TensorInfo; gain: TensorInfo; bias?: TensorInfo },
  outputs: { y: TensorInfo; variance: TensorInfo; mean?: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'BatchNorm',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [SUM],
      code: () => `
        fn row(j: u32, lane: u32) {
          let counts = lane == 0u;
          var centre = 0.0;
          ${
            outputs.mean
              ? `if (EVERY_OP) {
                   for (var n = lane; n < u.N; n += LANES) { centre += x[n * u.D + j]; }
                   centre = roundedBy(roundedBy(sum(centre, lane), counts) / f32(u.N), counts);
                 } else { for (var turn = 0; turn < 2; turn++) {
                   var left = 0.0;
                   for (var n = lane; n < u.N; n += LANES) { left += (x[n * u.D + j] - centre) * u.share; }
                   centre += sum(left, lane) / (f32(u.N) * u.share);
                 } }`
              : ''
          }
          var squares = 0.0;
          for (var n = lane; n < u.N; n += LANES) {
            let d = rounded(x[n * u.D + j] - centre);
            squares += rounded(d * d);
          }
          squares = roundedBy(roundedBy(sum(squares, lane), counts) / f32(u.N), counts);
          let r = roundedBy(1.0 / sqrt(roundedBy(squares + roundedAgain(u.eps), counts)), counts);
          for (var n = lane; n < u.N; n += LANES) {
            let i = n * u.D + j;
            let unit = rounded(roundedAgain(x[i] - centre) * r);
            y[i] = ${affine(inputs, 'unit', 'gain[j]')};
          }
          if (lane == 0u) {
            ${outputs.mean ? 'mean[j] = centre;' : ''}
            variance[j] = squares;
          }
        }`,
    },
    sizes.D,
  );

/** All gradients of a feature by a workgroup. */
export const batchNormGradientProgram = (
  backend: TapingBackend,
  sizes: BatchNormSizes,
  inputs: {
    dy: TensorInfo;
    x: TensorInfo;
    variance: TensorInfo;
    gain?: TensorInfo;
    mean?: TensorInfo;
  },
  outputs: { dx?: TensorInfo; dgain?: TensorInfo; dbias?: TensorInfo },
): Program => {
  const less = inputs.mean ? 'whole.x / f32(u.N)' : '0.0';
  // The gain is an operation of its own, before the norm's gradient.
  const roundedInput = `
    fn roundedInput(j: u32, lane: u32, centre: f32, r: f32) {
      let counts = lane == 0u;
      var parts = vec2f();
      for (var n = lane; n < u.N; n += LANES) {
        let i = n * u.D + j;
        let g = rounded(dy[i] * gain[j]);
        parts += vec2f(g, rounded(g * unit(i, centre, r)));
      }
      let whole = sum2(parts, lane);
      let less = ${inputs.mean ? 'roundedBy(roundedBy(whole.x, counts) / f32(u.N), counts)' : '0.0'};
      let share = roundedBy(roundedBy(whole.y, counts) / f32(u.N), counts);
      for (var n = lane; n < u.N; n += LANES) {
        let i = n * u.D + j;
        let g = rounded(roundedAgain(dy[i] * gain[j]) - less);
        dx[i] = rounded(r * rounded(g - rounded(unit(i, centre, r) * share)));
      }
    }`;
  // In float32 one sum of the gradients is for all.
  const exactInput = `
    if (!EVERY_OP) {
      let less = ${less};
      let share = whole.y / f32(u.N);
      let scale = r * gain[j];
      for (var n = lane; n < u.N; n += LANES) {
        let i = n * u.D + j;
        dx[i] = scale * (dy[i] - less - (x[i] - centre) * r * share);
      }
    }`;
  const sums = `
    var parts = vec2f();
    for (var n = lane; n < u.N; n += LANES) {
      let i = n * u.D + j;
      parts += vec2f(dy[i], rounded(dy[i] * unit(i, centre, r)));
    }
    let whole = sum2(parts, lane);
    ${outputs.dx ? exactInput : ''}
    if (lane == 0u) {
      dgain[j] = rounded(whole.y);
      ${outputs.dbias ? 'dbias[j] = rounded(whole.x);' : ''}
    }`;
  return rowwise(
    backend,
    {
      name: 'BatchNormGradient',
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [SUM2],
      code: () => `
        fn row(j: u32, lane: u32) {
          let centre = ${inputs.mean ? 'mean[j]' : '0.0'};
          let r = roundedAgain(1.0 / sqrt(roundedAgain(variance[j] + roundedAgain(u.eps))));
          ${outputs.dx ? 'if (EVERY_OP) { roundedInput(j, lane, centre, r); }' : ''}
          ${outputs.dgain ? sums : ''}
        }
        fn unit(i: u32, centre: f32, r: f32) -> f32 { return roundedAgain(roundedAgain(x[i] - centre) * r); }
        ${outputs.dx ? roundedInput : ''}`,
    },
    sizes.D,
  );
};

/** A norm by statistics that are given. */
export const normByProgram = (
  { N, D, eps }: BatchNormSizes,
  inputs: {
    x: TensorInfo;
    variance: TensorInfo;
    gain: TensorInfo;
    mean?: TensorInfo;
    bias?: TensorInfo;
  },
  y: TensorInfo,
): Program =>
  elementwise(
    {
      name: 'NormBy',
      ...{ inputs, outputs: { y } },
      uniforms: { D: u32(D), eps: f32(eps) },
      code: () => `
        fn each(i: u32) {
          let j = i % u.D;
          let r = 1.0 / sqrt(variance[j] + u.eps);
          y[i] = (x[i] ${inputs.mean ? '- mean[j]' : ''}) * r * gain[j] ${inputs.bias ? '+ bias[j]' : ''};
        }`,
    },
    N * D,
  );
