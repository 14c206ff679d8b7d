import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { parseSite, type SiteName } from '../config/sites';
import { SITE_STATISTICS } from '../config/statistics';
import { emulate, exempt } from '../kernels/precision/emulate';
import { overLargest } from '../kernels/operations/overLargest';
import { oneHot } from '../kernels/operations/rows';
import type { Batch } from '../lib/batch';
import { attentionMask } from '../model/attention';
import { logSoftmax } from '../model/loss';
import { listeningTap, untapped } from '../model/tap';
import type { Tokens } from '../model/tokens';
import type { ByPosition, Evaluation, Leak } from '../protocol/evaluation';
import { frameOffsets } from '../protocol/frame';
import { entropyByPosition, rmsByPosition } from '../stats/positions';
import { createMeter } from '../stats/meter';
import { makeTask } from '../tasks';
import { forward, lossOf, sourcesOf, type Mode } from './forward';
import { inputsAt, stepValues, type StepInputs } from './inputs';
import { putOutput } from './measure';
import { packFrame } from './packFrame';
import type { Plan } from './plan';
import type { State } from './state';

/** A plan for sequences of another length: everything but the lengths is the same. */
function atLength(plan: Plan, seq_len: number): Plan {
  if (seq_len === plan.config.seq_len) return plan;
  const config: Config = { ...plan.config, seq_len };
  return { ...plan, config, task: makeTask(config, plan.text) };
}

/** The model forward in its emulated format. */
const compute = (plan: Plan, state: State, inputs: StepInputs, mode: Mode) =>
  emulate(plan.config, null, () => forward(plan, state, sourcesOf(plan, state), inputs, mode));

/** −ln p of the counted targets, the mean over the batch at each position: [T]; NaN where none counts. */
function lossByPosition(logits: Tensor3D, tokens: Tokens): Tensor1D {
  const [B, T, V] = logits.shape;
  const wanted = oneHot(tokens.targetIds, V); // [B·T, V]
  const each = tf.sum(tf.mul(wanted, logSoftmax(tf.reshape(logits, [B * T, V]))), 1); // [B·T]
  // First over the symbols: WebGPU keeps the one-hot matrix as integers, which it cannot transpose.
  const counted = tf.sum(tf.reshape(tf.sum(wanted, 1), [B, T]), 0); // [T]
  return tf.div(tf.neg(tf.sum(tf.reshape(each, [B, T]), 0)), counted);
}

/** The batch with another last token in every sequence. */
const withOtherEnd = ({ inputs, ...rest }: Batch, V: number): Batch => ({
  ...rest,
  inputs: inputs.map((id, i) => (i % rest.T === rest.T - 1 ? (id + 1) % V : id)),
});

/** ‖change of the outputs before the last one‖ / ‖them‖, [] */
function moved(before: Tensor3D, after: Tensor3D): Scalar {
  const earlier = (x: Tensor3D) => tf.slice(x, [0, 0, 0], [-1, x.shape[1] - 1, -1]);
  const size = (x: Tensor): Scalar => {
    const { largest, unit } = overLargest(x, [0, 1, 2]);
    return tf.mul(tf.reshape(largest, []), tf.sqrt(tf.sum(tf.square(unit))));
  };
  return tf.div(size(tf.sub(earlier(after), earlier(before))), size(earlier(before)));
}

/** The leak with batch statistics and with running ones, [2]; nothing is dropped in either. */
function leakOf(plan: Plan, state: State, batch: Batch, step: number): Tensor1D {
  const V = plan.task!.vocabulary.length;
  const config: Config = { ...plan.config, dropout: 0, stochastic_depth: 0 };
  const steady: Plan = { ...plan, config };
  const outputs = (training: boolean) =>
    [batch, withOtherEnd(batch, V)].map((batch) => {
      const inputs = inputsAt(stepValues(steady, step, batch));
      return compute(steady, state, inputs, { training, tap: untapped }).out;
    }) as [Tensor3D, Tensor3D];
  return tf.stack([moved(...outputs(true)), moved(...outputs(false))]) as Tensor1D;
}

