import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../lib/shapes';
import { part } from '../kernels/operations/part';
import type { Params } from '../model/context';
import type { FlatLayout } from '../model/flat';
import type { ParamSpec } from '../model/params';
import type { OptimizerState } from '../optim/optimizers';
import { firstScaler } from './lossScale';
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

const drawn = (specs: ParamSpec[], start: Start): Params =>
  Object.fromEntries(specs.map((spec) => [spec.name, tf.tensor(start(spec), spec.shape)]));

const fixedTensors = ({ constants, flat }: Plan, start: Start) => ({
  constants: drawn(constants, start),
  decays: tf.tensor1d(decayMask(flat)),
});

export function firstState(plan: Plan, start: Start): State {
  const { specs, starts, total } = plan.flat;
  const theta = new Float32Array(total);
  specs.forEach((spec, i) => theta.set(start(spec), starts[i]));
  return {
    theta: tf.tensor1d(theta),
    m: tf.zeros([total]),
    v: tf.zeros([total]),
    buffers: drawn(plan.buffers, start),
    scaler: firstScaler(),
    ...fixedTensors(plan, start),
  };
}

export const sameShape = (a: number[], b: number[]) => a.join() === b.join();

/** Two tensors of one name and shape are drawn alike. */
const startsAlike = (a: ParamSpec, b: ParamSpec): boolean => startText(a) === startText(b);

/** A distribution as text; of the fields of a start, a row factor alone holds fields of its own. */
const startText = ({ start }: ParamSpec): string =>
  Object.entries(start)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? Object.values(value) : value}`)
    .join();

/**
 * A vector in the layout `to`: tensors that `from` has under the same name and shape, as long as `keeps` says
 * so, the rest from `fresh`.
 */
function carryOver(
  vector: Tensor1D,
  from: FlatLayout,
  to: FlatLayout,
  fresh: Start,
  keeps: (old: ParamSpec, spec: ParamSpec) => boolean = () => true,
): Tensor1D {
  return tf.tidy(() => {
    const old = new Map(from.specs.map((spec, i) => [spec.name, { spec, start: from.starts[i]! }]));
    return tf.concat1d(
      to.specs.map((spec) => {
        const kept = old.get(spec.name);
        return kept && sameShape(kept.spec.shape, spec.shape) && keeps(kept.spec, spec)
          ? (part(vector, kept.start, [sizeOf(spec.shape)]) as Tensor1D)
          : tf.tensor1d(fresh(spec));
      }),
    );
  });
}

/** Buffers under the new layout: those of the same name and shape are kept, the rest begin anew. */
const carryBuffers = (old: Params, specs: ParamSpec[], fresh: Start): Params =>
  Object.fromEntries(
    specs.map((spec) => {
      const kept = old[spec.name];
      const isKept = kept && sameShape(kept.shape, spec.shape);
      return [spec.name, isKept ? kept.clone() : tf.tensor(fresh(spec), spec.shape)];
    }),
  );

/**
 * The state of another plan that takes over tensors of the same name and shape; the rest starts anew. Untrained
 * parameters are taken over only if both plans draw them alike.
 */
export function carriedState(
  old: State,
  from: FlatLayout,
  plan: Plan,
  start: Start,
  isTrained: boolean,
): State {
  const zeros: Start = ({ shape }) => new Float32Array(sizeOf(shape));
  return {
    theta: carryOver(old.theta, from, plan.flat, start, isTrained ? undefined : startsAlike),
    m: carryOver(old.m, from, plan.flat, zeros),
    v: carryOver(old.v, from, plan.flat, zeros),
    buffers: carryBuffers(old.buffers, plan.buffers, start),
    scaler: old.scaler.clone(),
    ...fixedTensors(plan, start),
  };
}
