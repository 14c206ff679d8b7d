import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../lib/shapes';
import { part } from '../kernels/operations/part';
import type { TapeDeck } from '../kernels/tape/tape';
import type { Params } from '../model/context';
import { unflatten, type FlatLayout } from '../model/flat';
import { drawParam, type ParamSpec } from '../model/params';
import { singularVectorOf, singularVectors } from '../model/sigma';
import type { OptimizerState } from '../optim/optimizers';
import type { Begin } from '../lib/progress';
import type { Work } from '../protocol/engine';
import { FIRST_SCALER, firstScaler, withUpdates } from './lossScale';
import { decayMask, type Plan } from './plan';

export interface Trained extends OptimizerState {
  theta: Tensor1D;
  /** Running statistics and singular vectors. */
  buffers: Params;
  /** The dynamic loss scale and its history: [3]. */
  scaler: Tensor1D;
}

/** All tensors of a model in training, kept on the device. */
export interface State extends Trained {
  /** The fixed tensors of the theory’s setting: x_0, R. */
  constants: Params;
  /** [P], 1 where weight decay acts. */
  decays: Tensor1D;
}

export const tensorsOf = (state: Partial<State>): Tensor[] =>
  Object.values(state).flatMap((held: Tensor | Params) =>
    held instanceof tf.Tensor ? [held] : Object.values(held),
  );

export function namedTensors({
  buffers,
  constants,
  ...single
}: Trained & Partial<State>): Record<string, Tensor> {
  const under = (folder: string, tensors: Record<string, Tensor> = {}) =>
    Object.entries(tensors).map(([name, tensor]) => [`${folder}/${name}`, tensor]);
  return {
    ...single,
    ...Object.fromEntries([...under('buffers', buffers), ...under('constants', constants)]),
  };
}

/** Disposes of the buffers that a pass has renewed, where its update is not made. */
export function disposeRenewed({ buffers }: Trained, state: State) {
  for (const [name, tensor] of Object.entries(buffers)) {
    if (tensor !== state.buffers[name]) tensor.dispose();
  }
}

type Start = (spec: ParamSpec) => Float32Array;
/** The numbers of a tensor in a file that was loaded, or null. */
export type Given = (spec: ParamSpec) => Float32Array | null;

/** The starts of a plan, of which `specs` and the constants will be asked for: the numbers drawn are counted. */
function startOf(plan: Plan, given: Given, specs: ParamSpec[], begin: Begin<Work>): Start {
  const drawn = [...specs, ...plan.constants].map(({ shape }) => sizeOf(shape));
  const advance = begin(
    'weights',
    drawn.reduce((sum, size) => sum + size, 0),
  );
  return (spec) => {
    const numbers = given(spec) ?? drawParam(spec, plan.config.seed);
    advance(numbers.length);
    return numbers;
  };
}

const fixedTensors = ({ constants, flat }: Plan, start: Start) => ({
  constants: Object.fromEntries(
    constants.map((spec) => [spec.name, tf.tensor(start(spec), spec.shape)]),
  ),
  decays: tf.tensor1d(decayMask(flat)),
});

/** The parameters at step 0, [P]. */
function firstNumbers({ specs, starts, total }: FlatLayout, start: Start): Float32Array {
  const numbers = new Float32Array(total);
  specs.forEach((spec, i) => numbers.set(start(spec), starts[i]));
  return numbers;
}

/**
 * The buffers of a plan: what `kept` has, and the rest as it is drawn; of that, singular vectors are then made those
 * of the matrices in `theta`.
 */
const buffersOf = (
  { buffers, flat, config }: Plan,
  theta: Tensor1D,
  begin: Begin<Work>,
  kept: (spec: ParamSpec) => Tensor | null,
): Params =>
  tf.tidy(() => {
    const known: Params = {};
    const fresh: Params = {};
    for (const spec of buffers) {
      const tensor = kept(spec);
      if (tensor) known[spec.name] = tensor;
      else fresh[spec.name] = tf.tensor(drawParam(spec, config.seed), spec.shape);
    }
    // Taking θ apart is a copy for every tensor: not where a slider moves and nothing is searched.
    const isSought = config.weight_reparam === 'sigma' && Object.keys(fresh).length > 0;
    const found = isSought
      ? singularVectors(unflatten(theta, flat), fresh, (of) => begin('vectors', of))
      : {};
    return { ...known, ...fresh, ...found };
  });

