import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, type Program } from '../program';
import { NAN, NORMAL_CDF, TANH } from './common';

const GELU = `${NORMAL_CDF}
  fn gaussOf(x: f32) -> f32 { return exp(-0.5 * x * x); }`;
const GELU_TANH = `${TANH}
  fn inner(x: f32) -> f32 { return tanhOf(0.7978845608 * x * (1.0 + 0.044715 * x * x)); }`;
const SIGMOID = 'fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }';
/** 1 where x > 0: a product with it keeps what is not a number. */
const POSITIVE = 'fn isPositive(x: f32) -> f32 { return select(0.0, 1.0, x > 0.0); }';

/** Each function and its derivative as expressions of x, with what they call; see `kernels/activation.ts`. */
const FUNCTIONS = {
  gelu: {
    needs: GELU,
    value: 'x * normalCdf(x, gaussOf(x))',
    slope: 'normalCdf(x, gaussOf(x)) + x * 0.3989422804 * gaussOf(x)',
  },
  gelu_tanh: {
    needs: GELU_TANH,
    value: '0.5 * x * (1.0 + inner(x))',
    slope: `0.5 * (1.0 + inner(x)) + 0.5 * x * (1.0 - inner(x) * inner(x))
      * 0.7978845608 * (1.0 + 3.0 * 0.044715 * x * x)`,
  },
  relu: { needs: POSITIVE, value: 'x * isPositive(x)', slope: 'isPositive(x)' },
  relu2: { needs: POSITIVE, value: 'x * x * isPositive(x)', slope: '2.0 * x * isPositive(x)' },
  silu: {
    needs: SIGMOID,
    value: 'x * sigmoid(x)',
    slope: 'sigmoid(x) * (1.0 + x * (1.0 - sigmoid(x)))',
  },
};
type FunctionName = keyof typeof FUNCTIONS;

const functions = (f: FunctionName) => `
  ${NAN} ${FUNCTIONS[f].needs}
  fn value(x: f32) -> f32 { return ${FUNCTIONS[f].value}; }
  fn slope(x: f32) -> f32 { return ${FUNCTIONS[f].slope}; }`;

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
