import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RecordingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { LARGEST, LOG, LOWEST, SUM } from './common';

/** −ln p(target) of every token, 0 where it is not counted, and the gradient of the mean: a row by a workgroup. */
const rowsProgram = (
  backend: RecordingBackend,
  [N, V]: readonly [number, number],
  inputs: { logits: TensorInfo; targets: TensorInfo },
  outputs: { each: TensorInfo; gradient: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'CrossEntropy',
      ...{ inputs, outputs },
      uniforms: { N: u32(N), V: u32(V) },
      reductions: [LARGEST, SUM],
      code: () => `
        ${LOG}
        fn row(n: u32, lane: u32) {
          var counted = 0.0;
          for (var i = lane; i < u.N; i += LANES) {
            counted += select(0.0, 1.0, targets[i] >= 0);
          }
          counted = sum(counted, lane);
          let at = n * u.V;
          let wanted = targets[n];
          var top = ${LOWEST};
          for (var j = lane; j < u.V; j += LANES) { top = larger(top, logits[at + j]); }
          let origin = largest(top, lane);
          var part = 0.0;
          for (var j = lane; j < u.V; j += LANES) { part += exp(logits[at + j] - origin); }
          let total = sum(part, lane);
          for (var j = lane; j < u.V; j += LANES) {
            let p = exp(logits[at + j] - origin) / (total * counted);
            let one = select(0.0, 1.0 / counted, i32(j) == wanted);
            gradient[at + j] = select(0.0, p - one, wanted >= 0);
          }
          if (lane == 0u) {
            var loss = 0.0;
            // Finite also where the difference of two logits is not.
            if (wanted >= 0) {
              let below = logits[at + u32(wanted)] - origin;
              loss = ln(total) - select(max(below, -3e38), below, isNaN(below));
            }
            each[n] = loss;
          }
        }`,
    },
    N,
  );

/** The mean of what is counted, by one workgroup. */
const meanProgram = (
  backend: RecordingBackend,
  N: number,
  inputs: { each: TensorInfo; targets: TensorInfo },
  outputs: { loss: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'MeanLoss',
      ...{ inputs, outputs },
      uniforms: { N: u32(N) },
      reductions: [{ name: 'sum2', type: 'vec2f', combine: 'a + b' }],
      code: () => `
        fn row(_r: u32, lane: u32) {
          var parts = vec2f();
          for (var n = lane; n < u.N; n += LANES) {
            if (targets[n] >= 0) { parts += vec2f(each[n], 1.0); }
          }
          let whole = sum2(parts, lane);
          if (lane == 0u) { loss[0] = whole.x / whole.y; }
        }`,
    },
    1,
    256,
  );

/** Programs of `kernels/crossEntropy.ts`; `each` is scratch, [N]. */
export const crossEntropyPrograms = (
  backend: RecordingBackend,
  sizes: readonly [number, number],
  { logits, targets }: { logits: TensorInfo; targets: TensorInfo },
  { loss, gradient, each }: { loss: TensorInfo; gradient: TensorInfo; each: TensorInfo },
): Program[] => [
  rowsProgram(backend, sizes, { logits, targets }, { each, gradient }),
  meanProgram(backend, sizes[0], { each, targets }, { loss }),
];
