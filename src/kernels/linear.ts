import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable';

const rows = (x: Tensor): Tensor2D => tf.reshape(x, [-1, x.shape.at(-1)!]);

/**
 * Gradients of x @ w with respect to both.
 *
 * They transpose explicitly: the wasm backend's product takes its fast path (XNNPACK) only for plain
 * two-dimensional operands, and its flags `transposeA`, `transposeB` cost it a factor of twelve.
 */
const productGradients = (dy: Tensor2D, x: Tensor2D, w: Tensor2D): [Tensor2D, Tensor2D] => [
  tf.matMul(dy, tf.transpose(w)),
  tf.matMul(tf.transpose(x), dy),
];

/** x @ w over the last axis. x: […, I], w: [I, O] → […, O] */
export const matmul = differentiable(
  (x: Tensor, w: Tensor2D) => ({
    value: tf.reshape(tf.matMul(rows(x), w), [...x.shape.slice(0, -1), w.shape[1]]),
    saved: [x, w],
  }),
  (dy, x, w) => {
    const [dx, dw] = productGradients(rows(dy), rows(x!), w as Tensor2D);
    return [tf.reshape(dx, x!.shape), dw];
  },
);

/** x @ w + b over the last axis. x: […, I], w: [I, O], b: [O] → […, O] */
export const affine = differentiable(
  (x: Tensor, w: Tensor2D, b: Tensor1D) => ({
    value: tf.reshape(tf.add(tf.matMul(rows(x), w), b), [...x.shape.slice(0, -1), w.shape[1]]),
    saved: [x, w],
  }),
  (dy, x, w) => {
    const dyRows = rows(dy);
    const [dx, dw] = productGradients(dyRows, rows(x!), w as Tensor2D);
    return [tf.reshape(dx, x!.shape), dw, tf.sum(dyRows, 0)];
  },
);
