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

/** Factor of a row; or, where divisions are rounded, its divisor. */
const FACTORS: Record<'root' | 'length', string> = {
  root: `
    let variance = roundedBy(roundedBy(squares, counts) / f32(u.counted), counts);
    let r1 = roundedBy(1.0 / sqrt(roundedBy(variance + roundedAgain(u.eps), counts)), counts);`,
  length: `
    let length = larger(roundedBy(sqrt(roundedBy(squares, counts)), counts), roundedAgain(u.eps));
    let r1 = select(1.0 / length, length, EVERY_OP);`,
};
const factorOf = (kind: RowNormSizes['kind']) => FACTORS[kind === 'length' ? 'length' : 'root'];
/** `resized(x, r1)`, with what `factorOf` declares. */
const resizing = (kind: RowNormSizes['kind']) => `
  fn resized(x: f32, r1: f32) -> f32 {
    ${kind === 'length' ? 'if (EVERY_OP) { return x / r1; }' : ''}
    return x * r1;
  }`;

/** A number times the gain, with the bias: two operations. */
export const affine = (
  { gain, bias }: { gain?: TensorInfo; bias?: TensorInfo },
  unit: string,
  factor: string,
) => {
  const gained = gain ? `rounded(${unit} * ${factor})` : unit;
  return bias ? `rounded(${gained} + bias[j])` : gained;
};

const gainAt = (gain: TensorInfo | undefined, single: boolean) =>
  !gain ? '1.0' : single ? 'gain[0]' : 'gain[j]';

/** On a tape a norm makes the sum x that it reads, and its other inputs stay. */
const MAKE_ROW = `
  stageOfSum();
  for (var j = lane; j < u.D; j += LANES) { x[at + j] = rounded(a[at + j] + b[at + j]); }
  stage(0u);`;
/**
 * On a tape the gradient of a norm goes into a sum. Not in the statement that makes it, where a compiler
 * would round product and sum at once: a tape has the bits of the step that it records.
 */
