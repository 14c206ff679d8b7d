import * as tf from '@tensorflow/tfjs-core';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import { deckOf } from '../kernels/tape/deck';
import { releaseUnusedMemory } from '../kernels/webgpu/unusedMemory';
import { createProgress, type Begin } from '../lib/progress';
import { decodeSafetensors } from '../lib/safetensors';
import { keepsMoments } from '../optim/optimizers';
import type {
  EngineProgress,
  LoadedReport,
  ModelReport,
  StepCost,
  Transposing,
  Work,
} from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { PackedFrame } from '../protocol/frame';
import type { Raw, RawRequest } from '../protocol/raw';
import { encodeCheckpoint, readCheckpoint, type Standing } from './checkpoint';
import { countedSince, deviceBytes, deviceCounts } from './cost';
import { evaluate } from './evaluate';
import { stepValues } from './inputs';
import { inspect } from './inspect';
import { packFrame, withUpdate } from './packFrame';
import { isDynamic } from './lossScale';
import { makePlan, type Plan } from './plan';
import {
  beginAgain,
  carriedState,
  firstState,
  haveSameTensors,
  tensorsOf,
  type Given,
  type Trained,
} from './state';
import { plainSteps, type Steps } from './steps';
import { tapedSteps } from './tapedSteps';
import { encodeWeights, fitting, readWeights, type NamedArrays } from './weights';

/** One model in training. It knows no worker and no page; the caller has set TensorFlow.js’s backend. */
export interface Session {
  readonly config: Config;
  readonly report: ModelReport;
  readonly step: number;
  /** Measures this step’s frame; with `commit`, makes the update as well and goes to the next step. */
  measure(commit: boolean): Promise<PackedFrame & { cost: StepCost }>;
  /** Makes one update without measuring, and does not wait for the device. */
  update(): void;
  /**
   * Updates without measuring until `step` is `until`, or for about `ms` milliseconds and at least once, whichever
   * comes first. Resolves when the device is done.
   */
  advance(goal: { until: number; ms: number }): Promise<{ step: number }>;
  /** Measures the model of this step in evaluation; nothing of it changes. */
  evaluate(): Promise<Evaluation>;
  /** Tensors of this step, of the pass that its frame is measured on; nothing changes. */
  inspect(request: RawRequest): Promise<Raw>;
  /** Another configuration. Weights are kept unless a setting changed that starts the model anew. */
  configure(config: Config, text: string): ModelReport;
  /** Back to step 0: the weights that the seed names, or those that were loaded. */
  reset(): ModelReport;
  saveWeights(): Promise<Uint8Array>;
  /** All that the next steps depend on, as a file. */
  saveCheckpoint(): Promise<Uint8Array>;
  /**
   * Goes on from a checkpoint, whatever model there was.
   *
   * @throws CheckpointError: the file cannot be gone on from; the session then stays as it was
   */
  restore(checkpoint: Uint8Array, text: string): ModelReport;
  /**
   * Starts from a file’s weights, and so does every reset from then on; `transpose` as in `readWeights`.
   *
   * @throws SafetensorsError, WeightsMisfit: the file is no safetensors file, or does not fit this model
   */
  loadWeights(bytes: Uint8Array, transpose?: Transposing): LoadedReport;
  dispose(): void;
}

/** The fastest way to compute steps on the backend that is set. */
function stepsOf(tapeBytes: number, begin: Begin<Work>): Steps {
  const deck = deckOf(tf.backend());
  return tapeBytes && deck ? tapedSteps(deck, tapeBytes, begin) : plainSteps(begin);
}

export interface SessionOptions {
  /** The most memory that recorded steps hold, where the backend can record them; with 0 none are. */
  tapeBytes?: number;
  /** Told how far the session is while it builds, and while it makes a step of a graph that is new to it. */
  tell?(progress: EngineProgress): void;
}

/** Where a session of a plan stands at step 0. `loaded` are the weights of a file to start from. */
const firstStanding = (plan: Plan, loaded: NamedArrays | null, begin: Begin<Work>): Standing => ({
  plan,
  state: firstState(plan, (spec) => fitting(loaded, spec), begin),
  step: 0,
  momentsFrom: 0,
  loaded,
});

/** A session of this configuration at step 0. `text` is read by the text task alone. */
export const createSession = (config: Config, text: string, options?: SessionOptions): Session =>
  openSession((begin) => firstStanding(makePlan(config, text), null, begin), options);

/**
 * A session that goes on from a checkpoint. `text` is what its task reads.
 *
 * @throws CheckpointError: the file cannot be gone on from
 */
export const restoreSession = (
  checkpoint: Uint8Array,
  text: string,
  options?: SessionOptions,
): Session => openSession(() => readCheckpoint(checkpoint, text), options);

