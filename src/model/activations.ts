import type { Chosen } from '../config/choices';
import type { ActivationFunction } from '../kernels/operations/activation';

/** The function that stands between the matrices, or, of a gated MLP, on the gate (Shazeer 2020). */
export const activations: Record<Chosen['activation'], ActivationFunction> = {
  gelu: 'gelu',
  gelu_tanh: 'gelu_tanh',
  relu: 'relu',
  relu2: 'relu2',
  silu: 'silu',
  swiglu: 'silu',
  geglu: 'gelu',
  geglu_tanh: 'gelu_tanh',
};
