import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import type { Rounding } from '../../precision/current';
import { elementwise, type Program } from '../program';

/** Of a masked tensor only the numbers that have 1 there. */
export const roundingProgram = (
  rounding: Rounding,
  x: TensorInfo,
  y: TensorInfo,
  mask?: TensorInfo,
): Program => ({
  ...elementwise(
    {
      name: `Rounding/${mask ? 'masked' : 'all'}`,
      ...{ inputs: { x, ...(mask && { mask }) }, outputs: { y } },
      code: () => `
        fn each(i: u32) {
          ${mask ? 'if (mask[i] == 0) { y[i] = x[i]; return; }' : ''}
          y[i] = stored(f32(x[i]));
        }`,
    },
    sizeOf(x.shape),
  ),
  rounding,
});

/** Integers as float32. */
export const readingProgram = (losses: TensorInfo, floats: TensorInfo): Program =>
  elementwise(
    {
      name: 'ReadLosses',
      ...{ inputs: { counts: losses }, outputs: { floats } },
      code: () => 'fn each(i: u32) { floats[i] = f32(counts[i]); }',
    },
    sizeOf(losses.shape),
  );
