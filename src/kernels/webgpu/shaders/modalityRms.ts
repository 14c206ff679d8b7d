import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { SCALED, tensorsOf, TOGETHER } from './moments';

/** A workgroup for each modality of each tensor; see `kernels/statistics/modalityRms.ts`. */
export function modalityRmsProgram(
  backend: TapingBackend,
  tensors: TensorInfo[],
  [B, T, D]: [number, number, number],
  modalities: number,
  values: TensorInfo,
): Program {
  const { inputs, code } = tensorsOf(backend, tensors);
  return rowwise(
    backend,
    {
      name: 'ModalityRms',
      inputs,
      outputs: { values },
      uniforms: { B: u32(B), T: u32(T), D: u32(D), modalities: u32(modalities) },
      types: SCALED,
      reductions: [TOGETHER],
      code: () => `
        ${code}
        fn row(r: u32, lane: u32) {
          let modality = r % u.modalities;
          let tokens = (u.T - modality + u.modalities - 1u) / u.modalities;
          let count = u.B * tokens * u.D;
          var part = Scaled();
          for (var i = lane; i < count; i += LANES) {
            let n = i / u.D;
            let t = n / tokens * u.T + n % tokens * u.modalities + modality;
            part = met(part, number(r / u.modalities, t * u.D + i % u.D));
          }
          let whole = overall(part, lane);
          if (lane == 0u) { values[r] = rmsOf(whole, count); }
        }`,
    },
    tensors.length * modalities,
    256,
  );
}
