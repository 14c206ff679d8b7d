import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { parseSite } from '../config/sites';
import { attentionMask } from '../model/attention';
import { listeningTap } from '../model/tap';
import type { Tokens } from '../model/tokens';
import { frameOffsets, type FrameOffsets, type Layout } from '../protocol/frame';
import { outputStatistics } from '../stats/output';
import { parameterStatistics } from '../stats/parameters';
import { createRecorder } from '../stats/recorder';
import { pass, type State, type Trained } from './pass';
import type { Plan } from './plan';

/** A step that was measured: its numbers, still on the device, and where they go in a packed frame. */
export interface Measured {
  values: Tensor1D;
  places: number[];
  next: Trained;
}

/** One pass with everything measured. To be called within a tidy. */
export function measure(plan: Plan, state: State, tokens: Tokens | null, step: number): Measured {
  const { config, flat, layout } = plan;
  const offsets = frameOffsets(layout);
  const mask = attentionMask(config.seq_len, config.causal);
  const recorder = createRecorder(config, layout.sites, offsets, mask);
  const tap = listeningTap(recorder.passForward, recorder.passBackward);
  const { loss, logits, gradient, delta, next } = pass(plan, state, tokens, step, tap);

  const put = <K extends string>(starts: Record<K, number>, values: Record<K, Tensor>) => {
    for (const [id, value] of Object.entries<Tensor>(values)) {
      const places = Array.from({ length: value.size }, (_, i) => starts[id as K] + i);
      recorder.put(value, places);
    }
  };
  recorder.put(loss, [offsets.loss]);
  if (logits) {
    const rows = tf.reshape(logits, [-1, logits.shape[2]]) as Tensor2D;
    put(offsets.output, outputStatistics(rows, tokens!.targetIds));
    logits.dispose();
  }
  put(offsets.param, parameterStatistics(state.theta, gradient, delta, flat.runs));
  return { values: recorder.values(), places: recorder.places, next };
}

/** A frame before anything is measured: NaN, but gradients where nothing flows back are 0. */
const blankFrame = ({ sites }: Layout, { size, site }: FrameOffsets): Float32Array =>
  new Float32Array(size).fill(NaN).fill(0, site.grad_rms, site.grad_rms + sites.length);

/** rms(what is added)/rms(the stream it joins), from the RMS of both sites. */
function fillBranchRatios(packed: Float32Array, { sites }: Layout, { site }: FrameOffsets) {
  const indexOf = new Map(sites.map((name, i) => [name as string, i]));
  const joins: Record<string, string> = { attn_add: 'resid_pre', mlp_add: 'resid_mid' };
  sites.forEach((name, i) => {
    const { layer, kind } = parseSite(name);
    const stream = indexOf.get(`blocks.${layer}.${joins[kind]}`);
    if (stream === undefined) return;
    packed[site.branch_ratio + i] = packed[site.rms + i]! / packed[site.rms + stream]!;
  });
}

/** The packed frame from the one readback. */
export function packFrame(layout: Layout, places: number[], values: ArrayLike<number>) {
  const offsets = frameOffsets(layout);
  const packed = blankFrame(layout, offsets);
  places.forEach((at, i) => (packed[at] = values[i]!));
  fillBranchRatios(packed, layout, offsets);
  return packed;
}
