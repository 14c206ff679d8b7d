import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { blockSite } from '../config/sites';
import { differentiable } from '../kernels/differentiable';
import { softmax } from '../kernels/softmax';
import { linear, type Context } from './context';

/**
 * What a masked score gets: far below any score that float32 can hold beside it, and finite, because
 * (−∞) − (−∞) is not a number.
 */
const MASKED = -3e38;

/** [T, T]: 0 where token i may read token j, MASKED elsewhere. */
export function attentionMask(T: number, causal: boolean): Tensor2D {
  const mask = new Float32Array(T * T);
  if (causal) for (let i = 0; i < T; i++) mask.fill(MASKED, i * T + i + 1, (i + 1) * T);
  return tf.tensor2d(mask, [T, T]);
}

/** Zeros, [B, H, T, T], whatever q and k are: nothing flows back to them. */
const noScores = differentiable(
  (q: Tensor4D, k: Tensor4D) => {
    const [B, H, T] = q.shape;
    return { value: tf.zeros([B, H, T, T]) as Tensor4D, saved: [q, k] };
  },
  (_dy, q, k) => [tf.zerosLike(q!), tf.zerosLike(k!)],
);

/** Scores of every query against every key, before the mask. q, k: [B, H, T, d_head] → [B, H, T, T] */
const scoreFunctions: Record<Chosen['attention'], (q: Tensor4D, k: Tensor4D) => Tensor4D> = {
  softmax: (q, k) => tf.matMul(tf.mul(q, 1 / Math.sqrt(q.shape[3])), k, false, true),
  uniform: noScores,
};

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2). x: [B, T, D] → [B, T, D] */
export function attention(x: Tensor3D, layer: number, mask: Tensor2D, ctx: Context): Tensor3D {
  const { config, tap } = ctx;
  const [B, T, D] = x.shape;
  const H = config.n_heads;
  const at = `blocks.${layer}.attn`;
  const project = (name: 'q' | 'k' | 'v') =>
    tap(blockSite(layer, `attn.${name}`), linear(x, `${at}.w${name}`, `${at}.b${name}`, ctx));
  const heads = (y: Tensor3D): Tensor4D =>
    tf.transpose(tf.reshape(y, [B, T, H, D / H]), [0, 2, 1, 3]);

  const [q, k, v] = [project('q'), project('k'), project('v')].map(heads) as [
    Tensor4D,
    Tensor4D,
    Tensor4D,
  ]; // each [B, H, T, d_head]
  const scores = tap(blockSite(layer, 'attn.scores'), scoreFunctions[config.attention](q, k));
  const pattern = tap(blockSite(layer, 'attn.pattern'), softmax(tf.add(scores, mask)) as Tensor4D);
  const mixed = tf.transpose(tf.matMul(pattern, v), [0, 2, 1, 3]); // [B, T, H, d_head]
  return linear(tf.reshape(mixed, [B, T, D]), `${at}.wo`, `${at}.bo`, ctx);
}
