import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { isGated } from '../config/activations';
import { activations } from './activations';
import { linear, type Context } from './context';
import { norm } from './norms';

/** w_out(act(x · w_in)), or gated: w_out(act(x · w_gate) ⊙ x · w_in). x: [B, T, D] → [B, T, D] */
export function mlp(x: Tensor3D, layer: number, ctx: Context): Tensor3D {
  const { config, plans } = ctx;
  const at = `blocks.${layer}.mlp`;
  const act = activations[config.activation];
  const project = (name: string) => linear(x, `${at}.w_${name}`, `${at}.b_${name}`, ctx);
  const hidden = isGated(config)
    ? tf.mul(act(project('gate')), project('in'))
    : (act(project('in')) as Tensor3D); // [B, T, F]
  const inner =
    config.inner_norm === 'none'
      ? hidden
      : norm(`${at}.norm_inner`, plans[layer]!.norm, hidden as Tensor3D, ctx);
  return linear(inner as Tensor3D, `${at}.w_out`, `${at}.b_out`, ctx);
}
