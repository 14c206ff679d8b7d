import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Params } from '../model/context';
import { inputsAt, type StepValues } from './inputs';
import { measure } from './measure';
import { pass, UNWATCHED, type State, type Trained } from './pass';
import type { Plan } from './plan';

/** A step on its way. */
export interface Taken {
  /** The state after it, for the caller to keep; null where the state was changed where it lies. */
  next: Trained | null;
  /** What recording took, in milliseconds, where this step had to be recorded first. */
  compileMs: number | null;
  replayed: boolean;
  /** Threads that a recorded step ran on, where the engine has the choice. */
  threads: number | null;
}

export interface MeasuredStep extends Taken {
  /** The entries of a packed frame that the numbers go to. */
  places: number[][];
  /** The numbers, read back. */
  values: Promise<ArrayLike<number>>;
  /** What measuring added, in milliseconds, as far as that is known. */
  statisticsMs(): number | null;
}

/**
 * How a session computes its steps. Everything is asked of the device before these return; they do not wait
 * for it.
 */
export interface Steps {
  measure(plan: Plan, state: State, given: StepValues, commits: boolean): MeasuredStep;
  advance(plan: Plan, state: State, given: StepValues): Taken;
  /** Lets go of what was kept for other steps of the same kind. */
  dispose(): void;
}

export const tensorsOf = (state: Partial<State>): Tensor[] =>
  Object.values(state).flatMap((part: Tensor | Params) =>
    part instanceof tf.Tensor ? [part] : Object.values(part),
  );

/** Lets go of what a pass has renewed for a step that is not made. */
export function letGo({ buffers }: Trained, state: State) {
  for (const [name, tensor] of Object.entries(buffers)) {
    if (tensor !== state.buffers[name]) tensor.dispose();
  }
}

function kept(next: Trained): Trained {
  for (const tensor of tensorsOf(next)) tf.keep(tensor);
  return next;
}

/** Backends that compute in the call itself, so that time in a call is time of the computation. */
const isSynchronous = () => ['wasm', 'cpu'].includes(tf.getBackend());

/** Steps computed operation by operation, on any backend. */
export const plainSteps: Steps = {
  measure(plan, state, given, commits) {
    let next: Trained | null = null;
    let places: number[][] = [];
    let statisticsMs = 0;
    const values = tf.tidy(() => {
      const measured = measure(plan, state, inputsAt(given));
      if (commits) next = kept(measured.next);
      else letGo(measured.next, state);
      ({ places, statisticsMs } = measured);
      return measured.values;
    });
    const reading = values.data();
    return {
      next,
      places,
      values: reading.finally(() => values.dispose()),
      compileMs: null,
      replayed: false,
      threads: null,
      statisticsMs: isSynchronous() ? () => statisticsMs : () => null,
    };
  },
  advance(plan, state, given) {
    let next: Trained | null = null;
    tf.tidy(() => {
      const made = pass(plan, state, inputsAt(given), UNWATCHED);
      made.logits?.dispose();
      next = kept(made.next);
    });
    return { next, compileMs: null, replayed: false, threads: null };
  },
  dispose() {},
};
