import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Sublayer } from '../config/blockSites';
import { updatesOf } from '../config/layers';
import { placements, streamsOf, type NormPlace } from '../config/placements';
import { normScales } from '../config/scales';
import { blockSite } from '../config/sites';
import { attention } from './attention';
import type { Context } from './context';
import { dropout, stochasticDepth } from './dropout';
import { mlp } from './mlp';
import { norm } from './norms';
import { scaledBranch, scaledStream } from './residualScales';

/** The lines that an update handles: the stream alone, or the branches side by side. Each [B, T, D]. */
export type Lines = Tensor3D[];

/** A stream and what is added to it. */
export const plus = ([stream]: Lines, others: Lines): Lines => [
  others.reduce((sum, other) => tf.add(sum, other), stream!),
];

/** A sublayer between its taps, from what it reads to what its branch carries on. [B, T, D] */
function branch(
  x: Tensor3D,
  sublayer: Sublayer,
  layer: number,
  mask: Tensor2D,
  ctx: Context,
): Tensor3D {
  const { config, plans, tap } = ctx;
  const at = `blocks.${layer}.${sublayer}`;
  const read = tap(blockSite(layer, `${sublayer}_in`), x);
  const out = sublayer === 'attn' ? attention(read, layer, mask, ctx) : mlp(read, layer, ctx);
  const given = dropout(tap(blockSite(layer, `${sublayer}_out`), out), at, ctx);
  return sublayer === 'attn' && config.inner_norm === 'normformer'
    ? norm(`${at}.norm_post`, plans[layer]!.norm, given, ctx)
    : given;
}

/**
 * One residual update around these sublayers, as the placement defines it.
 * @returns the stream after it, and what was added to it; each [B, T, D]
 */
function residual(
  x: Tensor3D,
  sublayers: Sublayer[],
  layer: number,
  mask: Tensor2D,
  ctx: Context,
): { x: Tensor3D; added: Lines } {
  const { config, plans, tap } = ctx;
  const plan = plans[layer]!;
  const placement = placements[plan.placement];
  let added: Lines = [];

  const normScale = normScales[config.norm_scale].value(layer);
  /** The norm of each line; that of the stream has the name of the first sublayer. */
  const normed = (place: NormPlace) => (lines: Lines) =>
    lines.map((line, i) => {
      const y = norm(`blocks.${layer}.${sublayers[i]!}.${place}`, plan.norm, line, ctx);
      return normScale === 1 ? y : (tf.mul(y, normScale) as Tensor3D);
    });

  const [after] = placement.update<Lines>([x], {
    f: ([x]) => sublayers.map((sublayer) => branch(x!, sublayer, layer, mask, ctx)),
    norm: normed('norm'),
    norm_out: normed('norm_out'),
    amplify: ([x]) => [tf.mul(x!, placement.streamFactor?.(config.n_layers) ?? 1)],
    add: ([stream], branches) => {
      added = branches.map((f, i) => {
        const sublayer = sublayers[i]!;
        const at = `blocks.${layer}.${sublayer}`;
        const scaled = scaledBranch(f, layer, sublayer, ctx);
        return tap(blockSite(layer, `${sublayer}_add`), stochasticDepth(scaled, at, layer, ctx));
      });
      return plus([scaledStream(stream!, ctx)], added);
    },
  });
  return { x: after!, added };
}

/** The residual updates of one block, from the streams before it to those after it. */
export function block(
  streams: Record<string, Lines>,
  layer: number,
  mask: Tensor2D,
  ctx: Context,
): Record<string, Lines> {
  const { config, tap } = ctx;
  const { read, write } = streamsOf(config.placement);
  const updates = updatesOf(config);
  return updates.reduce((streams, sublayers, i) => {
    const [x] = read(streams);
    const before = i === 0 ? tap(blockSite(layer, 'resid_pre'), x!) : x!;
    const updated = residual(before, sublayers, layer, mask, ctx);
    const isLast = i === updates.length - 1;
    const after = tap(blockSite(layer, isLast ? 'resid_post' : 'resid_mid'), updated.x);
    return write(streams, { x: [after], added: updated.added }, { plus });
  }, streams);
}
