import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, rowwise, u32, type Program } from '../program';
import { SUM, SUM2 } from './common';

/** n matrices of [I, O]; see `kernels/operations/spectral.ts`. */
export interface SpectralSizes {
  n: number;
  I: number;
  O: number;
}

const uniformsOf = ({ I, O }: SpectralSizes) => ({ I: u32(I), O: u32(O) });

/** Rows of all matrices, each by another row of as many numbers, summed up. */
const dotProgram = (
  backend: TapingBackend,
  sizes: SpectralSizes,
  other: 'kept' | 'dy',
  inputs: { w: TensorInfo; kept?: TensorInfo; dy?: TensorInfo },
  outputs: { products: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: `SpectralDot/${other}`,
      ...{ inputs, outputs },
      uniforms: uniformsOf(sizes),
      reductions: [SUM],
      code: () => `
        fn row(r: u32, lane: u32) {
          let at = r * u.O;
          let start = ${other === 'kept' ? 'r / u.I * u.O' : 'at'};
          var part = 0.0;
          for (var o = lane; o < u.O; o += LANES) {
            part += ${other === 'kept' ? 'w[at + o] * kept[start + o]' : 'rounded(w[at + o] * dy[start + o])'};
          }
          let whole = sum(part, lane);
          if (lane == 0u) { products[r] = ${other === 'kept' ? 'rounded(whole)' : 'whole'}; }
        }`,
    },
    sizes.n * sizes.I,
  );

/** W γ/σ. */
const scaleProgram = (
  sizes: SpectralSizes,
  inputs: Record<'w' | 'gamma' | 'sigma', TensorInfo>,
  y: TensorInfo,
): Program =>
  elementwise(
    {
      name: 'SpectralScale',
      ...{ inputs, outputs: { y } },
      uniforms: uniformsOf(sizes),
      code: () => `
        fn each(i: u32) {
          let matrix = i / (u.I * u.O);
          y[i] = rounded(w[i] * roundedBy(gamma[matrix] / sigma[matrix], i % (u.I * u.O) == 0u));
        }`,
    },
    sizes.n * sizes.I * sizes.O,
  );

/** A vector of each matrix over its length, where every operation rounds: [n, size] */
const unitProgram = (
  backend: TapingBackend,
  n: number,
  size: number,
  vector: TensorInfo,
  unit: TensorInfo,
): Program =>
  rowwise(
    backend,
    {
      name: 'SpectralUnit',
      ...{ inputs: { vector }, outputs: { unit } },
      uniforms: { size: u32(size) },
      reductions: [SUM],
      code: () => `
        fn row(matrix: u32, lane: u32) {
          let counts = lane == 0u;
          let at = matrix * u.size;
          var part = 0.0;
          for (var i = lane; i < u.size; i += LANES) { part += rounded(vector[at + i] * vector[at + i]); }
          let length = roundedBy(sqrt(roundedBy(sum(part, lane), counts)), counts);
          for (var i = lane; i < u.size; i += LANES) { unit[at + i] = rounded(vector[at + i] / length); }
        }`,
    },
    n,
  );

/** The same as `spectralPrograms`, one operation after the other: σ = vᵀ(W u). */
export const roundedSpectralPrograms = (
  backend: TapingBackend,
  sizes: SpectralSizes,
  tensors: Record<
    'w' | 'gamma' | 'kept' | 'left' | 'right' | 'u' | 'v' | 'sigma' | 'y',
    TensorInfo
  >,
): Program[] => {
  const { w, gamma, kept, left, right, u, v, sigma, y } = tensors;
  const { n, I, O } = sizes;
  const uniforms = uniformsOf(sizes);
  return [
    dotProgram(backend, sizes, 'kept', { w, kept }, { products: left }),
    unitProgram(backend, n, I, left, v),
    elementwise(
      {
        name: 'SpectralRight/rounded',
        inputs: { w, unit: v },
        outputs: { right },
        uniforms,
        code: () => `
          fn each(n: u32) {
            let matrix = n / u.O;
            var total = 0.0;
            for (var i = matrix * u.I; i < (matrix + 1u) * u.I; i++) {
              total += w[i * u.O + n % u.O] * unit[i];
            }
            right[n] = rounded(total);
          }`,
      },
      n * O,
    ),
    unitProgram(backend, n, O, right, u),
    // The way to v is now W u.
    dotProgram(backend, sizes, 'kept', { w, kept: u }, { products: left }),
    rowwise(
      backend,
      {
        name: 'SpectralSigma',
        inputs: { unit: v, image: left },
        outputs: { sigma },
        uniforms,
        reductions: [SUM],
        code: () => `
          fn row(matrix: u32, lane: u32) {
            var part = 0.0;
            for (var i = matrix * u.I + lane; i < (matrix + 1u) * u.I; i += LANES) {
              part += rounded(unit[i] * image[i]);
            }
            let whole = sum(part, lane);
            if (lane == 0u) { sigma[matrix] = rounded(whole); }
          }`,
      },
      n,
    ),
    scaleProgram(sizes, { w, gamma, sigma }, y),
  ];
};

