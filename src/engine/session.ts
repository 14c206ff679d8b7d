import * as tf from '@tensorflow/tfjs-core';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import { releaseUnusedMemory } from '../kernels/webgpu/unusedMemory';
import type { Counts } from '../kernels/webgpu/tape';
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors';
import type { Params } from '../model/context';
import { drawParam, sizeOf, type ParamSpec } from '../model/params';
import type { ModelReport, StepCost } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { PackedFrame } from '../protocol/frame';
import { evaluate } from './evaluate';
import { deviceBytes, deviceCounts } from './cost';
import { stepValues } from './inputs';
import { firstScaler } from './lossScale';
import { packFrame } from './measure';
import type { State, Trained } from './pass';
import { decayMask, makePlan, type Plan } from './plan';
import { recordedSteps } from './recordedSteps';
import { deckOf } from '../kernels/tape/deck';
import { plainSteps, type Steps, tensorsOf } from './steps';
import { carryBuffers, carryOver, fitting, misfit, startsAlike, type NamedArrays } from './weights';

/** One model in training. It knows no worker and no page; the caller has set TensorFlow.js’s backend. */
export interface Session {
  readonly config: Config;
  readonly report: ModelReport;
  readonly step: number;
  /** Measures this step’s frame; with `commit`, makes the update as well and goes to the next step. */
  measure(commit: boolean): Promise<PackedFrame & { cost: StepCost }>;
  /** Makes the update without measuring: the same numbers, sooner. */
  advance(): void;
  /** The model of this step as it is used; nothing of it changes. */
  evaluate(): Promise<Evaluation>;
  /** Another configuration. Weights are kept unless a setting changed that starts the model anew. */
  configure(config: Config, text: string): ModelReport;
  /** Back to step 0: the weights that the seed names, or those that were loaded. */
  reset(): ModelReport;
  saveWeights(): Promise<Uint8Array>;
  /** @throws Error in one sentence when the file is no safetensors file or does not fit this model. */
  loadWeights(bytes: Uint8Array): ModelReport;
  dispose(): void;
}

/** How steps are computed on the backend that is set. */
function stepsOf(recordedBytes: number): Steps {
  const deck = deckOf(tf.backend());
  return recordedBytes && deck ? recordedSteps(deck, recordedBytes) : plainSteps;
}

/**
 * A session of this configuration at step 0. `text` is read by the text task alone. Where the backend can
 * record steps, recordings hold up to `recordedBytes` of memory; with 0 nothing is recorded.
 */
export function createSession(
  initial: Config,
  initialText: string,
  { recordedBytes = 512 * 2 ** 20 }: { recordedBytes?: number } = {},
): Session {
  const steps = stepsOf(recordedBytes);
  let plan = makePlan(initial, initialText);
  let loaded: NamedArrays | null = null;
  let state = begin(plan);
  let step = 0;
  let kept = false;
  /** Set until memory of the shapes before has been given back. */
  let hasNewShapes = false;

  /** What a parameter or constant is at step 0. */
  function start(spec: ParamSpec): Float32Array {
    return fitting(loaded, spec) ?? drawParam(spec, plan.config.seed);
  }

  function drawn(specs: ParamSpec[]): Params {
    return Object.fromEntries(specs.map((spec) => [spec.name, tf.tensor(start(spec), spec.shape)]));
  }

  function fixed({ constants, flat }: Plan): Pick<State, 'constants' | 'decays'> {
    return { constants: drawn(constants), decays: tf.tensor1d(decayMask(flat)) };
  }

  function begin(plan: Plan): State {
    const theta = new Float32Array(plan.flat.total);
    plan.flat.specs.forEach((spec, i) => theta.set(start(spec), plan.flat.starts[i]));
    return {
      theta: tf.tensor1d(theta),
      m: tf.zeros([plan.flat.total]),
      v: tf.zeros([plan.flat.total]),
      buffers: drawn(plan.buffers),
      scaler: firstScaler(),
      ...fixed(plan),
    };
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
    state = begin(plan);
    step = 0;
    kept = false;
    return report();
  }

  /** Takes the new tensors over and lets go of the old ones. */
  function adopt(next: Trained) {
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
      const { layout } = plan;
      const at = step;
      const began = performance.now();
      const before = deviceCounts();
      const given = stepValues(plan, step);
      const taken = steps.measure(plan, state, given, commits);
      if (taken.next) adopt(taken.next);
      if (commits) step++;
      const counts = deviceCounts();
      const asked = performance.now();
      const values = await taken.values;
      const arrived = performance.now();
      const packed = packFrame(layout, taken.places, values);
      if (hasNewShapes) releaseUnusedMemory();
      hasNewShapes = false;
      const since = (name: keyof Counts) => before && counts && counts[name] - before[name];
      const cost: StepCost = {
        jsMs: asked - began + performance.now() - arrived,
        dispatches: since('dispatches'),
        submits: since('submits'),
        readbackBytes: since('readbackBytes'),
        deviceBytes: deviceBytes(),
        compileMs: taken.compileMs,
        statisticsMs: taken.statisticsMs(),
        replayed: taken.replayed,
        threads: taken.threads,
      };
      return { step: at, batch: given.batch, packed, cost };
    },

    advance() {
      const { next } = steps.advance(plan, state, stepValues(plan, step));
      if (next) adopt(next);
      step++;
    },

    evaluate: () => evaluate(plan, state, step),

    configure(config, text) {
      const next = makePlan(config, text);
      hasNewShapes = true;
      if (restarts(plan.config, config) || plan.text !== text) {
        plan = next;
        loaded = null;
        return restart();
      }
      // What was not trained yet is as the new settings draw it: the page shows what its link will give.
      const keeps = step === 0 && !loaded ? startsAlike : () => true;
      const { flat } = plan;
      const old = state;
      plan = next;
      state = {
        theta: carryOver(old.theta, flat, plan.flat, start, keeps),
        m: carryOver(old.m, flat, plan.flat, ({ shape }) => new Float32Array(sizeOf(shape))),
        v: carryOver(old.v, flat, plan.flat, ({ shape }) => new Float32Array(sizeOf(shape))),
        buffers: carryBuffers(old.buffers, plan.buffers, start),
        scaler: old.scaler.clone(),
        ...fixed(plan),
      };
      tf.dispose(tensorsOf(old));
      kept = true;
      return report();
    },

    reset: restart,

    async saveWeights() {
      const named = Object.entries({ ...state.buffers, ...state.constants });
      // All asked for before anything is waited for: they are of one step.
      const [all, ...values] = await Promise.all([
        state.theta.data<'float32'>(),
        ...named.map(([, tensor]) => tensor.data<'float32'>()),
      ]);
      const { specs, starts, sizes } = plan.flat;
      const tensors = specs.map(({ name, shape }, i) => ({
        name,
        shape,
        data: all.slice(starts[i]!, starts[i]! + sizes[i]!),
      }));
      named.forEach(([name, { shape }], i) => {
        tensors.push({ name, shape, data: Float32Array.from(values[i]!) });
      });
      return encodeSafetensors(tensors, { normscope_config: JSON.stringify(plan.config) });
    },

    loadWeights(bytes) {
      const { tensors } = decodeSafetensors(bytes);
      const problem = misfit(tensors, plan.flat.specs, [...plan.buffers, ...plan.constants]);
      if (problem) throw new Error(problem);
      loaded = tensors;
      return restart();
    },

    dispose() {
      steps.dispose();
      tf.dispose(tensorsOf(state));
    },
  };
}
