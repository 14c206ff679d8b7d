import type { Config } from '../../config/fields';

/**
 * The setting of Xiong et al. 2020, section 3.2: one head, uniform attention without a mask, square matrices of variance
 * 1/d, a ReLU MLP with F = d, a stream of independent tokens, and a unit gradient at its top.
 */
export const THEORY = {
  task: 'gaussian',
  objective: 'random_projection',
  attention: 'uniform',
  causal: false,
  n_heads: 1,
  mlp_ratio: 1,
  activation: 'relu',
  bias: false,
  d_model: 128,
  seq_len: 32,
  batch_size: 2,
} as const satisfies Partial<Config>;

/** Gain of the weights under which scores of normalized tokens have this variance: it goes with the fourth power. */
export const gainFor = (variance: number): number => Number((variance ** 0.25).toPrecision(6));
