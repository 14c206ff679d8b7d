import type { Tensor3D } from '@tensorflow/tfjs-core';
import { isGated } from '../config/fields';
import { activation, gatedActivation } from '../kernels/operations/activation';
import { activations } from './activations';
import { linear, linears, type Context } from './context';
import { norm } from './norms';

/** w_out(act(x · w_in)), or gated: w_out(act(x · w_gate) ⊙ x · w_in). x: [B, T, D] → [B, T, D] */
export function mlp(x: Tensor3D, layer: number, ctx: Context): Tensor3D {
  const { config, plans } = ctx;
  const at = `blocks.${layer}.mlp`;
  const f = activations[config.activation];
  const names = (part: string) => ({ weight: `${at}.w_${part}`, bias: `${at}.b_${part}` });
  const [gate, factor] = linears(x, (isGated(config) ? ['gate', 'in'] : ['in']).map(names), ctx);
  const hidden = factor ? gatedActivation(gate!, factor, f) : activation(gate!, f); // [B, T, F]
  const inner =
    config.inner_norm === 'none'
      ? hidden
      : norm(`${at}.norm_inner`, plans[layer]!.norm, hidden, ctx);
  return linear(inner as Tensor3D, names('out'), ctx);
}
