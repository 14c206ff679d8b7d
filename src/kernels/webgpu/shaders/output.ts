import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { LOG, LOWEST, SUM4 } from './common';
import { SCALED, TOGETHER } from './moments';

/** Bins of the calibration error, see `stats/output.ts`: sums of four at a time. */
const BINS = 15;
const QUARTERS = Math.ceil(BINS / 4);

/** Statistics of the logits by one workgroup, each lane with rows of its own: see `kernels/statistics/outputMoments.ts`. */
export const outputMomentsProgram = (
  backend: TapingBackend,
  [N, V]: readonly [number, number],
  inputs: { logits: TensorInfo; targets: TensorInfo },
  outputs: { values: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'OutputMoments',
      ...{ inputs, outputs },
      uniforms: { N: u32(N), V: u32(V) },
      types: SCALED,
      reductions: [TOGETHER, SUM4],
      code: () => `
        ${LOG}
        fn row(_r: u32, lane: u32) {
          var size = Scaled();
          // The number of tokens that count, their entropies, the number that are right.
          var sums = vec4f();
          // Of each bin, what was right less how likely it was held.
          var gaps = array<vec4f, ${QUARTERS}>();
          for (var n = lane; n < u.N; n += LANES) {
            var most = ${LOWEST};
            var place = 0u;
            for (var j = 0u; j < u.V; j++) {
              let value = logits[n * u.V + j];
              size = met(size, value);
              if (value > most) { place = j; }
              most = larger(most, value);
            }
            if (targets[n] < 0) { continue; }
            var same = 0.0;
            var rest = 0.0;
            var weighted = 0.0;
            for (var j = 0u; j < u.V; j++) {
              let under = logits[n * u.V + j] - most;
              // Below −1e4 an exponential is 0; a difference of huge logits may be −∞.
              let below = select(max(under, -1e4), under, isNaN(under));
              let e = exp(below);
              if (below == 0.0) { same += 1.0; }
              else {
                rest += e;
                weighted += e * below;
              }
            }
            let total = same + rest;
            let entropy = ln(same) + lnOnePlus(rest / same) - weighted / total;
            let right = select(0.0, 1.0, i32(place) == targets[n]);
            sums += vec4f(1.0, entropy, right, 0.0);
            let confidence = 1.0 / total;
            // A value that is no number makes the error none, in any bin.
            var bin = 0u;
            if (confidence > 0.0) { bin = min(u32(ceil(confidence * ${BINS}.0)), ${BINS}u) - 1u; }
            gaps[bin / 4u][bin % 4u] += right - confidence;
          }
          let whole = sum4(sums, lane);
          let rms = rmsOf(overall(size, lane), u.N * u.V);
          var error = 0.0;
          for (var i = 0u; i < ${QUARTERS}u; i++) {
            error += dot(abs(sum4(gaps[i], lane)), vec4f(1.0));
          }
          if (lane != 0u) { return; }
          values[0] = rms;
          values[1] = whole.y / whole.x;
          values[2] = whole.z / whole.x;
          values[3] = error / whole.x;
        }`,
    },
    1,
    256,
  );
