import { normalCdf, normalPdf } from './special';
import { map, mul, scale, tanh, type Tensor } from './tape';

type Unary = (x: Tensor) => Tensor;

const ROOT = Math.sqrt(2 / Math.PI);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const gelu: Unary = (x) =>
  map(
    x,
    (v) => v * normalCdf(v),
    (v) => normalCdf(v) + v * normalPdf(v),
  );

const silu: Unary = (x) =>
  map(
    x,
    (v) => v * sigmoid(v),
    (v) => sigmoid(v) * (1 + v * (1 - sigmoid(v))),
  );

const gelu_tanh: Unary = (x) =>
  map(
    x,
    (v) => (v / 2) * (1 + Math.tanh(ROOT * (v + 0.044715 * v ** 3))),
    (v) => {
      const t = Math.tanh(ROOT * (v + 0.044715 * v ** 3));
      return (1 + t) / 2 + (v / 2) * (1 - t * t) * ROOT * (1 + 3 * 0.044715 * v ** 2);
    },
  );

const relu: Unary = (x) =>
  map(
    x,
    (v) => Math.max(v, 0),
    (v) => (v > 0 ? 1 : 0),
  );

const relu2: Unary = (x) =>
  map(
    x,
    (v) => Math.max(v, 0) ** 2,
    (v) => 2 * Math.max(v, 0),
  );

/** What an MLP computes between `w_in` and `w_out`; `gate` is x·w_gate, for those that have one. */
type Activation = (hidden: Tensor, gate: () => Tensor) => Tensor;

export const activations: Record<string, Activation> = {
  gelu,
  gelu_tanh,
  relu,
  silu,
  relu2,
  swiglu: (hidden, gate) => mul(silu(gate()), hidden),
  geglu: (hidden, gate) => mul(gelu(gate()), hidden),
  geglu_tanh: (hidden, gate) => mul(gelu_tanh(gate()), hidden),
};

export const isGated = (activation: string): boolean =>
  ['swiglu', 'geglu', 'geglu_tanh'].includes(activation);

/** c·tanh(z/c); c = 0 is off. */
export const softCap = (z: Tensor, c: number): Tensor =>
  c > 0 ? scale(tanh(scale(z, 1 / c)), c) : z;
