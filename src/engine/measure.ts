import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { isJoint, parseSite } from '../config/sites';
import { isDefinedAt, SITE_STATISTICS } from '../config/statistics';
import { createLossCounter } from '../kernels/precision/lossCounter';
import { exempt } from '../kernels/precision/emulate';
import { discrepancy } from '../kernels/operations/norms/runningMoments';
import { attentionMask } from '../model/attention';
import { runningMoments } from '../model/norms';
import { listeningTap } from '../model/tap';
import { frameOffsets, type FrameOffsets, type Layout } from '../protocol/frame';
import { OUTPUT_STATISTICS, outputStatistics } from '../stats/output';
import { parameterStatistics } from '../stats/parameters';
import { createMeter } from '../stats/meter';
import type { StepInputs } from './inputs';
import { isScaled, scaleOf } from './lossScale';
import { pass, type State, type Trained, type Watch } from './pass';
import type { Plan } from './plan';

/** A step that was measured: its numbers, still on the device, and where they go in a packed frame. */
export interface Measured {
  values: Tensor1D;
  /** The entries of the frame that each value goes to. */
  places: number[][];
  next: Trained;
  /** Spent in measuring, in milliseconds of JavaScript: of a computation, where it takes place in the call. */
  statisticsMs: number;
}

/** Adds up the time that is spent in some functions. */
function stopwatch() {
  let ms = 0;
  return {
    get ms() {
      return ms;
    },
    timed:
      <Args extends unknown[], Result>(run: (...args: Args) => Result) =>
      (...args: Args): Result => {
        const began = performance.now();
        try {
          return run(...args);
        } finally {
          ms += performance.now() - began;
        }
      },
  };
}

/** One pass with everything measured. To be called within a tidy. */
export function measure(plan: Plan, state: State, inputs: StepInputs): Measured {
  const { config, flat, layout } = plan;
  const offsets = frameOffsets(layout);
  const mask = attentionMask(config.seq_len, config.causal);
  const counter = config.precision === 'fp32' ? null : createLossCounter();
  const scale = isScaled(config) ? scaleOf(config, state.scaler) : null;
  const meter = createMeter(config, layout.sites, offsets, mask, { counter, scale });
  const clock = stopwatch();
  const watch: Watch = {
    tap: listeningTap(clock.timed(meter.passForward), clock.timed(meter.passBackward)),
    observe: clock.timed((norm, batch) => {
      const running = runningMoments(norm, state.buffers);
      const values = exempt(() => discrepancy(batch, running));
      const at = layout.norms.indexOf(norm);
      meter.put(values, [offsets.norm.mean_tid + at, offsets.norm.var_tid + at]);
    }),
    counter,
  };
  const { loss, logits, gradient, delta, next } = pass(plan, state, inputs, watch);
  counter?.dispose();

  const put = <K extends string>(starts: Record<K, number>, values: Record<K, Tensor>) => {
    for (const [id, value] of Object.entries<Tensor>(values)) {
      const places = Array.from({ length: value.size }, (_, i) => starts[id as K] + i);
      meter.put(value, places);
    }
  };
  const values = clock.timed(() => {
    meter.put(loss, [offsets.loss]);
    if (logits) {
      const rows = tf.reshape(logits, [-1, logits.shape[2]]) as Tensor2D;
      meter.put(
        outputStatistics(rows, inputs.tokens!.targetIds),
        OUTPUT_STATISTICS.map((id) => offsets.output[id]),
      );
      logits.dispose();
    }
    put(offsets.param, parameterStatistics(state.theta, gradient, delta, flat.runs));
    return meter.values();
  })();
  return { values, places: meter.places(), next, statisticsMs: clock.ms };
}

/** A frame before anything is measured: NaN, but gradients where nothing flows back are 0. */
function blankFrame({ sites, siteStatistics }: Layout, { size, site }: FrameOffsets): Float32Array {
  const packed = new Float32Array(size).fill(NaN);
  for (const id of siteStatistics) {
    if (SITE_STATISTICS[id].direction === 'forward') continue;
    sites.forEach((name, i) => {
      if (isDefinedAt(id, parseSite(name).kind)) packed[site[id]! + i] = 0;
    });
  }
  return packed;
}

/** Entries of the frame: a branch ratio, and the RMS of what is added and of the stream it joins. */
interface Ratio {
  at: number;
  added: number;
  stream: number;
}

function branchRatios({ sites }: Layout, { site }: FrameOffsets): Ratio[] {
  const ratios: Ratio[] = [];
  /** The stream that the next update reads. */
  let stream = NaN;
  sites.forEach((name, i) => {
    const { kind } = parseSite(name);
    if (kind === 'resid_pre' || kind === 'resid_mid') stream = site.rms! + i;
    if (isJoint(kind)) {
      ratios.push({ at: site.branch_ratio! + i, added: site.rms! + i, stream });
    }
  });
  return ratios;
}

/** What is the same in every frame of a layout. */
const templates = new WeakMap<Layout, { blank: Float32Array; ratios: Ratio[] }>();
function templateOf(layout: Layout) {
  const known = templates.get(layout);
  if (known) return known;
  const offsets = frameOffsets(layout);
  const made = { blank: blankFrame(layout, offsets), ratios: branchRatios(layout, offsets) };
  templates.set(layout, made);
  return made;
}

/** Each value's number and the entry that it goes to, in turn; recorded steps give the same places every time. */
const routes = new WeakMap<number[][], Int32Array>();
function routesOf(places: number[][]): Int32Array {
  const known = routes.get(places);
  if (known) return known;
  const made = Int32Array.from(places.flatMap((entries, i) => entries.flatMap((at) => [i, at])));
  routes.set(places, made);
  return made;
}

/** The packed frame from the one readback. */
export function packFrame(layout: Layout, places: number[][], values: ArrayLike<number>) {
  const { blank, ratios } = templateOf(layout);
  const packed = blank.slice();
  const route = routesOf(places);
  for (let i = 0; i < route.length; i += 2) packed[route[i + 1]!] = values[route[i]!]!;
  for (const { at, added, stream } of ratios) packed[at] = packed[added]! / packed[stream]!;
  return packed;
}
