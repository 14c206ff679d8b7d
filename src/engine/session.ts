import * as tf from '@tensorflow/tfjs-core';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import { deckOf } from '../kernels/tape/deck';
import { releaseUnusedMemory } from '../kernels/webgpu/unusedMemory';
import { createProgress, type Begin } from '../lib/progress';
import { decodeSafetensors } from '../lib/safetensors';
import type { ParamSpec } from '../model/params';
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
import { countedSince, deviceBytes, deviceCounts } from './cost';
import { evaluate } from './evaluate';
import { stepValues } from './inputs';
import { packFrame, withUpdate } from './packFrame';
import { isDynamic } from './lossScale';
import { makePlan } from './plan';
import { carriedState, firstState, tensorsOf, type Trained } from './state';
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
  /** Makes the update without measuring, for benchmarks and for the test that measuring changes no bit. */
  advance(): void;
  /** Measures the model of this step in evaluation; nothing of it changes. */
  evaluate(): Promise<Evaluation>;
  /** Another configuration. Weights are kept unless a setting changed that starts the model anew. */
  configure(config: Config, text: string): ModelReport;
  /** Back to step 0: the weights that the seed names, or those that were loaded. */
  reset(): ModelReport;
  saveWeights(): Promise<Uint8Array>;
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

/**
 * A session of this configuration at step 0. `text` is read by the text task alone. Where the backend can
 * record steps, tapes hold up to `tapeBytes` of memory; with 0 nothing is recorded. While it builds, and makes a step
 * of a graph that is new to it, it tells how far it is.
 */
export function createSession(
  initial: Config,
  initialText: string,
  {
    tapeBytes = 512 * 2 ** 20,
    tell = () => {},
  }: { tapeBytes?: number; tell?(progress: EngineProgress): void } = {},
): Session {
  const begin = createProgress(tell);
  const steps = stepsOf(tapeBytes, begin);
  let plan = makePlan(initial, initialText);
  let loaded: NamedArrays | null = null;
  let state = firstState(plan, given, begin);
  let step = 0;
  /** The step at which the optimizer's moments began. */
  let momentsFrom = 0;
  let kept = false;
  /** Set until memory of the shapes before has been given back. */
  let hasNewShapes = false;

  /** The numbers of a tensor at step 0, where a file was loaded that has them. */
  function given(spec: ParamSpec): Float32Array | null {
    return fitting(loaded, spec);
  }

  const report = (): ModelReport => ({
    layout: plan.layout,
    step,
    kept,
    parameters: plan.flat.total,
    vocabulary: plan.task?.vocabulary ?? [],
    levels: plan.config.objective === 'cross_entropy' ? (plan.task?.levels ?? {}) : {},
  });

  function restart(): ModelReport {
    tf.dispose(tensorsOf(state));
    state = firstState(plan, given, begin);
    step = 0;
    momentsFrom = 0;
    kept = false;
    return report();
  }

  const values = () => stepValues(plan, step, undefined, step - momentsFrom);

  /** Takes the new tensors over, if they are others, and disposes of the old ones. */
  function adopt(next: Trained | null) {
    if (!next) return;
    const before = tensorsOf(state);
    state = { ...state, ...next };
    const now = new Set(tensorsOf(state));
    for (const old of before) if (!now.has(old)) old.dispose();
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

    advance() {
      adopt(steps.advance({ plan, state, values: values() }).next);
      step++;
    },

    evaluate: () => evaluate(plan, state, step),

    configure(config, text) {
      const { flat, ...old } = plan;
      plan = makePlan(config, text);
      hasNewShapes = true;
      if (restarts(old.config, config) || old.text !== text) {
        loaded = null;
        return restart();
      }
      // Untrained weights are as the new settings draw them: the page shows what its link will give.
      const keeps = keepsMoments(old.config, config);
      if (!keeps) momentsFrom = step;
      const next = carriedState(state, flat, plan, given, begin, {
        isTrained: step > 0 || loaded !== null,
        // With a dynamic loss scale the device alone has counted.
        updates: keeps && isDynamic(old.config) ? null : step - momentsFrom,
      });
      tf.dispose(tensorsOf(state));
      state = next;
      kept = true;
      return report();
    },

    reset: restart,

    saveWeights: () => encodeWeights(plan, state),

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
