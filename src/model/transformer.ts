import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { hasEmbedNorm, hasFinalNorm } from '../config/layers';
import { leavesByNorm, streamsOf } from '../config/placements';
import { linear } from '../kernels/operations/linear';
import { chooseRows, embedding } from '../kernels/operations/rows';
import { attentionMask } from './attention';
import { block, plus, type Lines } from './block';
import { param, type Context } from './context';
import { dropout } from './dropout';
import { norm } from './norms';
import { positions } from './positions';
import { actingParams } from './sigma';
import { softcap } from './softcap';

/** Tests of a task that has tokens, hence embedding and logits. */
export const hasTokens = ({ task }: Config): boolean => task !== 'gaussian';

/** Token plus position. inputs: ids [B·T] → [B, T, D] */
function embed(inputs: Tensor1D, ctx: Context): Tensor3D {
  const { seq_len: T, d_model: D, positions: kind } = ctx.config;
  const table = param<Tensor2D>(ctx, 'embed.token'); // [V, D]
  const position = positions[kind].embedding?.(ctx);
  const x = position ? embedding(table, inputs, position) : chooseRows(table, inputs);
  return tf.reshape(x, [-1, T, D]);
}

/** Scores of the vocabulary. x: [B, T, D] → [B, T, V] */
function unembed(x: Tensor3D, ctx: Context): Tensor3D {
  const w: Tensor2D = ctx.config.tie_embeddings
    ? tf.transpose(param<Tensor2D>(ctx, 'embed.token'))
    : param<Tensor2D>(ctx, 'unembed'); // [D, V]
  return softcap(linear(x, w) as Tensor3D, ctx.config.logit_softcap);
}

/**
 * The stack. `input` is the ids of tokens [B·T], or for the Gaussian task x_0 itself [B, T, D].
 * Returns the last site before the unembedding [B, T, D], and the logits [B, T, V] where there are tokens.
 */
export function transformer(
  input: Tensor1D | Tensor3D,
  given: Context,
): { out: Tensor3D; logits: Tensor3D | null } {
  const ctx = { ...given, params: actingParams(given) };
  const { config, tap } = ctx;
  const mask = attentionMask(config.seq_len, config.causal);
  const embedded = hasTokens(config) ? embed(input as Tensor1D, ctx) : (input as Tensor3D);
  const x0 = dropout(tap('embed', embedded), 'embed', ctx);
  const x = hasEmbedNorm(config) ? norm('embed.norm', config.norm, x0, ctx) : x0;
  const { enter, leave } = streamsOf(config.placement);
  let streams = enter<Lines>([x]);
  for (let layer = 0; layer < config.n_layers; layer++) streams = block(streams, layer, mask, ctx);
  const finalNorm = (lines: Lines): Lines =>
    lines.map((x) => norm('final_norm', config.norm, x, ctx));
  const left = leave(streams, { plus, norm: finalNorm });
  const isNormed = hasFinalNorm(config);
  const [last] = isNormed && !leavesByNorm(config.placement) ? finalNorm(left) : left;
  const out = isNormed ? tap('final_norm', last!) : last!;
  return { out, logits: hasTokens(config) ? tap('logits', unembed(out, ctx)) : null };
}