/** Measures at the taps by position. */
function positionMeter(plan: Plan, mask: Tensor2D) {
  const rms: Tensor[] = [];
  const entropy: Tensor[] = [];
  let scores: Tensor | null = null;
  return {
    onForward(site: SiteName, x: Tensor) {
      const { kind } = parseSite(site);
      if (kind === 'resid_post') rms.push(tf.keep(rmsByPosition(x as Tensor3D)));
      if (kind === 'attn.scores') scores = x;
      if (kind === 'attn.pattern') {
        entropy.push(tf.keep(entropyByPosition(scores!, x, mask, plan.config.causal)));
      }
    },
    /** rms [L · T] and entropy [L · T], NaN where there is no attention. */
    take(): { rms: Tensor; entropy: Tensor } {
      const missing = () => tf.fill([plan.config.n_layers, plan.config.seq_len], NaN);
      const result = {
        rms: tf.stack(rms),
        entropy: entropy.length ? tf.stack(entropy) : missing(),
      };
      tf.dispose([...rms, ...entropy]);
      return result;
    },
  };
}

/**
 * The model of a step as it is used: with running statistics, nothing dropped, and sequences of
 * `eval_seq_len` tokens. At the trained length the batch is the step's own, so that what differs from the
 * training frame comes from the mode alone; at another length it is one that is not trained on.
 */
export async function evaluate(trained: Plan, state: State, step: number): Promise<Evaluation> {
  const { eval_seq_len, causal } = trained.config;
  const plan = atLength(trained, eval_seq_len || trained.config.seq_len);
  const { config, layout } = plan;
  const sameBatch = plan === trained;
  const batch = plan.task?.batch(step, sameBatch ? 'train' : 'eval') ?? null;
  // Without a norm over the batch, tokens meet in attention alone: there is nothing to measure.
  const hasLeak = causal && batch !== null && config.seq_len > 1 && layout.norms.length > 0;
  const offsets = frameOffsets(layout);
  let places: number[][] = [];

  const measured = tf.tidy(() => {
    const mask = attentionMask(config.seq_len, causal);
    const inputs = inputsAt(stepValues(plan, step, batch));
    const { tokens } = inputs;
    const meter = createMeter(config, layout.sites, offsets, mask);
    const positions = positionMeter(plan, mask);
    const tap = listeningTap(
      (site, x) => {
        meter.passForward(site, x);
        exempt(() => positions.onForward(site, x));
      },
      () => {},
    );
    const result = compute(plan, state, inputs, { training: false, tap });
    const { logits } = result;
    putOutput(meter, offsets, { ...result, loss: lossOf(plan, state, inputs, result), tokens });
    const loss = logits ? lossByPosition(logits, tokens!) : tf.fill([config.seq_len], NaN);
    const leak = hasLeak ? leakOf(plan, state, batch, step) : tf.fill([2], NaN);
    const { rms, entropy } = positions.take();
    const values = meter.values();
    places = meter.places();
    const parts = [loss, rms, entropy, leak, values].map((x) => tf.reshape(x, [-1]) as Tensor1D);
    return tf.concat1d(parts);
  });
  const all = await measured.data<'float32'>();
  measured.dispose();

  const { n_layers: L, seq_len: T } = config;
  let at = 0;
  const next = (size: number) => all.slice(at, (at += size));
  const position: ByPosition = { loss: next(T), rms: next(L * T), entropy: next(L * T) };
  const [training, evaluation] = next(2) as unknown as [number, number];
  const leak: Leak | null = hasLeak ? { training, evaluation } : null;
  const packed = withoutGradients(packFrame(layout, places, next(places.length)), plan);
  return { frame: { step, batch, packed }, seq_len: T, sameBatch, position, leak };
}

/** No gradient flows in evaluation: where training has 0, nothing was measured. */
function withoutGradients(packed: Float32Array, { layout }: Plan): Float32Array {
  const { site } = frameOffsets(layout);
  for (const id of layout.siteStatistics) {
    const start = site[id]!;
    if (SITE_STATISTICS[id].direction === 'backward')
      packed.fill(NaN, start, start + layout.sites.length);
  }
  return packed;
}
