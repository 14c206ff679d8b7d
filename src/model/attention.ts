import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { blockSite } from '../config/sites';
import { attend, attends } from '../kernels/operations/attention';
import { differentiable } from '../kernels/differentiable';
import { exempt } from '../kernels/precision/emulate';
import { rowNorm } from '../kernels/operations/norms/rowNorm';
import { product } from '../kernels/operations/product';
import { scaled } from '../kernels/operations/scaled';
import { softmax } from '../kernels/operations/softmax';
import { linear, linears, param, type Context } from './context';
import { norm } from './norms';
import { positions } from './positions';
import { softcap } from './softcap';

/**
 * The value of a masked score: far below any score that float32 can hold beside it, and finite, because
 * (−∞) − (−∞) is not a number.
 */
const MASKED = -3e38;

/** [T, T]: 0 where token i may read token j, MASKED elsewhere. */
export function attentionMask(T: number, causal: boolean): Tensor2D {
  const mask = new Float32Array(T * T);
  if (causal) for (let i = 0; i < T; i++) mask.fill(MASKED, i * T + i + 1, (i + 1) * T);
  return tf.tensor2d(mask, [T, T]);
}

/** [B, T, H, d_head] → [B, T, D] */
const joined = (x: Tensor4D): Tensor3D => {
  const [B, T, H, d] = x.shape;
  return tf.reshape(x, [B, T, H * d]);
};

type Of = 'q' | 'k';

/** Queries or keys, normalized. x: [B, T, H, d_head]; at: where the attention’s tensors are */
const qkNorms: Record<
  Chosen['qk_norm'],
  (x: Tensor4D, of: Of, at: string, ctx: Context) => Tensor4D
> = {
  none: (x) => x,
  rmsnorm: (x, of, at, ctx) => norm(`${at}.${of}_norm`, 'rmsnorm', x, ctx),
  // Of all heads side by side, as they come out of the projection (OLMo 2).
  rmsnorm_all: (x, of, at, ctx) =>
    tf.reshape(norm(`${at}.${of}_norm`, 'rmsnorm', joined(x), ctx), x.shape),
  layernorm: (x, of, at, ctx) => norm(`${at}.${of}_norm`, 'layernorm', x, ctx),
  // Unit vectors; what their products are multiplied by is learned (Henry et al. 2020), here the queries.
  l2: (x, of, at, ctx) => {
    const gain = of === 'q' ? param(ctx, `${at}.qk_gain`) : null;
    return rowNorm(x, gain, null, { kind: 'length', eps: ctx.config.norm_eps });
  },
};

/** [B, T, H, d_head] → [B, H, T, d_head] */
const byHead = (x: Tensor4D): Tensor4D => tf.transpose(x, [0, 2, 1, 3]);

/** The inputs of the heads: q and k normalized and at their positions, v; each [B, T, H, d_head]. */
interface Heads {
  q: Tensor4D;
  k: Tensor4D;
  v: Tensor4D;
}

/** Queries and keys normalized, then at their positions. */
function placed(q: Tensor4D, k: Tensor4D, at: string, ctx: Context): [Tensor4D, Tensor4D] {
  const { qk_norm, positions: kind } = ctx.config;
  const normed = qkNorms[qk_norm];
  const [queries, keys] = [normed(q, 'q', at, ctx), normed(k, 'k', at, ctx)];
  return positions[kind].place?.(queries, keys) ?? [queries, keys];
}

/** A bias of the scores, [H, T, T], or null. */
const penaltyOf = ({ config }: Context): Tensor3D | null =>
  positions[config.positions].penalty?.(config.n_heads, config.seq_len) ?? null;

/** The factor of products of q and k: between unit vectors the norm has done it, with a learned factor. */
const scaleOf = ({ q }: Heads, { config }: Context) =>
  config.qk_norm === 'l2' ? 1 : 1 / Math.sqrt(q.shape[3]);

type Scores = (heads: Heads, ctx: Context) => Tensor4D;

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
const dotProducts: Scores = (heads, ctx) => {
  const [B, T, H] = heads.q.shape;
  const scale = scaleOf(heads, ctx);
  const queries = byHead(heads.q);
  const products = product(scale === 1 ? queries : tf.mul(queries, scale), byHead(heads.k), true);
  const capped = softcap(products, ctx.config.attn_softcap); // [B, H, T, T]
  const penalty = penaltyOf(ctx);
  return penalty ? tf.reshape(tf.add(capped, penalty), [B, H, T, T]) : capped;
};

/** Scores of every query against every key, before the mask: [B, H, T, T] */
const scoreFunctions: Record<Chosen['attention'], Scores> = {
  softmax: dotProducts,
  uniform: noScores,
};

/** The output of the heads, of the library's operations. [B, T, H, d_head] */
function composed(heads: Heads, layer: number, mask: Tensor2D, ctx: Context): Tensor4D {
  const { config, tap } = ctx;
  const scores = tap(blockSite(layer, 'attn.scores'), scoreFunctions[config.attention](heads, ctx));
  // Scores are what they were or as good as −∞: there is nothing to round.
  const masked = exempt(() => tf.add(scores, mask));
  const pattern = tap(blockSite(layer, 'attn.pattern'), softmax(masked) as Tensor4D);
  return byHead(product(pattern, byHead(heads.v)));
}

/** The ingredients of the kernel's scores; q, k: [B, T, D] */
interface ScoreParts {
  q: Tensor3D;
  k: Tensor3D;
  penalty: Tensor3D | null;
  scale: number;
  cap: number;
}

const scoreParts: Record<Chosen['attention'], (heads: Heads, ctx: Context) => ScoreParts> = {
  softmax: (heads, ctx) => ({
    q: joined(heads.q),
    k: joined(heads.k),
    penalty: penaltyOf(ctx),
    scale: scaleOf(heads, ctx),
    cap: ctx.config.attn_softcap,
  }),
  // Zeros have zeros for scores, and nothing flows back to queries and keys that are not read.
  uniform({ v }) {
    const zeros: Tensor3D = tf.zeros(joined(v).shape);
    return { q: zeros, k: zeros, penalty: null, scale: 1, cap: 0 };
  },
};

/** The same in one kernel; null where there is none, or where something changes scores or pattern. */
function fused(heads: Heads, layer: number, ctx: Context): Tensor4D | null {
  const { config, tap } = ctx;
  const scores = tap.listener(blockSite(layer, 'attn.scores'));
  const pattern = tap.listener(blockSite(layer, 'attn.pattern'));
  if (!attends() || !scores || !pattern) return null;
  const { q, k, penalty, ...rest } = scoreParts[config.attention](heads, ctx);
  const attributes = { heads: config.n_heads, causal: config.causal, ...rest };
  const mixed = attend(q, k, joined(heads.v), penalty, attributes, { scores, pattern });
  return tf.reshape(mixed, heads.v.shape);
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
  const [queries, keys] = config.attention === 'softmax' ? placed(q, k, at, ctx) : [q, k];
  const heads: Heads = { q: queries, k: keys, v };
  let mixed = joined(fused(heads, layer, ctx) ?? composed(heads, layer, mask, ctx)); // [B, T, D]
  if (config.inner_norm === 'normformer') {
    mixed = scaled(mixed, param<Tensor1D>(ctx, `${at}.head_scale`));
  }
  if (config.inner_norm === 'subln') {
    mixed = norm(`${at}.norm_inner`, plans[layer]!.norm, mixed, ctx);
  }
  return linear(mixed, names('o'), ctx);
}
