import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import { parseSite } from '../config/sites';
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors';
import { attentionMask } from '../model/attention';
import type { Params } from '../model/context';
import { flatten, unflatten, type FlatLayout } from '../model/flat';
import { objectives } from '../model/loss';
import { drawParam, sizeOf, type ParamSpec } from '../model/params';
import { listeningTap, untapped, type Tap } from '../model/tap';
import { uploadTokens, type Tokens } from '../model/tokens';
import { transformer } from '../model/transformer';
import { update, type OptimizerState } from '../optim/optimizers';
import type { ModelReport } from '../protocol/engine';
import {
  frameOffsets,
  type Batch,
  type FrameOffsets,
  type Layout,
  type PackedFrame,
} from '../protocol/frame';
import { outputStatistics } from '../stats/output';
import { parameterStatistics } from '../stats/parameters';
import { createRecorder } from '../stats/recorder';
import { makePlan, type Plan } from './plan';
import { carryOver, fitting, misfit, type NamedArrays } from './weights';

/** One model in training. It knows no worker and no page; the caller has set TensorFlow.js’s backend. */
export interface Session {
  readonly config: Config;
  readonly report: ModelReport;
  readonly step: number;
  /** Measures this step’s frame; with `commit`, makes the update as well and goes to the next step. */
  measure(commit: boolean): Promise<PackedFrame>;
  /** Makes the update without measuring: the same numbers, sooner. */
  advance(): void;
  /** Another configuration. Weights are kept unless a setting changed that starts the model anew. */
  configure(config: Config, text: string): ModelReport;
  /** Back to step 0: the weights that the seed names, or those that were loaded. */
  reset(): ModelReport;
  saveWeights(): Promise<Uint8Array>;
  /** @throws Error in one sentence when the file is no safetensors file or does not fit this model. */
  loadWeights(bytes: Uint8Array): ModelReport;
  dispose(): void;
}

/** The tensors that training moves, and those it reads. All kept on the device. */
interface State extends OptimizerState {
  theta: Tensor1D;
  constants: Params;
  /** 1 where weight decay acts. */
  decays: Tensor1D;
}

const decayMask = ({ specs, sizes, starts, total }: FlatLayout): Float32Array => {
  const mask = new Float32Array(total);
  specs.forEach(({ shape }, i) => {
    if (shape.length > 1) mask.fill(1, starts[i]!, starts[i]! + sizes[i]!);
  });
  return mask;
};

/**
 * Loss and gradients of one batch.
 * @returns `gradients` in the layout’s order, [P]
 */
function lossAndGradient(
  { config, flat }: Plan,
  { theta, constants }: State,
  tokens: Tokens | null,
  tap: Tap,
) {
  const params = unflatten(theta, flat);
  const ctx = { config, params, tap };
  let logits: Tensor3D | null = null;
  const loss = (): Scalar => {
    const result = transformer(tokens ? tokens.inputs : (constants['x0'] as Tensor3D), ctx);
    logits = result.logits && tf.keep(result.logits.clone());
    return objectives[config.objective]({
      ...result,
      tokens,
      projection: (constants['R'] as Tensor3D | undefined) ?? null,
    });
  };
  // x_0 is no parameter, but its site has a gradient all the same.
  const sources = [...Object.values(params), ...(tokens ? [] : [constants['x0']!])];
  const { value, grads } = tf.engine().gradients(loss, sources, undefined, true);
  return {
    loss: value,
    gradient: flatten(grads.slice(0, flat.specs.length), flat),
    logits: logits as Tensor3D | null,
  };
}

/** A frame before anything is measured: NaN, but gradients where nothing flows back are 0. */
const blankFrame = ({ sites }: Layout, { size, site }: FrameOffsets): Float32Array =>
  new Float32Array(size).fill(NaN).fill(0, site.grad_rms, site.grad_rms + sites.length);

/** rms(what is added)/rms(the stream it joins), from the RMS of both sites. */
function fillBranchRatios(packed: Float32Array, { sites }: Layout, rms: number, ratio: number) {
  const indexOf = new Map(sites.map((site, i) => [site as string, i]));
  const joins = { attn_add: 'resid_pre', mlp_add: 'resid_mid' } as Record<string, string>;
  sites.forEach((site, i) => {
    const { layer, kind } = parseSite(site);
    const stream = joins[kind];
    if (stream === undefined) return;
    const j = indexOf.get(`blocks.${layer}.${stream}`)!;
    packed[ratio + i] = packed[rms + i]! / packed[rms + j]!;
  });
}

