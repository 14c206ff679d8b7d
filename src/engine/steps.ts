import * as tf from '@tensorflow/tfjs-core';
import type { Begin } from '../lib/progress';
import type { Work } from '../protocol/engine';
import { graphKey } from './graphKey';
import { inputsAt, type StepValues } from './inputs';
import { measure } from './measure';
import { lengthOf, passUnwatched } from './pass';
import type { Plan } from './plan';
import { disposeRenewed, tensorsOf, type State, type Trained } from './state';

export interface Step {
  plan: Plan;
  state: State;
  values: StepValues;
}

export interface Taken {
  /** The state after it, for the caller to keep; null where the state was changed where it lies. */
  next: Trained | null;
  /** Time of recording a tape, in ms, where there was none for this step. */
  compileMs: number | null;
  replayed: boolean;
  /** Threads that a replay ran on, where the engine has the choice. */
  threads: number | null;
}

export interface MeasuredStep extends Taken {
  /** The entries of a packed frame that the numbers go to. */
  places: number[][];
  values: Promise<ArrayLike<number>>;
  /** Time that measuring added, in ms, as far as it is known. */
  statisticsMs(): number | null;
}

/**
 * A way to compute the steps of a session. Everything is asked of the device before these return; they do not
 * wait for it.
 */
export interface Steps {
  /** Measures; with `commits`, makes the update too. */
  measure(step: Step, commits: boolean): MeasuredStep;
  /** Makes the update without measuring. */
  advance(step: Step): Taken;
  dispose(): void;
}

function kept(next: Trained): Trained {
  for (const tensor of tensorsOf(next)) tf.keep(tensor);
  return next;
}

const UNTAPED = { compileMs: null, replayed: false, threads: null };

/** Backends that compute in the call itself, so that time in a call is time of the computation. */
const isSynchronous = () => ['wasm', 'cpu'].includes(tf.getBackend());

/** Steps computed operation by operation, on any backend. The first of a graph tells how far it is. */
export function plainSteps(begin: Begin<Work>): Steps {
  /** The graph of the measured step before. */
  let known: string | null = null;

  return {
    measure({ plan, state, values: given }, commits) {
      const graph = graphKey(plan, given.step, true);
      const advance = graph === known ? null : begin('pass', lengthOf(plan));
      known = graph;
      let next: Trained | null = null;
      let places: number[][] = [];
      let statisticsMs = 0;
      const values = tf.tidy(() => {
        const measured = measure(plan, state, inputsAt(given), advance);
        if (commits) next = kept(measured.next);
        else disposeRenewed(measured.next, state);
        ({ places, statisticsMs } = measured);
        return measured.values;
      });
      const reading = values.data();
      return {
        ...UNTAPED,
        next,
        places,
        values: reading.finally(() => values.dispose()),
        statisticsMs: isSynchronous() ? () => statisticsMs : () => null,
      };
    },
    advance({ plan, state, values }) {
      let next: Trained | null = null;
      tf.tidy(() => {
        next = kept(passUnwatched(plan, state, inputsAt(values)));
      });
      return { ...UNTAPED, next };
    },
    dispose() {},
  };
}