/** The state of a plan at step 0. */
export function firstState(plan: Plan, given: Given, begin: Begin<Work>): State {
  const { specs, total } = plan.flat;
  const start = startOf(plan, given, specs, begin);
  const theta = tf.tensor1d(firstNumbers(plan.flat, start));
  return {
    theta,
    m: tf.fill([total], 0),
    v: tf.fill([total], 0),
    buffers: buffersOf(plan, theta, begin, (spec) => {
      const numbers = given(spec);
      return numbers && tf.tensor(numbers, spec.shape);
    }),
    scaler: firstScaler(),
    ...fixedTensors(plan, start),
  };
}

export const sameShape = (a: number[], b: number[]) => a.join() === b.join();

const shapesOf = ({ flat, buffers, constants }: Plan): string =>
  [...flat.specs, ...buffers, ...constants]
    .map(({ name, shape, kind }) => `${name} ${kind} ${shape.join()}`)
    .join('|');
/** Two plans have the same tensors, and none of them is changed by a pass that makes no update. */
export const haveSameTensors = (a: Plan, b: Plan): boolean =>
  a.buffers.length === 0 && shapesOf(a) === shapesOf(b);

/** Puts the state of a plan at step 0 into the tensors of another that has the same. */
export function beginAgain(
  state: State,
  plan: Plan,
  given: Given,
  begin: Begin<Work>,
  overwrite: NonNullable<TapeDeck['overwrite']>,
): void {
  const start = startOf(plan, given, plan.flat.specs, begin);
  overwrite(state.theta, firstNumbers(plan.flat, start));
  for (const moments of [state.m, state.v]) overwrite(moments, 0);
  overwrite(state.scaler, FIRST_SCALER);
  for (const spec of plan.constants) overwrite(state.constants[spec.name]!, start(spec));
}

/** Two tensors of one name and shape are drawn alike. */
const startsAlike = (a: ParamSpec, b: ParamSpec): boolean => startText(a) === startText(b);

/** A distribution as text; of the fields of a start, a row factor alone holds fields of its own. */
const startText = ({ start }: ParamSpec): string =>
  Object.entries(start)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? Object.values(value) : value}`)
    .join();

/** A vector in the layout `to`: tensors that `keeps` names, which `from` has as well, and the rest from `fresh`. */
function carryOver(
  vector: Tensor1D,
  from: FlatLayout,
  to: FlatLayout,
  fresh: Start,
  keeps: (spec: ParamSpec) => boolean,
): Tensor1D {
  const starts = new Map(from.specs.map(({ name }, i) => [name, from.starts[i]!]));
  return tf.tidy(() =>
    tf.concat1d(
      to.specs.map((spec) =>
        keeps(spec)
          ? (part(vector, starts.get(spec.name)!, [sizeOf(spec.shape)]) as Tensor1D)
          : tf.tensor1d(fresh(spec)),
      ),
    ),
  );
}

/**
 * The state of another plan that takes over tensors of the same name and shape; the rest starts anew. Untrained
 * parameters are taken over only if both plans draw them alike, and buffers only beside a matrix that is.
 * @param updates how many the moments are of, where that is known; with 0 they begin anew
 */
export function carriedState(
  old: State,
  from: FlatLayout,
  plan: Plan,
  given: Given,
  begin: Begin<Work>,
  { isTrained, updates }: { isTrained: boolean; updates: number | null },
): State {
  const { flat } = plan;
  const before = new Map(from.specs.map((spec) => [spec.name, spec]));
  const fits = ({ name, shape }: ParamSpec) => {
    const spec = before.get(name);
    return spec !== undefined && sameShape(spec.shape, shape);
  };
  const isDrawnAlike = (spec: ParamSpec) =>
    before.has(spec.name) && startsAlike(before.get(spec.name)!, spec);
  const keeps = (spec: ParamSpec) => fits(spec) && (isTrained || isDrawnAlike(spec));
  const fresh = flat.specs.filter((spec) => !keeps(spec));
  const start = startOf(plan, given, fresh, begin);
  const theta = carryOver(old.theta, from, flat, start, keeps);
  const zeros: Start = ({ shape }) => new Float32Array(sizeOf(shape));
  const moments = (vector: Tensor1D) =>
    updates === 0 ? tf.zeros<tf.Rank.R1>([flat.total]) : carryOver(vector, from, flat, zeros, fits);
  const besideKept = new Set(
    flat.specs.filter(isDrawnAlike).map(({ name }) => singularVectorOf(name)),
  );
  return {
    theta,
    m: moments(old.m),
    v: moments(old.v),
    buffers: buffersOf(plan, theta, begin, ({ name, shape }) => {
      const kept = isTrained || besideKept.has(name) ? old.buffers[name] : undefined;
      return kept && sameShape(kept.shape, shape) ? kept.clone() : null;
    }),
    scaler: updates === null ? old.scaler.clone() : tf.tidy(() => withUpdates(old.scaler, updates)),
    ...fixedTensors(plan, start),
  };
}
