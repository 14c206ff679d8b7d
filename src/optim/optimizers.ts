import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { adamKernel, type Applied } from '../kernels/operations/adam';
import { clipped } from '../kernels/operations/clipped';
import { muonDirection, type MatrixPlace } from './muon';

/** Moments of the gradient, each [P]; an optimizer that has none leaves it at zeros. */
export interface OptimizerState {
  m: Tensor1D;
  v: Tensor1D;
}

/** The kinds of parameters that an update tells apart. */
export interface ParameterKinds {
  /** [P], 1 where weight decay acts: matrices, embeddings and the unembedding. */
  decays: Tensor1D;
  /** The matrices of linear maps in blocks, which Muon moves. */
  matrices: MatrixPlace[];
}

/** The numbers that change from one update to the next: tensors, so that the graph is the same. */
export interface UpdateTime {
  rate: Scalar;
  /** 1 − β^(n+1), Adam’s bias corrections. */
  correction1: Scalar;
  correction2: Scalar;
}

interface Inputs extends OptimizerState, Omit<UpdateTime, 'rate'> {
  /** The gradient, clipped, with coupled weight decay in it: [P]. */
  g: Tensor1D;
  config: Config;
  matrices: MatrixPlace[];
}

/** The direction that the learning rate multiplies, and the new moments. */
type Optimizer = (inputs: Inputs) => { direction: Tensor1D } & Partial<OptimizerState>;

const blend = (old: Tensor1D, value: Tensor1D, beta: number): Tensor1D =>
  tf.add(tf.mul(old, beta), tf.mul(value, 1 - beta));

/** Kingma, Ba 2015, algorithm 1. */
const adam = (({ g, m, v, config, correction1, correction2 }) => {
  const first = blend(m, g, config.beta1);
  // In this order, as PyTorch has it, neither leaves float32 before the second moment itself does.
  const second: Tensor1D = tf.add(tf.mul(v, config.beta2), tf.mul(tf.mul(g, 1 - config.beta2), g));
  const root = tf.add(tf.div(tf.sqrt(second), tf.sqrt(correction2)), config.adam_eps);
  return { direction: tf.div(tf.div(first, correction1), root), m: first, v: second };
}) satisfies Optimizer;

export const optimizers: Record<Chosen['optimizer'], Optimizer> = {
  adam,
  adamw: adam,
  sgd: ({ g }) => ({ direction: g }),
  momentum: ({ g, m, config }) => {
    const velocity: Tensor1D = tf.add(tf.mul(m, config.beta1), g);
    return { direction: velocity, m: velocity };
  },
  // The matrices of blocks by Muon, everything else by Adam.
  muon: (inputs) => {
    const { g, config, matrices } = inputs;
    const { direction, m, v } = adam(inputs);
    return { direction: muonDirection(direction, g, m, config.beta1, matrices), m, v };
  },
};

/** The moments that an optimizer keeps: means of the gradient, a sum, or none. One cannot go on from another's. */
const MOMENTS: Record<Chosen['optimizer'], 'means' | 'sum' | 'none'> = {
  ...{ adam: 'means', adamw: 'means', muon: 'means' },
  ...{ momentum: 'sum', sgd: 'none' },
};
export const keepsMoments = (from: Config, to: Config): boolean =>
  MOMENTS[from.optimizer] === MOMENTS[to.optimizer];

/**
 * An update of the parameter vector.
 *
 * @param theta parameters [P]
 * @param gradient ∂loss/∂θ [P]
 * @returns Δθ [P] and the new moments; and the updated parameters, where they came of themselves
 */
export function update(
  theta: Tensor1D,
  gradient: Tensor1D,
  state: OptimizerState,
  { decays, matrices }: ParameterKinds,
  { rate, correction1, correction2 }: UpdateTime,
  config: Config,
): { delta: Tensor1D; state: OptimizerState; applied: Applied | null } {
  const { weight_decay, optimizer, grad_clip } = config;
  const g = grad_clip ? clipped(gradient, grad_clip) : gradient;
  if (optimizer === 'adam' || optimizer === 'adamw') {
    const updated = adamKernel(
      {
        ...{ theta, g, decays, ...state },
        ...{ rate, correction1, correction2 },
      },
      {
        beta1: config.beta1,
        beta2: config.beta2,
        eps: config.adam_eps,
        decay: weight_decay,
        decoupled: optimizer === 'adamw',
      },
    );
    if (updated) {
      const { delta, m, v, applied } = updated;
      return { delta, state: { m, v }, applied };
    }
  }
  const decay = weight_decay ? tf.mul(tf.mul(theta, decays), weight_decay) : null;
  const decoupled = optimizer === 'adamw';
  const coupled = decay && !decoupled ? tf.add(g, decay) : null;
  const result = optimizers[optimizer]({
    g: (coupled ?? g) as Tensor1D,
    ...state,
    config,
    matrices,
    correction1,
    correction2,
  });
  const direction = decay && decoupled ? tf.add(result.direction, decay) : result.direction;
  return {
    delta: tf.mul(direction, tf.neg(rate)),
    state: { m: result.m ?? state.m, v: result.v ?? state.v },
    applied: null,
  };
}
