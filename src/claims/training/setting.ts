import type { Config } from '../../config/fields';

/** The smallest model that shows what is claimed of training: letters of Newton’s Opticks, 128 at a time. */
export const SMALL = { d_model: 32, n_layers: 4 } as const satisfies Partial<Config>;

/** The model of the same width in which depth is what matters. */
export const DEEP = { d_model: 32, n_layers: 24 } as const satisfies Partial<Config>;

/** Blocks as in Llama: the MLP has about 8/3·d features, and so the weights of one of 4·d that is not gated. */
export const LLAMA = {
  ...SMALL,
  norm: 'rmsnorm',
  activation: 'swiglu',
  mlp_ratio: 2.65625,
  positions: 'rope',
  bias: false,
} as const satisfies Partial<Config>;
