import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { hasFinalNorm } from '../config/placements';
import { chooseRows, matmul } from '../kernels/linear';
import { attentionMask } from './attention';
import { block } from './block';
import { param, type Context } from './context';
import { norm } from './norms';
import { positions } from './positions';

/** Whether there are tokens, hence embedding and logits. */
export const hasTokens = ({ task }: Config): boolean => task !== 'gaussian';

/** Token plus position. inputs: one-hot [B·T, V] → [B, T, D] */
function embed(inputs: Tensor2D, ctx: Context): Tensor3D {
  const { seq_len: T, d_model: D, positions: kind } = ctx.config;
  const table = param<Tensor2D>(ctx, 'embed.token'); // [V, D]
  const x = tf.reshape(chooseRows(table, inputs), [-1, T, D]) as Tensor3D;
  const position = positions[kind](ctx);
  return position ? tf.add(x, position) : x;
}

/** Scores of the vocabulary. x: [B, T, D] → [B, T, V] */
function unembed(x: Tensor3D, ctx: Context): Tensor3D {
  const w: Tensor2D = ctx.config.tie_embeddings
    ? tf.transpose(param<Tensor2D>(ctx, 'embed.token'))
    : param<Tensor2D>(ctx, 'unembed'); // [D, V]
  return matmul(x, w) as Tensor3D;
}

/**
 * The stack. `input` is one-hot tokens [B·T, V], or for the Gaussian task x_0 itself [B, T, D].
 * Returns the last site before the unembedding [B, T, D], and the logits [B, T, V] where there are tokens.
 */
export function transformer(
  input: Tensor2D | Tensor3D,
  ctx: Context,
): { out: Tensor3D; logits: Tensor3D | null } {
  const { config, tap } = ctx;
  const mask = attentionMask(config.seq_len, config.causal);
  let x = tap('embed', hasTokens(config) ? embed(input as Tensor2D, ctx) : (input as Tensor3D));
  for (let layer = 0; layer < config.n_layers; layer++) x = block(x, layer, mask, ctx);
  const out = hasFinalNorm(config) ? tap('final_norm', norm('final_norm', x, ctx)) : x;
  return { out, logits: hasTokens(config) ? tap('logits', unembed(out, ctx)) : null };
}
