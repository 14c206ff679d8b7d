import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { learningRate } from './schedule';

/** Moments of the gradient, each [P]; an optimizer that has none leaves it at zeros. */
export interface OptimizerState {
  m: Tensor1D;
  v: Tensor1D;
}

/** What one update reads. Everything that changes from step to step is a tensor. */
interface Inputs extends OptimizerState {
  /** The gradient, clipped, with coupled weight decay in it: [P]. */
  g: Tensor1D;
  config: Config;
  /** 1 − β^(n+1), Adam’s bias corrections. */
  correction1: Scalar;
  correction2: Scalar;
}

/** The direction that the learning rate multiplies, and the new moments. */
type Optimizer = (inputs: Inputs) => { direction: Tensor1D } & Partial<OptimizerState>;

const blend = (old: Tensor1D, value: Tensor1D, beta: number): Tensor1D =>
  tf.add(tf.mul(old, beta), tf.mul(value, 1 - beta));

/** Kingma, Ba 2015, algorithm 1. */
const adam: Optimizer = ({ g, m, v, config, correction1, correction2 }) => {
  const first = blend(m, g, config.beta1);
  const second = blend(v, tf.square(g), config.beta2);
  const root = tf.add(tf.sqrt(tf.div(second, correction2)), config.adam_eps);
  return { direction: tf.div(tf.div(first, correction1), root), m: first, v: second };
};

export const optimizers: Record<Chosen['optimizer'], Optimizer> = {
  adam,
  adamw: adam,
  sgd: ({ g }) => ({ direction: g }),
  momentum: ({ g, m, config }) => {
    const velocity: Tensor1D = tf.add(tf.mul(m, config.beta1), g);
    return { direction: velocity, m: velocity };
  },
};

/** Scales the gradient down to `most` where its norm is larger; 0 is off. */
function clip(g: Tensor1D, most: number): Tensor1D {
  if (most === 0) return g;
  const norm = tf.sqrt(tf.sum(tf.square(g)));
  return tf.mul(g, tf.minimum(1, tf.div(most, tf.maximum(norm, 1e-30))));
}

/**
 * Update n (0-based) of the parameter vector.
 *
 * @param theta parameters [P]
 * @param gradient ∂loss/∂θ [P]
 * @param decays [P], 1 where weight decay acts: tensors of two or more dimensions
 * @returns Δθ [P] and the new moments
 */
export function update(
  theta: Tensor1D,
  gradient: Tensor1D,
  state: OptimizerState,
  decays: Tensor1D,
  n: number,
  config: Config,
): { delta: Tensor1D; state: OptimizerState } {
  const { weight_decay, optimizer, beta1, beta2, grad_clip } = config;
  const decay = weight_decay ? tf.mul(tf.mul(theta, decays), weight_decay) : null;
  const decoupled = optimizer === 'adamw';
  const coupled = decay && !decoupled ? tf.add(clip(gradient, grad_clip), decay) : null;
  const result = optimizers[optimizer]({
    g: (coupled ?? clip(gradient, grad_clip)) as Tensor1D,
    ...state,
    config,
    correction1: tf.scalar(1 - beta1 ** (n + 1)),
    correction2: tf.scalar(1 - beta2 ** (n + 1)),
  });
  const direction = decay && decoupled ? tf.add(result.direction, decay) : result.direction;
  return {
    delta: tf.mul(direction, tf.scalar(-learningRate(n, config))),
    state: { m: result.m ?? state.m, v: result.v ?? state.v },
  };
}
