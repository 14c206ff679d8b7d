import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { ParamStatistic } from '../config/statistics';
import { createLossCounter } from '../kernels/precision/lossCounter';
import { exempt } from '../kernels/precision/emulate';
import { discrepancy } from '../kernels/operations/norms/runningMoments';
import type { Advance } from '../lib/progress';
import { attentionMask } from '../model/attention';
import { runningMoments } from '../model/norms';
import { countingTap, listeningTap } from '../model/tap';
import type { Tokens } from '../model/tokens';
import { frameOffsets, type FrameOffsets } from '../protocol/frame';
import { createMeter } from '../stats/meter';
import { outputStatistics } from '../stats/output';
import { parameterRms, parameterStatistics } from '../stats/parameters';
import { DISCREPANCY, OUTPUT_MOMENTS } from '../stats/rows';
import type { StepInputs } from './inputs';
import { isDynamic, isScaled, scaleOf } from './lossScale';
import { pass, type Watch } from './pass';
import type { Plan } from './plan';
import type { State, Trained } from './state';

/** A step that was measured: its numbers, still on the device, and their entries in a packed frame. */
export interface Measured {
  values: Tensor1D;
  /** The entries of the frame that each value goes to. */
  places: number[][];
  next: Trained;
  /** JavaScript spent in measuring, in ms; on a backend that computes in the call, the computation too. */
  statisticsMs: number;
}

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

/** Puts the loss, and the statistics of the logits where there are tokens, to their entries of a frame. */
export function putOutput(
  { put }: Pick<ReturnType<typeof createMeter>, 'put'>,
  { loss: lossAt, output }: FrameOffsets,
  { loss, logits, tokens }: { loss: Scalar; logits: Tensor3D | null; tokens: Tokens | null },
) {
  put(loss, [lossAt]);
  if (!logits) return;
  const rows = tf.reshape(logits, [-1, logits.shape[2]]) as Tensor2D;
  put(
    outputStatistics(rows, tokens!.targetIds),
    OUTPUT_MOMENTS.map((id) => output[id]),
  );
}

/** One pass with everything measured, its length (`lengthOf`) counted. To be called within a tidy. */
export function measure(
  plan: Plan,
  state: State,
  inputs: StepInputs,
  advance: Advance | null,
): Measured {
  const { config, flat, layout } = plan;
  const offsets = frameOffsets(layout);
  const mask = attentionMask(config.seq_len, config.causal);
  const counter = config.precision === 'fp32' ? null : createLossCounter(2 * layout.sites.length);
  const scale = isScaled(config) ? scaleOf(config, state.scaler) : null;
  const meter = createMeter(config, layout.sites, offsets, mask, { counter, scale });
  const clock = stopwatch();
  const told = [clock.timed(meter.passForward), clock.timed(meter.passBackward)] as const;
  const watch: Watch = {
    tap: advance ? countingTap(advance, ...told) : listeningTap(...told),
    observe: clock.timed((norm, batch) => {
      const running = runningMoments(norm, state.buffers);
      const values = exempt(() => discrepancy(batch, running));
      const at = layout.norms.indexOf(norm);
      meter.put(
        values,
        DISCREPANCY.map((id) => offsets.norm[id] + at),
      );
    }),
    counter,
  };
  // Before the pass: on a tape the update may write over the parameters.
  const size = clock.timed(parameterRms)(state.theta, flat.runs);
  const { loss, logits, gradient, delta, next, hasMoved } = pass(plan, state, inputs, watch);
  advance?.(layout.sites.length / 2);

  const values = clock.timed(() => {
    putOutput(meter, offsets, { loss, logits, tokens: inputs.tokens });
    logits?.dispose();
    const ofParameters = parameterStatistics(size, gradient, delta, flat.runs);
    for (const id of Object.keys(ofParameters) as ParamStatistic[]) {
      meter.put(
        ofParameters[id],
        layout.params.map((_, i) => offsets.param[id] + i),
      );
    }
    meter.put(hasMoved(), [offsets.output.changed]);
    if (isDynamic(config)) meter.put(scale!, [offsets.output.loss_scale]);
    return meter.values();
  })();
  advance?.(layout.sites.length / 2);
  return { values, places: meter.places(), next, statisticsMs: clock.ms };
}