/** left = W kept, right = Wᵀ left/‖left‖; of these the unit vectors, and σ = ‖right‖; y = W γ/σ. */
export const spectralPrograms = (
  backend: TapingBackend,
  sizes: SpectralSizes,
  tensors: Record<
    'w' | 'gamma' | 'kept' | 'left' | 'right' | 'u' | 'v' | 'sigma' | 'y',
    TensorInfo
  >,
): Program[] => {
  const { w, gamma, kept, left, right, u, v, sigma, y } = tensors;
  const { n, O } = sizes;
  const uniforms = uniformsOf(sizes);
  return [
    dotProgram(backend, sizes, 'kept', { w, kept }, { products: left }),
    elementwise(
      {
        name: 'SpectralRight',
        inputs: { w, left },
        outputs: { right },
        uniforms,
        code: () => `
          fn each(n: u32) {
            let matrix = n / u.O;
            var total = 0.0;
            var squares = 0.0;
            for (var i = matrix * u.I; i < (matrix + 1u) * u.I; i++) {
              total += w[i * u.O + n % u.O] * left[i];
              squares += left[i] * left[i];
            }
            right[n] = total / sqrt(squares);
          }`,
      },
      n * O,
    ),
    rowwise(
      backend,
      {
        name: 'SpectralUnits',
        inputs: { left, right },
        outputs: { newU: u, newV: v, sigma },
        uniforms,
        reductions: [SUM2],
        code: () => `
          fn row(matrix: u32, lane: u32) {
            var parts = vec2f();
            for (var i = lane; i < u.I; i += LANES) {
              let l = left[matrix * u.I + i];
              parts.x += l * l;
            }
            for (var o = lane; o < u.O; o += LANES) {
              let r = right[matrix * u.O + o];
              parts.y += r * r;
            }
            let lengths = sqrt(sum2(parts, lane));
            for (var i = lane; i < u.I; i += LANES) {
              newV[matrix * u.I + i] = left[matrix * u.I + i] / lengths.x;
            }
            for (var o = lane; o < u.O; o += LANES) {
              newU[matrix * u.O + o] = right[matrix * u.O + o] / lengths.y;
            }
            if (lane == 0u) { sigma[matrix] = lengths.y; }
          }`,
      },
      n,
    ),
    scaleProgram(sizes, { w, gamma, sigma }, y),
  ];
};

/** dγ = Σ dy ⊙ W/σ, by rows and then of these; dW = (dy − v uᵀ dγ) γ/σ. */
export const spectralGradientPrograms = (
  backend: TapingBackend,
  sizes: SpectralSizes,
  tensors: Record<
    'dy' | 'w' | 'gamma' | 'u' | 'v' | 'sigma' | 'along' | 'dgamma' | 'dw',
    TensorInfo
  >,
): Program[] => {
  const { dy, w, gamma, u, v, sigma, along, dgamma, dw } = tensors;
  const { n, I, O } = sizes;
  const uniforms = uniformsOf(sizes);
  return [
    dotProgram(backend, sizes, 'dy', { w, dy }, { products: along }),
    rowwise(
      backend,
      {
        name: 'SpectralGamma',
        inputs: { along, sigma },
        outputs: { dgamma },
        uniforms,
        reductions: [SUM],
        code: () => `
          fn row(matrix: u32, lane: u32) {
            var part = 0.0;
            for (var i = lane; i < u.I; i += LANES) { part += along[matrix * u.I + i]; }
            let whole = sum(part, lane);
            if (lane == 0u) { dgamma[matrix] = rounded(rounded(whole) / sigma[matrix]); }
          }`,
      },
      n,
    ),
    elementwise(
      {
        name: 'SpectralMatrix',
        inputs: { dy, gamma, right: u, left: v, sigma, dgamma },
        outputs: { dw },
        uniforms,
        code: () => `
          fn each(n: u32) {
            let matrix = n / (u.I * u.O);
            let rank1 = rounded(left[n / u.O] * right[matrix * u.O + n % u.O]);
            let scale = roundedBy(gamma[matrix] / sigma[matrix], n % (u.I * u.O) == 0u);
            dw[n] = rounded(rounded(dy[n] - rounded(rank1 * dgamma[matrix])) * scale);
          }`,
      },
      n * I * O,
    ),
  ];
};
