import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { blockSite } from '../config/sites';
import { attend } from '../kernels/attention';
import { differentiable } from '../kernels/differentiable';
import { hasKernels } from '../kernels/kernel';
import { divideByLength } from '../kernels/normalize';
import { exempt } from '../kernels/precision';
import { softmax } from '../kernels/softmax';
import { linear, linears, param, type Context } from './context';
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

/** Queries or keys of each head, normalized. name: that of the norm; x: [B, T, H, d_head] */
const qkNorms: Record<Chosen['qk_norm'], (name: string, x: Tensor4D, ctx: Context) => Tensor4D> = {
  none: (_name, x) => x,
  rmsnorm: (name, x, ctx) => norm(name, 'rmsnorm', x, ctx),
  layernorm: (name, x, ctx) => norm(name, 'layernorm', x, ctx),
  l2: (_name, x, { config }) => divideByLength(x, [3], config.norm_eps),
};

/** [B, T, H, d_head] → [B, H, T, d_head] */
const byHead = (x: Tensor4D): Tensor4D => tf.transpose(x, [0, 2, 1, 3]);

/** What goes into the heads: q and k normalized and at their positions, v; each [B, T, H, d_head]. */
interface Heads {
  q: Tensor4D;
  k: Tensor4D;
  v: Tensor4D;
}

/** What is added to the scores, [H, T, T], or null. */
const penaltyOf = ({ config }: Context): Tensor3D | null =>
  positions[config.positions].penalty?.(config.n_heads, config.seq_len) ?? null;

/** The factor of the scores: learned where q and k are unit vectors, else 1/√d_head. */
const learnsScale = ({ config }: Context) => config.qk_norm === 'l2';
const fixedScale = ({ q }: Heads) => 1 / Math.sqrt(q.shape[3]);

type Scores = (heads: Heads, at: string, ctx: Context) => Tensor4D;

/** Zeros, whatever q and k are: nothing flows back to them. */
const noScores: Scores = ({ q, k }) =>
  differentiable(
    (q: Tensor4D, k: Tensor4D) => {
      const [B, T, H] = q.shape;
      return { value: tf.zeros([B, H, T, T]) as Tensor4D, saved: [q, k] };
    },
    (_dy, q, k) => [tf.zerosLike(q!), tf.zerosLike(k!)],
  )(q, k);

/** In order: scale, soft cap, ALiBi. */
const dotProducts: Scores = (heads, at, ctx) => {
  const [B, T, H] = heads.q.shape;
  const scale = learnsScale(ctx) ? param(ctx, `${at}.qk_gain`) : tf.scalar(fixedScale(heads));
  const scaled: Tensor4D = tf.mul(byHead(heads.q), scale);
  const products = tf.matMul(scaled, byHead(heads.k), false, true) as Tensor4D;
  const capped = softcap(products, ctx.config.attn_softcap); // [B, H, T, T]
  const penalty = penaltyOf(ctx);
  return penalty ? tf.reshape(tf.add(capped, penalty), [B, H, T, T]) : capped;
};

/** Scores of every query against every key, before the mask: [B, H, T, T] */
const scoreFunctions: Record<Chosen['attention'], Scores> = {
  softmax: dotProducts,
  uniform: noScores,
};

/** What the heads give, of the library's operations. [B, T, H, d_head] */
function composed(heads: Heads, layer: number, mask: Tensor2D, ctx: Context): Tensor4D {
  const { config, tap } = ctx;
  const scores = tap(
    blockSite(layer, 'attn.scores'),
    scoreFunctions[config.attention](heads, `blocks.${layer}.attn`, ctx),
  );
  // Scores are what they were or as good as −∞: there is nothing to round.
  const masked = exempt(() => tf.add(scores, mask));
  const pattern = tap(blockSite(layer, 'attn.pattern'), softmax(masked) as Tensor4D);
  return byHead(tf.matMul(pattern, byHead(heads.v)) as Tensor4D);
}

/** The same in one kernel; null where there is none, or where something changes scores or pattern. */
function fused(heads: Heads, layer: number, ctx: Context): Tensor4D | null {
  const { config, tap } = ctx;
  const scores = tap.listener(blockSite(layer, 'attn.scores'));
  const pattern = tap.listener(blockSite(layer, 'attn.pattern'));
  if (!hasKernels() || config.attention !== 'softmax' || !scores || !pattern) return null;
  const [B, T, H, d] = heads.q.shape;
  const joined = (x: Tensor4D): Tensor3D => tf.reshape(x, [B, T, H * d]);
  const gain = learnsScale(ctx) ? param(ctx, `blocks.${layer}.attn.qk_gain`) : null;
  const mixed = attend(
    joined(gain ? tf.mul(heads.q, gain) : heads.q),
    joined(heads.k),
    joined(heads.v),
    penaltyOf(ctx),
    {
      heads: H,
      scale: gain ? 1 : fixedScale(heads),
      cap: config.attn_softcap,
      causal: config.causal,
    },
    { scores, pattern },
  );
  return tf.reshape(mixed, [B, T, H, d]);
}

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2). x: [B, T, D] → [B, T, D] */
export function attention(x: Tensor3D, layer: number, mask: Tensor2D, ctx: Context): Tensor3D {
  const { config, plans, tap } = ctx;
  const [B, T, D] = x.shape;
  const H = config.n_heads;
  const at = `blocks.${layer}.attn`;
  const names = (part: string) => ({ weight: `${at}.w${part}`, bias: `${at}.b${part}` });
  const parts = ['q', 'k', 'v'] as const;
  const [q, k, v] = linears(x, parts.map(names), ctx).map((y, i) =>
    tf.reshape(tap(blockSite(layer, `attn.${parts[i]!}`), y), [B, T, H, D / H]),
  ) as [Tensor4D, Tensor4D, Tensor4D];
  const { place = (x) => x } = positions[config.positions];
  const prepared = (x: Tensor4D, name: string) =>
    config.attention === 'softmax' ? place(qkNorms[config.qk_norm](`${at}.${name}`, x, ctx)) : x;

  const heads: Heads = {
    q: prepared(q, 'q_norm'),
    k: prepared(k, 'k_norm'),
    v,
  };
  let mixed = fused(heads, layer, ctx) ?? composed(heads, layer, mask, ctx); // [B, T, H, d_head]
  if (config.inner_norm === 'normformer') {
    mixed = tf.mul(mixed, tf.reshape(param(ctx, `${at}.head_scale`), [H, 1]));
  }
  let joined: Tensor3D = tf.reshape(mixed, [B, T, D]);
  if (config.inner_norm === 'subln') {
    joined = norm(`${at}.norm_inner`, plans[layer]!.norm, joined, ctx);
  }
  return linear(joined, names('o'), ctx);
}