/** A session of this configuration at step 0. `text` is read by the text task alone. */
export function createSession(initial: Config, initialText: string): Session {
  let plan = makePlan(initial, initialText);
  let loaded: NamedArrays | null = null;
  let state = begin(plan);
  let step = 0;
  let kept = false;

  /** What a parameter or constant is at step 0. */
  function start(spec: ParamSpec): Float32Array {
    return fitting(loaded, spec) ?? drawParam(spec, plan.config.seed);
  }

  function fixed({ constants, flat }: Plan): Pick<State, 'constants' | 'decays'> {
    return {
      constants: Object.fromEntries(
        constants.map((spec) => [spec.name, tf.tensor(start(spec), spec.shape)]),
      ),
      decays: tf.tensor1d(decayMask(flat)),
    };
  }

  function begin(plan: Plan): State {
    const theta = new Float32Array(plan.flat.total);
    plan.flat.specs.forEach((spec, i) => theta.set(start(spec), plan.flat.starts[i]));
    return {
      theta: tf.tensor1d(theta),
      m: tf.zeros([plan.flat.total]),
      v: tf.zeros([plan.flat.total]),
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
    tf.dispose({ ...state });
    state = begin(plan);
    step = 0;
    kept = false;
    return report();
  }

  const upload = (batch: Batch | null) =>
    batch && uploadTokens(batch, plan.task!.vocabulary.length);

  /** Takes the new tensors over and lets go of the old ones. */
  function commit(next: Pick<State, 'theta' | 'm' | 'v'>) {
    const { theta, m, v } = state;
    for (const name of ['theta', 'm', 'v'] as const) tf.keep(next[name]);
    for (const old of [theta, m, v]) {
      if (!Object.values(next).includes(old)) old.dispose();
    }
    state = { ...state, ...next };
    step++;
  }

  const updated = (gradient: Tensor1D) => {
    const { delta, state: moments } = update(
      state.theta,
      gradient,
      { m: state.m, v: state.v },
      state.decays,
      step,
      plan.config,
    );
    return { delta, next: { theta: tf.add(state.theta, delta) as Tensor1D, ...moments } };
  };

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
      const { config, flat, layout } = plan;
      const offsets = frameOffsets(layout);
      const batch = plan.task?.batch(step) ?? null;
      const frame = { step, batch, packed: blankFrame(layout, offsets) };
      let places: number[] = [];
      const values = tf.tidy(() => {
        const mask = attentionMask(config.seq_len, config.causal);
        const recorder = createRecorder(config, layout.sites, offsets, mask);
        const tap = listeningTap(recorder.passForward, recorder.passBackward);
        const tokens = upload(batch);
        const { loss, gradient, logits } = lossAndGradient(plan, state, tokens, tap);
        const { delta, next } = updated(gradient);

        const put = <K extends string>(starts: Record<K, number>, values: Record<K, Tensor>) => {
          for (const [id, value] of Object.entries<Tensor>(values)) {
            const start = starts[id as K];
            recorder.put(
              value,
              Array.from({ length: value.size }, (_, i) => start + i),
            );
          }
        };
        recorder.put(loss, [offsets.loss]);
        if (logits) {
          const rows = tf.reshape(logits, [-1, logits.shape[2]]) as Tensor2D;
          put(offsets.output, outputStatistics(rows, tokens!.targetIds));
          logits.dispose();
        }
        put(offsets.param, parameterStatistics(state.theta, gradient, delta, flat.runs));
        if (commits) commit(next);
        places = recorder.places;
        return recorder.values();
      });
      const data = await values.data();
      values.dispose();
      places.forEach((at, i) => (frame.packed[at] = data[i]!));
      fillBranchRatios(frame.packed, layout, offsets.site.rms, offsets.site.branch_ratio);
      return frame;
    },

    advance() {
      tf.tidy(() => {
        const tokens = upload(plan.task?.batch(step) ?? null);
        const { gradient, logits } = lossAndGradient(plan, state, tokens, untapped);
        logits?.dispose();
        commit(updated(gradient).next);
      });
    },

    configure(config, text) {
      const next = makePlan(config, text);
      if (restarts(plan.config, config) || plan.text !== text) {
        plan = next;
        loaded = null;
        return restart();
      }
      const { flat } = plan;
      const old = state;
      plan = next;
      state = {
        theta: carryOver(old.theta, flat, plan.flat, start),
        m: carryOver(old.m, flat, plan.flat, ({ shape }) => new Float32Array(sizeOf(shape))),
        v: carryOver(old.v, flat, plan.flat, ({ shape }) => new Float32Array(sizeOf(shape))),
        ...fixed(plan),
      };
      tf.dispose({ ...old });
      kept = true;
      return report();
    },

    reset: restart,

    async saveWeights() {
      const named = [...Object.entries(state.constants)];
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
      const problem = misfit(tensors, [...plan.flat.specs, ...plan.constants]);
      if (problem) throw new Error(problem);
      loaded = tensors;
      return restart();
    },

    dispose() {
      tf.dispose({ ...state });
    },
  };
}
