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
          let counts = lane == 0u;
          // In a format it is the sum that overflows.
          let share = select(u.share, 1.0, EVERY_OP);
          var mean = 0.0;
          for (var j = lane; j < u.D; j += LANES) { mean += x[at + j] * share; }
          mean = roundedBy(roundedBy(sum(mean, lane), counts) / (f32(u.D) * share), counts);
          var squares = 0.0;
          for (var j = lane; j < u.D; j += LANES) {
            let d = rounded(x[at + j] - mean);
            squares += rounded(d * d);
          }
          let variance = roundedBy(roundedBy(sum(squares, lane), counts) / f32(u.D), counts);
          let r = roundedBy(1.0 / sqrt(roundedBy(variance + roundedAgain(u.eps), counts)), counts);
          let token = n % u.T;
          let table = u32(ids[token]) * u.D;
          for (var j = lane; j < u.D; j += LANES) {
            let unit = rounded(roundedAgain(x[at + j] - mean) * r);
            // One for all sequences.
            let factor = roundedBy(1.0 + scale[table + j], n < u.T);
            y[at + j] = rounded(rounded(unit * factor) + shift[table + j]);
          }
          if (lane == 0u) {
            stats[2u * n] = mean;
            stats[2u * n + 1u] = r;
          }
        }`,
    },
    sizes.N,
  );

/** Tokens of dx by a workgroup each; and after them, or alone, each number of scale and shift: sums over its tokens. */
export const adaptiveNormGradientProgram = (
  backend: TapingBackend,
  sizes: AdaptiveNormSizes,
  inputs: {
    dy: TensorInfo;
    x: TensorInfo;
    stats: TensorInfo;
    scale?: TensorInfo;
    ids: TensorInfo;
  },
  outputs: { dx?: TensorInfo; dscale?: TensorInfo; dshift?: TensorInfo },
): Program => {
  const rows = outputs.dx ? sizes.N : 0;
  return rowwise(
    backend,
    {
      name: 'AdaptiveNormGradient',
      ...{ inputs, outputs },
      uniforms: { ...uniformsOf(sizes), rows: u32(rows) },
      reductions: [SUM2],
      code: () => `
        fn unit(n: u32, j: u32) -> f32 {
          return roundedAgain(roundedAgain(x[n * u.D + j] - stats[2u * n]) * stats[2u * n + 1u]);
        }
        ${outputs.dx ? OF_INPUT : ''}
        ${outputs.dscale ? OF_LEARNED : ''}
        fn row(r: u32, lane: u32) {
          ${outputs.dx ? 'if (r < u.rows) { input(r, lane); return; }' : ''}
          ${outputs.dscale ? 'learned(r - u.rows, lane);' : ''}
        }`,
    },
    rows + (outputs.dscale ? sizes.M * sizes.D : 0),
  );
};

const OF_INPUT = `
  fn input(n: u32, lane: u32) {
    let at = n * u.D;
    let counts = lane == 0u;
    let table = u32(ids[n % u.T]) * u.D;
    var parts = vec2f();
    for (var j = lane; j < u.D; j += LANES) {
      let g = rounded(dy[at + j] * roundedAgain(1.0 + scale[table + j]));
      parts += vec2f(g, rounded(g * unit(n, j)));
    }
    let sums = sum2(parts, lane);
    let whole = vec2f(roundedBy(sums.x, counts), roundedBy(sums.y, counts)) / f32(u.D);
    let means = vec2f(roundedBy(whole.x, counts), roundedBy(whole.y, counts));
    for (var j = lane; j < u.D; j += LANES) {
      let g = roundedAgain(dy[at + j] * roundedAgain(1.0 + scale[table + j]));
      let radial = rounded(unit(n, j) * means.y);
      dx[at + j] = rounded(stats[2u * n + 1u] * rounded(rounded(g - means.x) - radial));
    }
  }`;
/** Where every operation rounds, the tokens of one place are summed over sequences first. */
const OF_LEARNED = `
  fn learned(i: u32, lane: u32) {
    let id = i32(i / u.D);
    let j = i % u.D;
    var parts = vec2f();
    if (EVERY_OP) {
      for (var t = lane; t < u.T; t += LANES) {
        if (ids[t] == id) {
          var place = vec2f();
          for (var n = t; n < u.N; n += u.T) {
            let d = dy[n * u.D + j];
            place += vec2f(rounded(d * unit(n, j)), d);
          }
          parts += vec2f(rounded(place.x), rounded(place.y));
        }
      }
    } else {
      for (var n = lane; n < u.N; n += LANES) {
        if (ids[n % u.T] == id) {
          let d = dy[n * u.D + j];
          parts += vec2f(d * unit(n, j), d);
        }
      }
    }
    let whole = sum2(parts, lane);
    if (lane == 0u) {
      dscale[i] = rounded(whole.x);
      dshift[i] = rounded(whole.y);
    }
  }`;
