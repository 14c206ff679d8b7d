import type { Tensor3D } from '@tensorflow/tfjs-core';
import { activations } from './activations';
import { linear, type Context } from './context';

/** w_out(act(x · w_in)). x: [B, T, D] → [B, T, D] */
export function mlp(x: Tensor3D, layer: number, ctx: Context): Tensor3D {
  const at = `blocks.${layer}.mlp`;
  const hidden = linear(x, `${at}.w_in`, `${at}.b_in`, ctx); // [B, T, F]
  const active = activations[ctx.config.activation](hidden) as Tensor3D;
  return linear(active, `${at}.w_out`, `${at}.b_out`, ctx);
}
