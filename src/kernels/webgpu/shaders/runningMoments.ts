import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, f32, rowwise, u32, type Program } from '../program';
import { SUM2 } from './common';

/** The moving averages of some tensors of D numbers: `kept0`, `now0`, … */
export const movingAveragesProgram = (
  D: number,
  { share, factors }: { share: number; factors: number[] },
  inputs: Record<string, TensorInfo>,
  outputs: TensorInfo[],
): Program =>
  elementwise(
    {
      name: 'MovingAverages',
      inputs,
      outputs: Object.fromEntries(outputs.map((output, i) => [`next${i}`, output])),
      uniforms: {
        share: f32(share),
        ...Object.fromEntries(factors.map((factor, i) => [`weight${i}`, f32(share * factor)])),
      },
      code: () => `
        fn each(j: u32) {
          ${outputs
            .map(
              (_, i) => `
                let old${i} = rounded(kept${i}[j] * roundedAgain(1.0 - u.share));
                next${i}[j] = rounded(old${i} + rounded(now${i}[j] * roundedAgain(u.weight${i})));`,
            )
            .join('\n')}
        }`,
    },
    D,
  );

/** Distance of running statistics from those of a batch: one workgroup. */
export const discrepancyProgram = (
  backend: TapingBackend,
  D: number,
  inputs: {
    variance: TensorInfo;
    runningVar: TensorInfo;
    mean?: TensorInfo;
    runningMean?: TensorInfo;
  },
  values: TensorInfo,
): Program =>
  rowwise(
    backend,
    {
      name: 'Discrepancy',
      ...{ inputs, outputs: { values } },
      uniforms: { D: u32(D), missing: f32(NaN) },
      reductions: [SUM2],
      code: () => `
        fn row(r: u32, lane: u32) {
          var parts = vec2f();
          for (var j = lane; j < u.D; j += LANES) {
            let sigma = sqrt(variance[j]);
            ${inputs.mean ? 'parts.x += abs(mean[j] - runningMean[j]) / sigma;' : ''}
            parts.y += abs(sqrt(runningVar[j]) / sigma - 1.0);
          }
          let whole = sum2(parts, lane) / f32(u.D);
          if (lane == 0u) {
            values[0] = ${inputs.mean ? 'whole.x' : 'u.missing'};
            values[1] = whole.y;
          }
        }`,
    },
    1,
  );