function openSession(
  first: (begin: Begin<Work>) => Standing,
  { tapeBytes = 512 * 2 ** 20, tell = () => {} }: SessionOptions = {},
): Session {
  const begin = createProgress(tell);
  let { plan, state, step, momentsFrom, loaded } = first(begin);
  const steps = stepsOf(tapeBytes, begin);
  let kept = false;
  /** Set until memory of the shapes before has been given back. */
  let hasNewShapes = false;

  const report = (): ModelReport => ({
    layout: plan.layout,
    step,
    kept,
    parameters: plan.flat.total,
    vocabulary: plan.task?.vocabulary ?? [],
    levels: plan.config.objective === 'cross_entropy' ? (plan.task?.levels ?? {}) : {},
  });

  /** Another model in the place of the one there was. */
  function replace(by: Standing): ModelReport {
    tf.dispose(tensorsOf(state));
    ({ plan, state, step, momentsFrom, loaded } = by);
    kept = false;
    return report();
  }
  /** @param from the plan of the state: where it has the same tensors these stay, and tapes fit them */
  function restart(from: Plan = plan): ModelReport {
    const overwrite = deckOf(tf.backend())?.overwrite;
    if (!overwrite || !haveSameTensors(from, plan)) {
      return replace(firstStanding(plan, loaded, begin));
    }
    beginAgain(state, plan, (spec) => fitting(loaded, spec), begin, overwrite);
    [step, momentsFrom, kept] = [0, 0, false];
    return report();
  }

  const given: Given = (spec) => fitting(loaded, spec);
  const values = () => stepValues(plan, step, undefined, step - momentsFrom);

  /** Takes the new tensors over, if they are others, and disposes of the old ones. */
  function adopt(next: Trained | null) {
    if (!next) return;
    const before = tensorsOf(state);
    state = { ...state, ...next };
    const now = new Set(tensorsOf(state));
    for (const old of before) if (!now.has(old)) old.dispose();
  }

  function update() {
    adopt(steps.advance({ plan, state, values: values() }).next);
    step++;
  }

  return {
    get config() {
      return plan.config;
    },
    get step() {
      return step;
    },
    get report() {
      return report();
    },

    async measure(commits) {
      const measuredPlan = plan;
      const at = step;
      const began = performance.now();
      const before = deviceCounts();
      const given = values();
      const taken = steps.measure({ plan, state, values: given }, commits);
      adopt(taken.next);
      if (commits) step++;
      const counted = countedSince(before);
      const asked = performance.now();
      const numbers = await taken.values;
      const arrived = performance.now();
      const frame = packFrame(measuredPlan.layout, taken.places, numbers);
      const packed = withUpdate(frame, measuredPlan, given);
      if (hasNewShapes) releaseUnusedMemory();
      hasNewShapes = false;
      const cost: StepCost = {
        jsMs: asked - began + performance.now() - arrived,
        ...counted,
        deviceBytes: deviceBytes(),
        compileMs: taken.compileMs,
        statisticsMs: taken.statisticsMs(),
        replayed: taken.replayed,
        threads: taken.threads,
      };
      return { step: at, batch: given.batch, packed, cost };
    },

    update,

    async advance({ until, ms }) {
      const end = performance.now() + ms;
      /** Updates asked for at once: more as long as they are quick, so that the device need not wait for us. */
      let most = 1;
      while (step < until) {
        const began = performance.now();
        const count = Math.min(most, until - step);
        for (let i = 0; i < count; i++) update();
        // A few bytes of the state are there when everything before is done.
        await state.scaler.data();
        const now = performance.now();
        if (now >= end) break;
        const fitting = Math.floor(((end - now) * count) / (now - began));
        most = Math.max(1, Math.min(2 * count, fitting));
      }
      return { step };
    },

    evaluate: () => evaluate(plan, state, step),

    inspect: (request) => inspect(plan, state, values(), request, (of) => begin('tensors', of)),

    configure(config, text) {
      const old = plan;
      plan = makePlan(config, text);
      hasNewShapes = true;
      if (restarts(old.config, config) || old.text !== text) {
        loaded = null;
        return restart(old);
      }
      // Untrained weights are as the new settings draw them: the page shows what its link will give.
      const keeps = keepsMoments(old.config, config);
      if (!keeps) momentsFrom = step;
      const next = carriedState(state, old.flat, plan, given, begin, {
        isTrained: step > 0 || loaded !== null,
        // With a dynamic loss scale the device alone has counted.
        updates: keeps && isDynamic(old.config) ? null : step - momentsFrom,
      });
      tf.dispose(tensorsOf(state));
      state = next;
      kept = true;
      return report();
    },

    reset: () => restart(),

    saveWeights: () => encodeWeights(plan, state),

    saveCheckpoint: () => encodeCheckpoint({ plan, state, step, momentsFrom, loaded }),

    restore(checkpoint, text) {
      const standing = readCheckpoint(checkpoint, text);
      hasNewShapes = true;
      return replace(standing);
    },

    loadWeights(bytes, transpose) {
      const { arrays, ...told } = readWeights(decodeSafetensors(bytes), plan, transpose);
      loaded = arrays;
      return { ...restart(), ...told };
    },

    dispose() {
      steps.dispose();
      tf.dispose(tensorsOf(state));
    },
  };
}
