import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import { releaseUnusedMemory } from '../kernels/memory';
import type { Batch } from '../lib/batch';
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors';
import type { Params } from '../model/context';
import { drawParam, sizeOf, type ParamSpec } from '../model/params';
import { uploadTokens } from '../model/tokens';
import type { ModelReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { PackedFrame } from '../protocol/frame';
import { evaluate } from './evaluate';
import { firstScaler } from './lossScale';
import { measure, packFrame } from './measure';
import { pass, UNWATCHED, type State, type Trained } from './pass';
import { decayMask, makePlan, type Plan } from './plan';
import { carryBuffers, carryOver, fitting, misfit, startsAlike, type NamedArrays } from './weights';

/** One model in training. It knows no worker and no page; the caller has set TensorFlow.js’s backend. */
export interface Session {
  readonly config: Config;
  readonly report: ModelReport;
  readonly step: number;
  /** Measures this step’s frame; with `commit`, makes the update as well and goes to the next step. */
  measure(commit: boolean): Promise<PackedFrame>;
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

const tensorsOf = (state: State): Tensor[] =>
  Object.values(state).flatMap((part: Tensor | Params) =>
    part instanceof tf.Tensor ? [part] : Object.values(part),
  );

/** A session of this configuration at step 0. `text` is read by the text task alone. */
export function createSession(initial: Config, initialText: string): Session {
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

  const tokens = (batch: Batch | null) =>
    batch && uploadTokens(batch, plan.task!.vocabulary.length);
  const batchOf = () => plan.task?.batch(step) ?? null;

  /** What a pass has kept for a step that is not made. */
  function letGo({ buffers }: Trained) {
    for (const [name, tensor] of Object.entries(buffers)) {
      if (tensor !== state.buffers[name]) tensor.dispose();
    }
  }

  /** Takes the new tensors over and lets go of the old ones. */
  function commit(next: Trained) {
    const before = tensorsOf(state);
    state = { ...state, ...next };
    const now = new Set(tensorsOf(state));
    for (const tensor of now) tf.keep(tensor);
    for (const old of before) if (!now.has(old)) old.dispose();
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
      const { layout } = plan;
      const at = step;
      const batch = batchOf();
      let places: number[] = [];
      const values = tf.tidy(() => {
        const measured = measure(plan, state, tokens(batch), step);
        if (commits) commit(measured.next);
        else letGo(measured.next);
        places = measured.places;
        return measured.values;
      });
      const packed = packFrame(layout, places, await values.data());
      values.dispose();
      if (hasNewShapes) releaseUnusedMemory();
      hasNewShapes = false;
      return { step: at, batch, packed };
    },

    advance() {
      tf.tidy(() => {
        const { logits, next } = pass(plan, state, tokens(batchOf()), step, UNWATCHED);
        logits?.dispose();
        commit(next);
      });
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
      const all = await state.theta.data<'float32'>();
      const { specs, starts, sizes } = plan.flat;
      const tensors = specs.map(({ name, shape }, i) => ({
        name,
        shape,
        data: all.slice(starts[i]!, starts[i]! + sizes[i]!),
      }));
      for (const [name, tensor] of named) {
        tensors.push({ name, shape: tensor.shape, data: Float32Array.from(await tensor.data()) });
      }
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
      tf.dispose(tensorsOf(state));
    },
  };
}
