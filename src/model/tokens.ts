import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { oneHot } from '../kernels/rows';

/**
 * A batch on the device, N = B·T. Made before the pass: what a hand-written gradient closes over must
 * outlive the forward pass, at whose end TensorFlow.js disposes of what was made in it.
 */
export interface Tokens {
  /** [N] int32. */
  inputs: Tensor1D;
  /** One-hot, [N, V]; a row of zeros where the target is not counted. */
  targets: Tensor2D;
  /** [N] int32; −1 where not counted. */
  targetIds: Tensor1D;
}

/** inputs, targetIds: [N] int32 */
export const tokensOf = (inputs: Tensor1D, targetIds: Tensor1D, V: number): Tokens => ({
  inputs,
  targets: oneHot(targetIds, V),
  targetIds,
});
