import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, type Program } from '../program';
import { NAN, NORMAL_CDF } from './common';

const GELU = `${NORMAL_CDF}
  fn gaussOf(x: f32) -> f32 { return exp(-0.5 * x * x); }`;
const SIGMOID = 'fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }';
/** ½(1 + tanh u) = σ(2u), which keeps its digits where tanh u nears −1. */
const GELU_TANH = `${SIGMOID}
  fn gate(x: f32) -> f32 { return sigmoid(2.0 * 0.7978845608 * x * (1.0 + 0.044715 * x * x)); }`;
/** No number below 0. */
const POSITIVE = 'fn positive(x: f32) -> f32 { return select(x, 0.0, x <= 0.0); }';

/**
 * The far end of either side, where none of these changes any more: an infinity there, or a square that leaves
 * float32, would make 0·∞ of what is to be 0.
 */
const ENDS = `
  const FAR = 128.0;
  fn above(x: f32) -> f32 { return select(x, -FAR, x < -FAR); }
  fn near(x: f32) -> f32 { return select(above(x), FAR, x > FAR); }`;

type FunctionName = 'gelu' | 'gelu_tanh' | 'relu' | 'relu2' | 'silu';
interface WrittenOut {
  needs: string;
  value: string;
  slope: string;
  /** Where it is not NaN. */
  slopeOfNaN?: string;
}

/**
 * Each function and its derivative as expressions of x and of c, which is x between the far ends, with what they
 * call; see `kernels/operations/activation.ts`.
 */
const FUNCTIONS: Record<FunctionName, WrittenOut> = {
  gelu: {
    needs: GELU,
    value: 'above(x) * normalCdf(c, gaussOf(c))',
    slope: 'normalCdf(c, gaussOf(c)) + c * 0.3989422804 * gaussOf(c)',
  },
  gelu_tanh: {
    needs: GELU_TANH,
    value: 'above(x) * gate(c)',
    slope: `gate(c) * (1.0 + c * (1.0 - gate(c))
      * 2.0 * 0.7978845608 * (1.0 + 3.0 * 0.044715 * c * c))`,
  },
  relu: {
    needs: POSITIVE,
    value: 'positive(x)',
    slope: 'select(0.0, 1.0, x > 0.0)',
    slopeOfNaN: '0.0',
  },
  relu2: { needs: POSITIVE, value: 'positive(x) * positive(x)', slope: '2.0 * positive(x)' },
  silu: {
    needs: SIGMOID,
    value: 'above(x) * sigmoid(c)',
    slope: 'sigmoid(c) * (1.0 + c * (1.0 - sigmoid(c)))',
  },
};

const functions = (f: FunctionName) => `
  ${NAN} ${ENDS} ${FUNCTIONS[f].needs}
  fn value(x: f32) -> f32 {
    if (isNaN(x)) { return x; }
    let c = near(x);
    return ${FUNCTIONS[f].value};
  }
  fn slope(x: f32) -> f32 {
    if (isNaN(x)) { return ${FUNCTIONS[f].slopeOfNaN ?? 'x'}; }
    let c = near(x);
    return ${FUNCTIONS[f].slope};
  }`;

export const activationProgram = (
  f: FunctionName,
  inputs: { x: TensorInfo; factor?: TensorInfo },
  outputs: { h: TensorInfo },
  size: number,
): Program =>
  elementwise(
    {
      name: `Activation/${f}`,
      ...{ inputs, outputs },
      code: () => `
        ${functions(f)}
        fn each(i: u32) { h[i] = value(x[i]) ${inputs.factor ? '* factor[i]' : ''}; }`,
    },
    size,
  );

export const activationGradientProgram = (
  f: FunctionName,
  inputs: { dh: TensorInfo; x: TensorInfo; factor?: TensorInfo },
  outputs: { dx: TensorInfo; dfactor?: TensorInfo },
  size: number,
): Program =>
  elementwise(
    {
      name: `ActivationGradient/${f}`,
      ...{ inputs, outputs },
      code: () => `
        ${functions(f)}
        fn each(i: u32) {
          dx[i] = dh[i] * slope(x[i]) ${inputs.factor ? '* factor[i]' : ''};
          ${outputs.dfactor ? 'dfactor[i] = dh[i] * value(x[i]);' : ''}
        }`,
    },
    size,
  );
