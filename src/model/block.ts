import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { placements } from '../config/placements';
import { blockSite } from '../config/sites';
import { attention } from './attention';
import type { Context } from './context';
import { mlp } from './mlp';
import { norm } from './norms';

/** What the branch is multiplied by where it joins the stream. */
const branchScales: Record<Chosen['residual_scale'], (config: Config) => number> = {
  one: () => 1,
  inv_sqrt_depth: ({ n_layers }) => 1 / Math.sqrt(2 * n_layers),
};

/** One residual update around the sublayer f, as the placement defines it. x: [B, T, D] → [B, T, D] */
function residual(
  x: Tensor3D,
  f: (x: Tensor3D) => Tensor3D,
  sublayer: 'attn' | 'mlp',
  layer: number,
  ctx: Context,
): Tensor3D {
  const { config, tap } = ctx;
  const name = `blocks.${layer}.${sublayer}`;
  const scale = branchScales[config.residual_scale](config);
  return placements[config.placement].update(x, {
    f: (x) =>
      tap(blockSite(layer, `${sublayer}_out`), f(tap(blockSite(layer, `${sublayer}_in`), x))),
    norm: (x) => norm(`${name}.norm`, x, ctx),
    norm_out: (x) => norm(`${name}.norm_out`, x, ctx),
    add: (stream, branch) => {
      const scaled = scale === 1 ? branch : tf.mul(branch, scale);
      return tf.add(stream, tap(blockSite(layer, `${sublayer}_add`), scaled));
    },
  });
}

/** Attention, then MLP, each in its residual update. x: [B, T, D] → [B, T, D] */
export function block(x: Tensor3D, layer: number, mask: Tensor2D, ctx: Context): Tensor3D {
  const { tap } = ctx;
  const pre = tap(blockSite(layer, 'resid_pre'), x);
  const attended = residual(pre, (x) => attention(x, layer, mask, ctx), 'attn', layer, ctx);
  const mid = tap(blockSite(layer, 'resid_mid'), attended);
  const processed = residual(mid, (x) => mlp(x, layer, ctx), 'mlp', layer, ctx);
  return tap(blockSite(layer, 'resid_post'), processed);
}
