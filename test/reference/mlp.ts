import { activations } from './activations';
import { lookUp } from './config';
import { linear } from './linear';
import type { Model } from './model';
import type { Tensor } from './tape';

/** w_out(act(w_in x)), or w_out(act(w_gate x) ⊙ w_in x); its tensors under the name `at`. */
export function mlp(model: Model, at: string, x: Tensor, norm: string): Tensor {
  const activate = lookUp(activations, model.settings.activation);
  const gate = (): Tensor => linear(model, at, '_gate', x);
  let hidden = activate(linear(model, at, '_in', x), gate); // [B, T, F]
  if (model.settings.inner_norm !== 'none') {
    hidden = model.norm(`${at}.norm_inner`, hidden, norm);
  }
  return linear(model, at, '_out', hidden);
}
