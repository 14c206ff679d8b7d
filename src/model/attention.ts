import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { blockSite } from '../config/sites';
import { differentiable } from '../kernels/differentiable';
import { divideByLength } from '../kernels/normalize';
import { exempt } from '../kernels/precision';
import { softmax } from '../kernels/softmax';
import { linear, param, type Context } from './context';
import { norm } from './norms';
import { positions } from './positions';
import { softcap } from './softcap';

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

/** Queries or keys of each head, normalized. name: that of the norm; x: [B, H, T, d_head] */
const qkNorms: Record<Chosen['qk_norm'], (name: string, x: Tensor4D, ctx: Context) => Tensor4D> = {
  none: (_name, x) => x,
  rmsnorm: (name, x, ctx) => norm(name, 'rmsnorm', x, ctx),
  layernorm: (name, x, ctx) => norm(name, 'layernorm', x, ctx),
  l2: (_name, x, { config }) => divideByLength(x, [3], config.norm_eps),
};

type Scores = (q: Tensor4D, k: Tensor4D, at: string, ctx: Context) => Tensor4D;

/** Zeros, whatever q and k are: nothing flows back to them. */
const noScores: Scores = (q, k) =>
  differentiable(
    (q: Tensor4D, k: Tensor4D) => {
      const [B, H, T] = q.shape;
      return { value: tf.zeros([B, H, T, T]) as Tensor4D, saved: [q, k] };
    },
    (_dy, q, k) => [tf.zerosLike(q!), tf.zerosLike(k!)],
  )(q, k);

/** In order: q/k norm, rotation, scale, soft cap, ALiBi. */
const dotProducts: Scores = (q, k, at, ctx) => {
  const { config } = ctx;
  const { place = (x) => x, penalty } = positions[config.positions];
  const prepared = (x: Tensor4D, name: string) =>
    place(qkNorms[config.qk_norm](`${at}.${name}`, x, ctx));
  const [B, H, T, d_head] = q.shape;
  const scale =
    config.qk_norm === 'l2' ? param(ctx, `${at}.qk_gain`) : tf.scalar(1 / Math.sqrt(d_head));
  const scaled: Tensor4D = tf.mul(prepared(q, 'q_norm'), scale);
  const products = tf.matMul(scaled, prepared(k, 'k_norm'), false, true) as Tensor4D;
  const capped = softcap(products, config.attn_softcap); // [B, H, T, T]
  return penalty ? tf.reshape(tf.add(capped, penalty(H, T)), [B, H, T, T]) : capped;
};

/** Scores of every query against every key, before the mask. q, k: [B, H, T, d_head] → [B, H, T, T] */
const scoreFunctions: Record<Chosen['attention'], Scores> = {
  softmax: dotProducts,
  uniform: noScores,
};

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2). x: [B, T, D] → [B, T, D] */
export function attention(x: Tensor3D, layer: number, mask: Tensor2D, ctx: Context): Tensor3D {
  const { config, plans, tap } = ctx;
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
  const scores = tap(
    blockSite(layer, 'attn.scores'),
    scoreFunctions[config.attention](q, k, at, ctx),
  );
  // Scores are what they were or as good as −∞: there is nothing to round.
  const masked = exempt(() => tf.add(scores, mask));
  const pattern = tap(blockSite(layer, 'attn.pattern'), softmax(masked) as Tensor4D);
  let mixed = tf.matMul(pattern, v) as Tensor4D; // [B, H, T, d_head]
  if (config.inner_norm === 'normformer') {
    mixed = tf.mul(mixed, tf.reshape(param(ctx, `${at}.head_scale`), [H, 1, 1]));
  }
  let joined: Tensor3D = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [B, T, D]);
  if (config.inner_norm === 'subln') {
    joined = norm(`${at}.norm_inner`, plans[layer]!.norm, joined, ctx);
  }
  return linear(joined, `${at}.wo`, `${at}.bo`, ctx);
}
