import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { rowwise, u32, type Program } from '../program';
import { SUM } from './common';

/** One workgroup, of which each lane goes on until it has seen a change. */
export const changedProgram = (
  backend: TapingBackend,
  inputs: { before: TensorInfo; after: TensorInfo },
  changed: TensorInfo,
): Program =>
  rowwise(
    backend,
    {
      name: 'Changed',
      ...{ inputs, outputs: { changed } },
      uniforms: { size: u32(inputs.before.shape[0]!) },
      reductions: [SUM],
      code: () => `
        fn row(_r: u32, lane: u32) {
          var seen = 0.0;
          for (var i = lane; i < u.size && seen == 0.0; i += LANES) {
            if (before[i] != after[i] || isNaN(after[i])) { seen = 1.0; }
          }
          let lanes = sum(seen, lane);
          if (lane == 0u) { changed[0] = min(lanes, 1.0); }
        }`,
    },
    1,
    256,
  );
