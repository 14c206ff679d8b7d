import { softCap } from './activations';
import { lookUp } from './config';
import { linear, product } from './linear';
import type { Model } from './model';
import { unit } from './norms';
import { distancePenalty, rotate, SLOPES } from './positions';
import { add, mul, permute, reshape, scale, softmax, tensor, transpose, type Tensor } from './tape';

/** Multi-head attention of x [B, T, D], its tensors under the name `at`. */
export function attention(model: Model, at: string, x: Tensor, norm: string): Tensor {
  const { settings, site } = model;
  const [B, T, D] = x.shape as [number, number, number];
  const H = settings.n_heads;
  const split = (y: Tensor): Tensor => permute(reshape(y, [B, T, H, D / H]), [0, 2, 1, 3]);
  const project = (name: string): Tensor => site(`${at}.${name}`, linear(model, at, name, x));

  const whole = (name: string, y: Tensor): Tensor =>
    settings.qk_norm === 'rmsnorm_all' ? model.norm(`${at}.${name}`, y, 'rmsnorm') : y;
  const q = split(whole('q_norm', project('q'))); // [B, H, T, d_head]
  const k = split(whole('k_norm', project('k')));
  const v = split(project('v'));
  const scores = site(
    `${at}.scores`,
    settings.attention === 'uniform'
      ? tensor([B, H, T, T], new Float64Array(B * H * T * T))
      : attentionScores(model, at, q, k),
  );
  const seen = (i: number, j: number): boolean => j <= i || !settings.causal;
  const pattern = site(`${at}.pattern`, softmax(scores, seen));

  let heads = product(model, pattern, v); // [B, H, T, d_head]
  if (settings.inner_norm === 'normformer') {
    heads = mul(heads, reshape(model.param(`${at}.head_scale`), [H, 1, 1]));
  }
  let joined = reshape(permute(heads, [0, 2, 1, 3]), [B, T, D]);
  if (settings.inner_norm === 'subln') joined = model.norm(`${at}.norm_inner`, joined, norm);
  return linear(model, at, 'o', joined);
}

/** q/k norm, rotation, 1/√d_head, soft cap, ALiBi: [B, H, T, T], before the mask. */
function attentionScores(model: Model, at: string, q: Tensor, k: Tensor): Tensor {
  const { settings } = model;
  const [H, T, d_head] = q.shape.slice(1) as [number, number, number];
  const normalize = lookUp(qkNorms, settings.qk_norm);
  const place = (y: Tensor): Tensor => (settings.positions === 'rope' ? rotate(y) : y);

  q = place(normalize(model, `${at}.q_norm`, q));
  k = place(normalize(model, `${at}.k_norm`, k));
  q =
    settings.qk_norm === 'l2'
      ? mul(q, model.param(`${at}.qk_gain`))
      : scale(q, 1 / Math.sqrt(d_head));
  const scores = softCap(product(model, q, transpose(k)), settings.attn_softcap);
  const slope = SLOPES[settings.positions];
  return slope ? add(scores, distancePenalty(slope, H, T)) : scores;
}

/** On q and k [B, H, T, d_head], each head apart. */
const qkNorms: Record<string, (model: Model, name: string, x: Tensor) => Tensor> = {
  none: (_, __, x) => x,
  rmsnorm_all: (_, __, x) => x, // before the division into heads
  rmsnorm: (model, name, x) => model.norm(name, x, 'rmsnorm'),
  layernorm: (model, name, x) => model.norm(name, x, 'layernorm'),
  l2: (model, _, x) => unit(x, model.settings.norm_eps),
};
