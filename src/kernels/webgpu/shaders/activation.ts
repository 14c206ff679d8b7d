import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, type Program } from '../program';
import { ERF, NAN, NORMAL_CDF, TANH } from './common';

const GELU = `${NORMAL_CDF} ${ERF}
  fn gaussOf(x: f32) -> f32 { return exp(-0.5 * x * x); }
  fn cdf(x: f32) -> f32 {
    return times(0.5, plus(1.0, rounded(erfOf(times(x, constant(0.7071067812))))));
  }
  fn density(x: f32) -> f32 {
    return times(constant(0.3989422804), rounded(exp(times(-0.5, times(x, x)))));
  }`;
const SIGMOID = 'fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }';
const SILU = `${SIGMOID}
  fn slopeOfSilu(c: f32, s: f32) -> f32 {
    return times(s, plus(1.0, times(c, rounded(1.0 - s))));
  }`;
/** ½(1 + tanh u) = σ(2u), which keeps its digits where tanh u nears −1. */
const GELU_TANH = `${SIGMOID} ${TANH}
  fn gate(x: f32) -> f32 { return sigmoid(2.0 * 0.7978845608 * x * (1.0 + 0.044715 * x * x)); }
  fn tanhArgument(x: f32) -> f32 {
    let cubic = plus(1.0, times(constant(0.044715), times(x, x)));
    return rounded(tanhOf(times(constant(0.7978845608), times(x, cubic))));
  }
  fn slopeOfTanh(c: f32, t: f32) -> f32 {
    let bend = times(times(0.5, c), rounded(1.0 - times(t, t)));
    let slope = times(constant(0.7978845608), plus(1.0, times(constant(0.134145), times(c, c))));
    return plus(times(0.5, plus(1.0, t)), times(bend, slope));
  }`;
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

/** Operations by themselves, where every one rounds; and a constant of a formula, as the format has it. */
const OPERATIONS = `
  fn times(a: f32, b: f32) -> f32 { return rounded(a * b); }
  fn plus(a: f32, b: f32) -> f32 { return rounded(a + b); }
  fn constant(x: f32) -> f32 { return roundedAgain(x); }`;

type FunctionName = 'gelu' | 'gelu_tanh' | 'relu' | 'relu2' | 'silu';
interface WrittenOut {
  needs: string;
  value: string;
  slope: string;
  /** The same where every operation rounds, in the order of `composed` there. */
  roundedValue: string;
  roundedSlope: string;
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
    roundedValue: 'times(above(x), cdf(c))',
    roundedSlope: 'plus(cdf(c), times(c, density(c)))',
  },
  gelu_tanh: {
    needs: GELU_TANH,
    value: 'above(x) * gate(c)',
    slope: `gate(c) * (1.0 + c * (1.0 - gate(c))
      * 2.0 * 0.7978845608 * (1.0 + 3.0 * 0.044715 * c * c))`,
    roundedValue: 'times(times(0.5, above(x)), plus(1.0, tanhArgument(c)))',
    roundedSlope: 'slopeOfTanh(c, tanhArgument(c))',
  },
  relu: {
    needs: POSITIVE,
    value: 'positive(x)',
    slope: 'select(0.0, 1.0, x > 0.0)',
    roundedValue: 'positive(x)',
    roundedSlope: 'select(0.0, 1.0, x > 0.0)',
    slopeOfNaN: '0.0',
  },
  relu2: {
    needs: POSITIVE,
    value: 'positive(x) * positive(x)',
    slope: '2.0 * positive(x)',
    roundedValue: 'times(positive(x), positive(x))',
    roundedSlope: 'times(2.0, positive(x))',
  },
  silu: {
    needs: SILU,
    value: 'above(x) * sigmoid(c)',
    slope: 'sigmoid(c) * (1.0 + c * (1.0 - sigmoid(c)))',
    roundedValue: 'times(above(x), rounded(sigmoid(c)))',
    roundedSlope: 'slopeOfSilu(c, rounded(sigmoid(c)))',
  },
};

const functions = (f: FunctionName) => `
  ${NAN} ${ENDS} ${OPERATIONS} ${FUNCTIONS[f].needs}
  fn value(x: f32) -> f32 {
    if (isNaN(x)) { return x; }
    let c = near(x);
    if (EVERY_OP) { return ${FUNCTIONS[f].roundedValue}; }
    return ${FUNCTIONS[f].value};
  }
  fn slope(x: f32) -> f32 {
    if (isNaN(x)) { return ${FUNCTIONS[f].slopeOfNaN ?? 'x'}; }
    let c = near(x);
    if (EVERY_OP) { return ${FUNCTIONS[f].roundedSlope}; }
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
        fn each(i: u32) { h[i] = ${inputs.factor ? 'rounded(value(x[i]) * factor[i])' : 'value(x[i])'}; }`,
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
        fn through(dh: f32, slope: f32, factor: f32) -> f32 {
          if (EVERY_OP) { return times(times(dh, factor), slope); }
          return dh * slope * factor;
        }
        fn each(i: u32) {
          dx[i] = ${inputs.factor ? 'through(dh[i], slope(x[i]), factor[i])' : 'rounded(dh[i] * slope(x[i]))'};
          ${outputs.dfactor ? 'dfactor[i] = rounded(dh[i] * value(x[i]));' : ''}
        }`,
    },
    size,
  );
