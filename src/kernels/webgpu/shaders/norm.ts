import type { TensorInfo } from '@tensorflow/tfjs-core';
import { shareOf } from '../../../lib/floats';
import type { TapingBackend } from '../backend';
import { elementwise, f32, intoSum, ofSum, rowwise, u32, type Program } from '../program';
import { ERF, NAN, SUM, SUM2, TANH } from './common';

/** Sizes for the shaders of a norm over rows; see `kernels/operations/norms/rowNorm.ts`. */
export interface RowNormSizes {
  N: number;
  D: number;
  kind: 'standardize' | 'rms' | 'length';
  counted: number;
  eps: number;
  /** True where the gain is one number. */
  single: boolean;
}

const uniformsOf = ({ N, D, counted, eps }: RowNormSizes) => ({
  ...{ N: u32(N), D: u32(D), counted: u32(counted), eps: f32(eps), share: f32(shareOf(D)) },
});

const DENOMINATORS: Record<RowNormSizes['kind'], string> = {
  standardize: '1.0 / sqrt(squares / f32(u.counted) + u.eps)',
  rms: '1.0 / sqrt(squares / f32(u.counted) + u.eps)',
  length: '1.0 / larger(sqrt(squares), u.eps)',
};

const gainAt = (gain: TensorInfo | undefined, single: boolean) =>
  !gain ? '1.0' : single ? 'gain[0]' : 'gain[j]';

/** On a tape a norm makes the sum x that it reads, and its other inputs stay. */
const MAKE_ROW = 'for (var j = lane; j < u.D; j += LANES) { x[at + j] = a[at + j] + b[at + j]; }';
/**
 * On a tape the gradient of a norm goes into a sum. Not in the statement that makes it, where a compiler
 * would round product and sum at once: a tape has the bits of the step that it records.
 */
const ADD_ROW = 'for (var j = lane; j < u.D; j += LANES) { dx[at + j] += added[at + j]; }';

/** A row by one workgroup. */
export const rowNormProgram = (
  backend: TapingBackend,
  sizes: RowNormSizes,
  inputs: { x: TensorInfo; gain?: TensorInfo; bias?: TensorInfo },
  outputs: { y: TensorInfo; stats: TensorInfo },
): Program =>
  ofSum(inputs, outputs, (tensors, isSum) =>
    rowwise(
      backend,
      {
        name: `RowNorm/${sizes.kind}/${sizes.single}`,
        ...tensors,
        uniforms: uniformsOf(sizes),
        reductions: [SUM],
        code: () => `
        fn row(r: u32, lane: u32) {
          let at = r * u.D;
          ${isSum ? MAKE_ROW : ''}
          var mean = 0.0;
          ${
            sizes.kind === 'standardize'
              ? `for (var j = lane; j < u.D; j += LANES) { mean += x[at + j] * u.share; }
                 mean = sum(mean, lane) / (f32(u.D) * u.share);`
              : ''
          }
          var squares = 0.0;
          for (var j = lane; j < u.counted; j += LANES) {
            let d = x[at + j] - mean;
            squares += d * d;
          }
          squares = sum(squares, lane);
          let r1 = ${DENOMINATORS[sizes.kind]};
          for (var j = lane; j < u.D; j += LANES) {
            y[at + j] = (x[at + j] - mean) * r1 * ${gainAt(inputs.gain, sizes.single)}
              ${inputs.bias ? '+ bias[j]' : ''};
          }
          if (lane == 0u) {
            stats[2u * r] = mean;
            stats[2u * r + 1u] = r1;
          }
        }`,
      },
      sizes.N,
    ),
  );

/**
 * Rows of dx by a workgroup each, and after them sums over rows: of a feature by a workgroup each, or of all
 * where the gain is one number.
 */
export const rowNormGradientProgram = (
  backend: TapingBackend,
  sizes: RowNormSizes,
  inputs: { dy: TensorInfo; x: TensorInfo; stats: TensorInfo; gain?: TensorInfo },
  { dx, dgain, dbias }: { dx: TensorInfo; dgain?: TensorInfo; dbias?: TensorInfo },
): Program => {
  const { N, D, kind, single } = sizes;
  const sums = dgain || dbias ? (single ? 1 : D) : 0;
  const unit = '((x[at + j] - mean) * r1)';
  const outputs = { dx, ...(dgain && { dgain }), ...(dbias && { dbias }) };
  return intoSum(inputs, outputs, (tensors, isSum) =>
    rowwise(
      backend,
      {
        name: `RowNormGradient/${kind}/${single}`,
        ...tensors,
        uniforms: uniformsOf(sizes),
        reductions: [SUM2],
        code: () => `
        fn row(r: u32, lane: u32) {
          if (r < u.N) { input(r, lane); } else { learned(r - u.N, lane); }
        }
        fn input(r: u32, lane: u32) {
          let at = r * u.D;
          let mean = stats[2u * r];
          let r1 = stats[2u * r + 1u];
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            let g = dy[at + j] * ${gainAt(inputs.gain, single)};
            parts += vec2f(g, g * ${unit});
          }
          let whole = sum2(parts, lane);
          ${kind === 'standardize' ? 'let removed = whole.x / f32(u.D);' : 'let removed = 0.0;'}
          ${
            kind === 'length'
              ? // Below ε a division by the length is linear: nothing depends on the length.
                'let share = select(0.0, whole.y, r1 * u.eps < 1.0);'
              : 'let share = whole.y / f32(u.counted);'
          }
          for (var j = lane; j < u.D; j += LANES) {
            let g = dy[at + j] * ${gainAt(inputs.gain, single)};
            dx[at + j] = r1 * (g - removed - select(0.0, ${unit} * share, j < u.counted));
          }
          ${isSum ? ADD_ROW : ''}
        }
        fn learned(first: u32, lane: u32) {
          ${
            single
              ? `var parts = vec2f();
                 for (var n = lane; n < u.N * u.D; n += LANES) {
                   parts.x += dy[n] * ((x[n] - stats[2u * (n / u.D)]) * stats[2u * (n / u.D) + 1u]);
                 }`
              : `var parts = vec2f();
                 for (var n = lane; n < u.N; n += LANES) {
                   let d = dy[n * u.D + first];
                   let unit = (x[n * u.D + first] - stats[2u * n]) * stats[2u * n + 1u];
                   parts += vec2f(d * unit, d);
                 }`
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            ${dgain ? 'dgain[first] = whole.x;' : ''}
            ${dbias ? 'dbias[first] = whole.y;' : ''}
          }
        }`,
      },
      N + sums,
    ),
  );
};

