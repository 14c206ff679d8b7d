import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LossCounter } from '../kernels/precision/lossCounter';
import { emulate, rounded } from '../kernels/precision/emulate';
import { mapValues } from '../lib/objects';
import type { Context, Params } from '../model/context';
import { flatten, unflatten } from '../model/flat';
import { intervening, isFrozen } from '../model/interventions';
import { objectives } from '../model/loss';
import type { ParamSpec } from '../model/params';
import { untapped, type Tap } from '../model/tap';
import { transformer } from '../model/transformer';
import { update, type OptimizerState, type UpdateTime } from '../optim/optimizers';
import type { StepInputs } from './inputs';
import {
  allFinite,
  chosen,
  isDynamic,
  isScaled,
  nextScaler,
  scaleOf,
  updatesMade,
} from './lossScale';
import { blockMatrices } from './matrices';
import { maskOf, type Plan } from './plan';

/** The tensors that training moves. */
export interface Trained extends OptimizerState {
  theta: Tensor1D;
  /** Running statistics and singular vectors. */
  buffers: Params;
  /** The dynamic loss scale, and what it goes by: [3]. */
  scaler: Tensor1D;
}

/** All tensors of a model in training, kept on the device. */
export interface State extends Trained {
  /** The fixed tensors of the theory’s setting: x_0, R. */
  constants: Params;
  /** [P], 1 where weight decay acts. */
  decays: Tensor1D;
}

/** Who is told what of a pass. */
export interface Watch {
  tap: Tap;
  observe: Context['observe'];
  counter: LossCounter | null;
}
export const UNWATCHED: Watch = { tap: untapped, observe: () => {}, counter: null };

/** Buffers that a pass has renewed, kept until somebody takes them. */
function collector(before: Params) {
  const renewed = new Map<string, Tensor>();
  return {
    renew(name: string, value: Tensor) {
      renewed.get(name)?.dispose();
      renewed.set(name, tf.keep(value.clone()));
    },
    take: (): Params => ({ ...before, ...Object.fromEntries(renewed) }),
  };
}

/** The named parameters in the format that is emulated. */
export const roundedParams = ({ flat }: Plan, { theta }: State): Params =>
  mapValues(unflatten(theta, flat), rounded);

/**
 * Forward, backward and the update that follows from them; nothing of the state is changed.
 * @returns the gradient ∂loss/∂θ and the update Δθ, each [P], and what the state becomes
 */
export function pass(
  plan: Plan,
  state: State,
  inputs: StepInputs,
  { tap, observe, counter }: Watch,
) {
  const { config, flat, layers } = plan;
  const { step, draw, tokens } = inputs;
  const { theta, m, v, constants, decays, buffers, scaler } = state;
  const collected = collector(buffers);
  const scale = isScaled(config) ? scaleOf(config, scaler) : undefined;
  let logits: Tensor3D | null = null;

  const { loss, grads } = emulate(config.precision, counter, () => {
    const params = roundedParams(plan, state);
    const x0 = constants['x0'] && rounded(constants['x0'] as Tensor3D);
    const forward = (): Scalar => {
      const result = transformer(tokens ? tokens.inputs : x0!, {
        config,
        plans: layers,
        params,
        buffers,
        training: true,
        draw,
        tap: intervening(tap, { config, step, draw }),
        renew: collected.renew,
        observe,
      });
      logits = result.logits && tf.keep(result.logits.clone());
      const projection = (constants['R'] as Tensor3D | undefined) ?? null;
      return objectives[config.objective]({ ...result, tokens, projection });
    };
    // x_0 is no parameter, but its site has a gradient all the same.
    const sources = [...Object.values(params), ...(x0 ? [x0] : [])];
    const { value: loss, grads } = tf.engine().gradients(forward, sources, scale, true);
    return { loss, grads };
  });

  const scaled = flatten(grads.slice(0, flat.specs.length), flat);
  const gradient: Tensor1D = scale ? tf.div(scaled, scale) : scaled;
  const kinds = { decays, matrices: blockMatrices(flat) };
  const time = timeOf(plan, inputs, scaler);
  const updated = update(theta, gradient, { m, v }, kinds, time, config);
  const mask = frozenMask(plan, step);
  const wanted: Tensor1D = mask ? tf.mul(updated.delta, mask) : updated.delta;

  /** With a dynamic scale, a gradient that overflowed makes no update. */
  const isFinite = isDynamic(config) ? allFinite(gradient) : null;
  const accepted = (now: Tensor1D, before: () => Tensor1D) =>
    isFinite ? chosen(isFinite, now, before()) : now;
  const delta = accepted(wanted, () => tf.zerosLike(theta));
  const next: Trained = {
    theta: tf.add(theta, delta),
    m: accepted(updated.state.m, () => m),
    v: accepted(updated.state.v, () => v),
    buffers: collected.take(),
    scaler: isFinite ? nextScaler(scaler, isFinite) : scaler,
  };
  return { loss, logits: logits as Tensor3D | null, gradient, delta, scale, next };
}

/** What the update goes by. With a dynamic scale the device alone knows how many were made before. */
function timeOf({ config }: Plan, inputs: StepInputs, scaler: Tensor1D): UpdateTime {
  if (!isDynamic(config)) return inputs;
  const made = tf.add(updatesMade(scaler), 1);
  const correction = (beta: number): Scalar => tf.sub(1, tf.pow(tf.scalar(beta), made));
  const [correction1, correction2] = [correction(config.beta1), correction(config.beta2)];
  return { ...inputs, correction1, correction2 };
}

/** [P], 0 at what interventions freeze at this step; null where they freeze nothing. */
function frozenMask({ config, flat }: Plan, step: number): Float32Array | null {
  const isHeld = ({ name }: ParamSpec) => isFrozen(name, { config, step });
  return flat.specs.some(isHeld) ? maskOf(flat, (spec) => !isHeld(spec)) : null;
}
