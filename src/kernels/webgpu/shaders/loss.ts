import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { LARGEST, LOG, LOWEST, SUM } from './common';

/** The number of tokens that count, found by one workgroup. */
const countProgram = (
  backend: TapingBackend,
  N: number,
  inputs: { targets: TensorInfo },
  outputs: { counted: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'CountTargets',
      ...{ inputs, outputs },
      uniforms: { N: u32(N) },
      reductions: [SUM],
      code: () => `
        fn row(_r: u32, lane: u32) {
          var part = 0.0;
          for (var n = lane; n < u.N; n += LANES) { part += select(0.0, 1.0, targets[n] >= 0); }
          let whole = sum(part, lane);
          if (lane == 0u) { counted[0] = whole; }
        }`,
    },
    1,
    256,
  );

/** −ln p(target) of every token, 0 where it is not counted, and the gradient of the mean: a row by a workgroup. */
const rowsProgram = (
  backend: TapingBackend,
  [N, V]: readonly [number, number],
  inputs: { logits: TensorInfo; targets: TensorInfo; counted: TensorInfo },
  outputs: { each: TensorInfo; gradient: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'CrossEntropy',
      ...{ inputs, outputs },
      uniforms: { V: u32(V) },
      reductions: [LARGEST, SUM],
      code: () => `
        ${LOG}
        fn row(n: u32, lane: u32) {
          let at = n * u.V;
          let wanted = targets[n];
          var top = ${LOWEST};
          for (var j = lane; j < u.V; j += LANES) { top = larger(top, logits[at + j]); }
          let origin = largest(top, lane);
          var part = 0.0;
          for (var j = lane; j < u.V; j += LANES) { part += exp(logits[at + j] - origin); }
          let total = sum(part, lane);
          for (var j = lane; j < u.V; j += LANES) {
            let p = exp(logits[at + j] - origin) / (total * counted[0]);
            let one = select(0.0, 1.0 / counted[0], i32(j) == wanted);
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
  backend: TapingBackend,
  N: number,
  inputs: { each: TensorInfo; counted: TensorInfo },
  outputs: { loss: TensorInfo },
): Program =>
  rowwise(
    backend,
    {
      name: 'MeanLoss',
      ...{ inputs, outputs },
      uniforms: { N: u32(N) },
      reductions: [SUM],
      code: () => `
        fn row(_r: u32, lane: u32) {
          var part = 0.0;
          for (var n = lane; n < u.N; n += LANES) { part += each[n]; }
          let whole = sum(part, lane);
          if (lane == 0u) { loss[0] = whole / counted[0]; }
        }`,
    },
    1,
    256,
  );

/** Programs of `kernels/operations/crossEntropy.ts`; `each`, [N], and `counted`, [1], are scratch. */
export const crossEntropyPrograms = (
  backend: TapingBackend,
  sizes: readonly [number, number],
  { logits, targets }: Record<'logits' | 'targets', TensorInfo>,
  { loss, gradient, each, counted }: Record<'loss' | 'gradient' | 'each' | 'counted', TensorInfo>,
): Program[] => [
  countProgram(backend, sizes[0], { targets }, { counted }),
  rowsProgram(backend, sizes, { logits, targets, counted }, { each, gradient }),
  meanProgram(backend, sizes[0], { each, counted }, { loss }),
];