/** Sizes for the shaders of a norm of every number by itself; see `kernels/operations/norms/pointNorm.ts`. */
export interface PointNormSizes {
  N: number;
  D: number;
  squash: 'tanh' | 'erf';
}

export const pointNormProgram = (
  { N, D, squash }: PointNormSizes,
  inputs: {
    x: TensorInfo;
    alpha: TensorInfo;
    shift?: TensorInfo;
    gain: TensorInfo;
    bias?: TensorInfo;
  },
  outputs: { y: TensorInfo; t: TensorInfo },
): Program =>
  ofSum(inputs, outputs, (tensors, isSum) =>
    elementwise(
      {
        name: `PointNorm/${squash}`,
        ...tensors,
        uniforms: { D: u32(D) },
        code: () => `
        ${NAN} ${squash === 'erf' ? ERF : TANH}
        fn each(i: u32) {
          ${isSum ? 'x[i] = a[i] + b[i];' : ''}
          let value = ${squash}Of(x[i] * alpha[0] ${inputs.shift ? '+ shift[0]' : ''});
          t[i] = value;
          y[i] = value * gain[i % u.D] ${inputs.bias ? '+ bias[i % u.D]' : ''};
        }`,
      },
      N * D,
    ),
  );

/** Σ over all numbers of g and g·x, and dx, by rows of a workgroup; then one sums what the rows have. */
export const pointNormInputProgram = (
  backend: TapingBackend,
  { N, D, squash }: PointNormSizes,
  inputs: {
    dy: TensorInfo;
    x: TensorInfo;
    alpha: TensorInfo;
    gain: TensorInfo;
    t?: TensorInfo;
    shift?: TensorInfo | undefined;
  },
  outputs: { dx: TensorInfo; dalpha: TensorInfo; dshift: TensorInfo },
): Program =>
  intoSum(inputs, outputs, (tensors, isSum) =>
    rowwise(
      backend,
      {
        name: `PointNormInput/${squash}`,
        ...tensors,
        uniforms: { N: u32(N), D: u32(D) },
        reductions: [SUM2],
        code: () => `
        fn through(i: u32) -> f32 {
          let g = dy[i] * gain[i % u.D];
          ${
            squash === 'erf'
              ? `let z = x[i] * alpha[0] ${inputs.shift ? '+ shift[0]' : ''};
                 return g * 1.128379167 * exp(-z * z);`
              : 'return g * (1.0 - t[i] * t[i]);'
          }
        }
        fn row(r: u32, lane: u32) {
          if (r < u.N) {
            let at = r * u.D;
            for (var j = lane; j < u.D; j += LANES) { dx[at + j] = through(at + j) * alpha[0]; }
            ${isSum ? ADD_ROW : ''}
            return;
          }
          var parts = vec2f();
          for (var i = lane; i < u.N * u.D; i += LANES) {
            let g = through(i);
            parts += vec2f(g * x[i], g);
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            dalpha[0] = whole.x;
            dshift[0] = whole.y;
          }
        }`,
      },
      N + 1,
      256,
    ),
  );

/** Gradients of gain and bias, a feature by one workgroup. */
export const pointNormGainProgram = (
  backend: TapingBackend,
  { N, D }: PointNormSizes,
  inputs: { dy: TensorInfo; t: TensorInfo },
  outputs: { dgain: TensorInfo; dbias?: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'PointNormGain',
      ...{ inputs, outputs },
      uniforms: { N: u32(N), D: u32(D) },
      reductions: [SUM2],
      code: () => `
        fn row(j: u32, lane: u32) {
          var parts = vec2f();
          for (var n = lane; n < u.N; n += LANES) {
            let d = dy[n * u.D + j];
            parts += vec2f(d * t[n * u.D + j], d);
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            dgain[j] = whole.x;
            ${outputs.dbias ? 'dbias[j] = whole.y;' : ''}
          }
        }`,
    },
    D,
  );
