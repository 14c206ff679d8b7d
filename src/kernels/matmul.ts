import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable';

/**
 * x @ w for x: [N, I], w: [I, O] → [N, O].
 *
 * The gradients transpose explicitly: the wasm backend's product takes its fast path (XNNPACK) only for
 * plain two-dimensional operands, and its flags `transposeA`, `transposeB` cost it a factor of twelve.
 */
export const matmul = differentiable(
  (x: Tensor2D, w: Tensor2D) => tf.matMul(x, w) as Tensor2D,
  (dy, x, w) => [tf.matMul(dy, tf.transpose(w)), tf.matMul(tf.transpose(x), dy)],
);

/**
 * Rows of `table`: [V, D] chosen by `oneHot`: [N, V] → [N, D]. Its gradient is taken for the table alone;
 * TensorFlow.js has no scatter-add on wasm, so a product with the one-hot matrix stands in for it.
 */
export const chooseRows = (table: Tensor2D, oneHot: Tensor2D): Tensor2D =>
  differentiable(
    (table: Tensor2D) => tf.matMul(oneHot, table) as Tensor2D,
    (dy) => [tf.matMul(tf.transpose(oneHot), dy)],
  )(table);
