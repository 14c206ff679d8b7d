import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Params } from '../model/context';
import { flatten, unflatten } from '../model/flat';
import { objectives } from '../model/loss';
import type { Tap } from '../model/tap';
import type { Tokens } from '../model/tokens';
import { transformer } from '../model/transformer';
import { update, type OptimizerState } from '../optim/optimizers';
import type { Plan } from './plan';

/** The tensors that training moves. */
export interface Trained extends OptimizerState {
  theta: Tensor1D;
}

/** All tensors of a model in training, kept on the device. */
export interface State extends Trained {
  /** The fixed tensors of the theory’s setting: x_0, R. */
  constants: Params;
  /** [P], 1 where weight decay acts. */
  decays: Tensor1D;
}

/**
 * Forward, backward and the update that follows from them; nothing of the state is changed.
 * @returns the gradient ∂loss/∂θ and the update Δθ, each [P], and what the state becomes
 */
export function pass(plan: Plan, state: State, tokens: Tokens | null, step: number, tap: Tap) {
  const { config, flat } = plan;
  const { theta, m, v, constants, decays } = state;
  const params = unflatten(theta, flat);
  let logits: Tensor3D | null = null;

  const forward = (): Scalar => {
    const input = tokens ? tokens.inputs : (constants['x0'] as Tensor3D);
    const result = transformer(input, { config, params, tap });
    logits = result.logits && tf.keep(result.logits.clone());
    const projection = (constants['R'] as Tensor3D | undefined) ?? null;
    return objectives[config.objective]({ ...result, tokens, projection });
  };
  // x_0 is no parameter, but its site has a gradient all the same.
  const sources = [...Object.values(params), ...(tokens ? [] : [constants['x0']!])];
  const { value: loss, grads } = tf.engine().gradients(forward, sources, undefined, true);
  const gradient = flatten(grads.slice(0, flat.specs.length), flat);

  const { delta, state: moments } = update(theta, gradient, { m, v }, decays, step, config);
  const next: Trained = { theta: tf.add(theta, delta), ...moments };
  return { loss, logits: logits as Tensor3D | null, gradient, delta, next };
}
