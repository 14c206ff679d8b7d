import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable';
import { casting } from '../precision/current';
import { cast, stored } from '../precision/emulate';

/** The product of the library, whose operands are cast and whose results are stored in the format. */
const castProduct = (a: Tensor4D, b: Tensor4D, transposeB: boolean): Tensor4D =>
  differentiable(
    (a: Tensor4D, b: Tensor4D) => ({
      value: stored(tf.matMul(a, b, false, transposeB) as Tensor4D),
      saved: [a, b],
    }),
    (dy, a, b) => {
      const d = cast(dy);
      return [
        stored(tf.matMul(d, b!, false, !transposeB)),
        stored(transposeB ? tf.matMul(d, a!, true) : tf.matMul(a!, d, true)),
      ];
    },
  )(cast(a), cast(b));

/** a @ b, or a @ bᵀ, of matrices side by side: [B, H, M, K] and [B, H, K, N], or [B, H, N, K] → [B, H, M, N] */
export const product = (a: Tensor4D, b: Tensor4D, transposeB = false): Tensor4D =>
  casting() ? castProduct(a, b, transposeB) : tf.matMul(a, b, false, transposeB);
