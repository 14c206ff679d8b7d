import type { Tensor1D } from '@tensorflow/tfjs-core';

/** A batch on the device, N = B·T. */
export interface Tokens {
  /** [N] int32. */
  inputs: Tensor1D;
  /** [N] int32; −1 where not counted. */
  targetIds: Tensor1D;
}
