import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import { changed } from '../kernels/statistics/changed';
import type { LossCounter } from '../kernels/precision/lossCounter';
import { emulate } from '../kernels/precision/emulate';
import type { Advance } from '../lib/progress';
import type { Context, Params } from '../model/context';
import { flatten } from '../model/flat';
import { isFrozen } from '../model/interventions';
import type { ParamSpec } from '../model/params';
import { countingTap, untapped, type Tap } from '../model/tap';
import { update, type UpdateTime } from '../optim/optimizers';
import { forward, lossOf, sourcesOf } from './forward';
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
import type { State, Trained } from './state';

/** Listeners of a pass: at the taps, at norms over the batch, and where rounding loses numbers. */
export interface Watch {
  tap: Tap;
  observe: Context['observe'];
  counter: LossCounter | null;
}
const UNWATCHED: Watch = { tap: untapped, observe: () => {}, counter: null };

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

/**
 * Forward, backward and the update that follows from them; nothing of the state is changed.
 * @returns the gradient ∂loss/∂θ and the update Δθ, each [P], the state after it, and whether that has another θ
 */
export function pass(
  plan: Plan,
  state: State,
  inputs: StepInputs,
  { tap, observe, counter }: Watch,
) {
  const { config, flat } = plan;
  const { theta, m, v, decays, buffers, scaler } = state;
  const { renew, take } = collector(buffers);
  const scale = isScaled(config) ? scaleOf(config, scaler) : undefined;
  let logits: Tensor3D | null = null;

  const { loss, grads } = emulate(config, counter, () => {
    const sources = sourcesOf(plan, state);
    const lossForward = (): Scalar => {
      const mode = { training: true, tap, renew, observe };
      const result = forward(plan, state, sources, inputs, mode);
      logits = result.logits && tf.keep(result.logits.clone());
      return lossOf(plan, state, inputs, result);
    };
    // x_0 is no parameter, but its site has a gradient all the same.
    const of = [...Object.values(sources.params), ...(sources.x0 ? [sources.x0] : [])];
    const { value: loss, grads } = tf.engine().gradients(lossForward, of, scale, true);
    return { loss, grads };
  });

  const scaled = flatten(grads.slice(0, flat.specs.length), flat);
  const gradient: Tensor1D = scale ? tf.div(scaled, scale) : scaled;
  const kinds = { decays, matrices: blockMatrices(flat) };
  const time = timeOf(plan, inputs, scaler);
  const updated = update(theta, gradient, { m, v }, kinds, time, config);
  const mask = frozenMask(plan, inputs.step);
  const wanted: Tensor1D = mask ? tf.mul(updated.delta, mask) : updated.delta;

  /** With a dynamic scale, a gradient that overflowed makes no update. */
  const isFinite = isDynamic(config) ? allFinite(gradient) : null;
  const accepted = (now: Tensor1D, before: () => Tensor1D) =>
    isFinite ? chosen(isFinite, now, before()) : now;
  const delta = accepted(wanted, () => tf.zerosLike(theta));
  const applied = mask || isFinite ? null : updated.applied;
  const next: Trained = {
    theta: applied?.theta ?? tf.add(theta, delta),
    m: accepted(updated.state.m, () => m),
    v: accepted(updated.state.v, () => v),
    buffers: take(),
    scaler: isFinite ? nextScaler(scaler, isFinite) : scaler,
  };
  const hasMoved = () =>
    applied ? changed(tf.zerosLike(applied.changes), applied.changes) : changed(theta, next.theta);
  return { loss, logits: logits as Tensor3D | null, gradient, delta, next, hasMoved };
}

/**
 * The length of a pass, counted in sites: each is passed on the way forward and on the way back, and what follows from
 * the gradients takes about as long as one way.
 */
export const lengthOf = ({ layout }: Plan): number => 3 * layout.sites.length;

/** The forward and backward pass of a step that nobody watches, its length counted. @returns the state after it */
export function passUnwatched(
  plan: Plan,
  state: State,
  inputs: StepInputs,
  advance?: Advance,
): Trained {
  const watch = advance ? { ...UNWATCHED, tap: countingTap(advance) } : UNWATCHED;
  const { logits, next } = pass(plan, state, inputs, watch);
  advance?.(plan.layout.sites.length);
  logits?.dispose();
  return next;
}

/** Learning rate and Adam’s corrections. With a dynamic loss scale the device alone counts the updates. */
function timeOf({ config }: Plan, inputs: StepInputs, scaler: Tensor1D): UpdateTime {
  if (!isDynamic(config)) return inputs;
  const made = tf.add(updatesMade(scaler), 1);
  const correction = (beta: number): Scalar => tf.sub(1, tf.pow(tf.scalar(beta), made));
  const [correction1, correction2] = [correction(config.beta1), correction(config.beta2)];
  return { ...inputs, correction1, correction2 };
}

/** [P], 0 at parameters that interventions freeze at this step; null where they freeze nothing. */
function frozenMask({ interventions, flat }: Plan, step: number): Float32Array | null {
  const isHeld = ({ name }: ParamSpec) => isFrozen(name, { interventions, step });
  return flat.specs.some(isHeld) ? maskOf(flat, (spec) => !isHeld(spec)) : null;
}