const ADD_ROW = `
  stageOfSum();
  for (var j = lane; j < u.D; j += LANES) { dx[at + j] = rounded(dx[at + j] + added[at + j]); }
  stage(0u);`;

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
        ${resizing(sizes.kind)}
        fn row(r: u32, lane: u32) {
          let at = r * u.D;
          let counts = lane == 0u;
          ${isSum ? MAKE_ROW : ''}
          var mean = 0.0;
          ${
            sizes.kind === 'standardize'
              ? `// In a format it is the sum that overflows.
                 let share = select(u.share, 1.0, EVERY_OP);
                 for (var j = lane; j < u.D; j += LANES) { mean += x[at + j] * share; }
                 mean = roundedBy(roundedBy(sum(mean, lane), counts) / (f32(u.D) * share), counts);`
              : ''
          }
          var squares = 0.0;
          for (var j = lane; j < u.counted; j += LANES) {
            let d = rounded(x[at + j] - mean);
            squares += rounded(d * d);
          }
          squares = sum(squares, lane);
          ${factorOf(sizes.kind)}
          for (var j = lane; j < u.D; j += LANES) {
            let unit = rounded(resized(roundedAgain(x[at + j] - mean), r1));
            y[at + j] = ${affine(inputs, 'unit', gainAt(inputs.gain, sizes.single))};
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

const MEAN_REMOVED = 'let removed = roundedBy(roundedBy(whole.x, counts) / f32(u.D), counts);';
/** Of some features alone it is a mean over all, and then times a number, where every operation rounds. */
const ROOT_SHARE = `
  var share = whole.y / f32(u.counted);
  if (EVERY_OP) {
    share = roundedBy(roundedBy(whole.y, counts) / f32(u.D), counts);
    if (u.counted < u.D) {
      share = roundedBy(share * roundedAgain(f32(u.D) / f32(u.counted)), counts);
    }
  }`;
/** Below ε a division by the length is linear: nothing depends on the length. */
const LENGTH_SHARE = `
  var isAbove = r1 * u.eps < 1.0;
  if (EVERY_OP) { isAbove = r1 > roundedAgain(u.eps); }
  var share = 0.0;
  if (isAbove) { share = roundedBy(whole.y, counts); }`;

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
  const unit = 'roundedAgain(resized(roundedAgain(x[at + j] - mean), r1))';
  const through = inputs.gain ? `dy[at + j] * ${gainAt(inputs.gain, single)}` : 'dy[at + j]';
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
        ${resizing(kind)}
        fn row(r: u32, lane: u32) {
          if (r < u.N) { input(r, lane); } else { learned(r - u.N, lane); }
        }
        fn input(r: u32, lane: u32) {
          let at = r * u.D;
          let counts = lane == 0u;
          let mean = stats[2u * r];
          let r1 = stats[2u * r + 1u];
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            let g = rounded(${through});
            parts += vec2f(g, rounded(g * ${unit}));
          }
          let whole = sum2(parts, lane);
          ${kind === 'standardize' ? MEAN_REMOVED : 'let removed = 0.0;'}
          ${kind === 'length' ? LENGTH_SHARE : ROOT_SHARE}
          for (var j = lane; j < u.D; j += LANES) {
            let g = roundedAgain(${through});
            var radial = 0.0;
            if (j < u.counted) { radial = rounded(${unit} * share); }
            dx[at + j] = rounded(resized(rounded(rounded(g - removed) - radial), r1));
          }
          ${isSum ? ADD_ROW : ''}
        }
        fn unitOf(i: u32, n: u32) -> f32 {
          return roundedAgain(resized(roundedAgain(x[i] - stats[2u * n]), stats[2u * n + 1u]));
        }
        fn learned(first: u32, lane: u32) {
          ${
            single
              ? `var parts = vec2f();
                 for (var n = lane; n < u.N * u.D; n += LANES) {
                   parts.x += rounded(dy[n] * unitOf(n, n / u.D));
                 }`
              : `var parts = vec2f();
                 for (var n = lane; n < u.N; n += LANES) {
                   let d = dy[n * u.D + first];
                   parts += vec2f(${dgain ? 'rounded(d * unitOf(n * u.D + first, n))' : '0.0'}, d);
                 }`
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            ${dgain ? 'dgain[first] = rounded(whole.x);' : ''}
            ${dbias ? 'dbias[first] = rounded(whole.y);' : ''}
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
          let j = i % u.D;
          ${isSum ? 'stageOfSum(); x[i] = rounded(a[i] + b[i]); stage(0u);' : ''}
          let scaled = rounded(x[i] * alpha[0]);
          let value = rounded(${squash}Of(${inputs.shift ? 'rounded(scaled + shift[0])' : 'scaled'}));
          t[i] = value;
          y[i] = ${affine(inputs, 'value', 'gain[j]')};
        }`,
      },
      N * D,
    ),
  );

const ofRow = (isSum: boolean) => `
  if (r < u.rows) {
    let at = r * u.D;
    for (var j = lane; j < u.D; j += LANES) {
      dx[at + j] = rounded(through(at + j, true) * alpha[0]);
    }
    ${isSum ? ADD_ROW : ''}
    return;
  }`;
const OF_ALL = `
  var parts = vec2f();
  for (var i = lane; i < u.N * u.D; i += LANES) {
    let g = through(i, false);
    parts += vec2f(rounded(g * x[i]), g);
  }
  let whole = sum2(parts, lane);
  if (lane == 0u) {
    dalpha[0] = rounded(whole.x);
    dshift[0] = rounded(whole.y);
  }`;

/** dx, by rows of a workgroup; or after it, or alone, Σ over all numbers of g and g·x, by one more. */
export const pointNormInputProgram = (
  backend: TapingBackend,
  { N, D, squash }: PointNormSizes,
  inputs: {
    dy: TensorInfo;
    gain: TensorInfo;
    x?: TensorInfo;
    alpha?: TensorInfo;
    t?: TensorInfo;
    shift?: TensorInfo | undefined;
  },
  outputs: { dx?: TensorInfo; dalpha?: TensorInfo; dshift?: TensorInfo },
): Program => {
  const { dx, ...sums } = outputs;
  const rows = dx ? N : 0;
  const make = (tensors: Pick<Program, 'inputs' | 'outputs'>, isSum: boolean) =>
    rowwise(
      backend,
      {
        name: `PointNormInput/${squash}`,
        ...tensors,
        uniforms: { N: u32(N), D: u32(D), rows: u32(rows) },
        reductions: [SUM2],
        code: () => `
        fn through(i: u32, counts: bool) -> f32 {
          let g = roundedBy(dy[i] * gain[i % u.D], counts);
          ${
            squash === 'erf'
              ? `let scaled = roundedAgain(x[i] * alpha[0]);
                 let z = ${inputs.shift ? 'roundedAgain(scaled + shift[0])' : 'scaled'};
                 if (EVERY_OP) {
                   let bell = roundedBy(exp(-roundedBy(z * z, counts)), counts);
                   return roundedBy(g * roundedBy(roundedAgain(1.128379167) * bell, counts), counts);
                 }
                 return g * 1.128379167 * exp(-z * z);`
              : 'return roundedBy(g * roundedBy(1.0 - roundedBy(t[i] * t[i], counts), counts), counts);'
          }
        }
        fn row(r: u32, lane: u32) {
          ${dx ? ofRow(isSum) : ''}
          ${sums.dalpha ? OF_ALL : ''}
        }`,
      },
      rows + Number(!!sums.dalpha),
      256,
    );
  return dx ? intoSum(inputs, { dx, ...sums }, make) : make({ inputs, outputs: sums }, false);
};

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
            parts += vec2f(rounded(d * t[n * u.D + j]), d);
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) {
            dgain[j] = rounded(whole.x);
            ${outputs.dbias ? 'dbias[j] = rounded(whole.y);' : ''}
          }
        }`,
    },
    D,
  );
