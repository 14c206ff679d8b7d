import { complete, difference } from '../../src/config/check';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { DEFAULTS, type Config } from '../../src/config/fields';
import type { Session } from '../../src/engine/session';
import { stream } from '../../src/lib/random';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../src/lib/safetensors';
import { drawnChoices, randomSettings } from '../engine/randomSettings';
import { configOf, TINY } from '../engine/support';

export interface ParityCase {
  /** The settings in which it differs from a tiny model with the defaults. */
  name: string;
  config: Config;
  /** Frames, each followed by its update. */
  steps: number;
}

const nameOf = (settings: Partial<Config>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ') || 'defaults';

/** Settings that are meant as they are written. */
const combined = (settings: Partial<Config>, steps = 1): ParityCase => ({
  name: nameOf(settings),
  config: configOf({ ...TINY, ...settings }),
  steps,
});

/** One choice against the defaults; what it cannot go together with gives way. */
const alone = (key: ChoiceKey, id: string): ParityCase => ({
  name: nameOf({ [key]: id }),
  config: complete({ ...TINY, [key]: id }).config,
  steps: 1,
});

/** A combination over all settings that nobody has picked. */
export const randomCase = (seed: number): ParityCase => combined(randomSettings(seed), 2);

/** Without precision: the other side computes in float64, but for autocast below. */
const ALONE = drawnChoices.flatMap((key) =>
  Object.keys(CHOICES[key])
    .filter((id) => id !== DEFAULTS[key])
    .map((id) => alone(key, id)),
);

const COMBINED = (
  [
    {},
    { causal: false },
    { bias: false },
    { tie_embeddings: true },
    { norm_eps: 0.1 },
    { attn_softcap: 1.5 },
    { logit_softcap: 2 },
    { norm: 'scalenorm', norm_eps: 5 / 8 },
    { norm: 'scalenorm', bias: false, placement: 'peri', norm_scale: 'inv_sqrt_layer' },
    { n_heads: 1, mlp_ratio: 0.5, seq_len: 5, batch_size: 3 },
    { d_model: 9, n_heads: 3, mlp_ratio: 1, positions: 'sinusoidal' },
    { causal: false, positions: 'alibi', qk_norm: 'layernorm', attn_softcap: 3 },
    { qk_norm: 'l2', positions: 'alibi', norm_eps: 0.1, n_heads: 4 },
    { positions: 'alibi_authors', d_model: 15, n_heads: 5, attn_softcap: 3 },
    { qk_norm: 'layernorm', bias: false, positions: 'rope', tie_embeddings: true },
    { attention: 'uniform', positions: 'alibi', attn_softcap: 1, causal: false },
    { placement: 'post', norm: 'rmsnorm', activation: 'swiglu', positions: 'rope', bias: false },
    { placement: 'post', norm: 'prmsnorm', inner_norm: 'subln', activation: 'swiglu' },
    { placement: 'post', norm: 'batchnorm', topology: 'parallel', bias: false },
    { placement: 'post', norm: 'powernorm', norm_eps: 0.1, causal: false },
    { placement: 'post', residual_scale: 'skipless', activation: 'relu2', norm: 'rmsnorm' },
    { sublayers: 'attn', positions: 'alibi', residual_scale: 'deepscale', n_layers: 3 },
    { placement: 'peri', sublayers: 'mlp', residual_scale: 'layerscale', norm: 'derf' },
    { placement: 'sandwich', topology: 'parallel', norm: 'powernorm', residual_scale: 'rezero' },
    { placement: 'sandwich', inner_norm: 'normformer', norm_scale: 'inv_sqrt_layer' },
    { placement: 'sandwich', norm: 'derf', bias: false, inner_norm: 'subln' },
    { placement: 'sandwich', norm: 'seednorm', bias: false, inner_norm: 'subln' },
    {
      placement: 'reordered',
      norm: 'rmsnorm',
      qk_norm: 'rmsnorm_all',
      positions: 'rope',
      bias: false,
    },
    { placement: 'deepnorm', activation: 'relu', positions: 'sinusoidal' },
    { placement: 'deepnorm', residual_scale: 'skipinit', norm: 'dyt', topology: 'parallel' },
    { placement: 'residual', norm: 'rmsnorm', residual_scale: 'inv_sqrt_depth', final_norm: 'off' },
    { placement: 'residual', norm: 'batchnorm', objective: 'random_projection' },
    { placement: 'residual', topology: 'parallel', norm_scale: 'inv_sqrt_layer' },
    { placement: 'none', residual_scale: 'deepscale', inner_norm: 'subln', norm: 'rmsnorm' },
    { inner_norm: 'normformer', norm: 'batchnorm', activation: 'geglu', bias: false },
    { weight_reparam: 'sigma', activation: 'swiglu', bias: false, topology: 'parallel' },
    { weight_reparam: 'sigma', qk_norm: 'l2', positions: 'rope', residual_scale: 'layerscale' },
    { task: 'two_modality', norm: 'adaptive', bias: false, inner_norm: 'subln' },
    { task: 'two_modality', layer_overrides: '0:peri/adaptive,1:reordered/dyt', final_norm: 'on' },
    { layer_overrides: '0:post', n_layers: 3 },
    { layer_overrides: '0-1:/rmsnorm,1-2:sandwich,2:/batchnorm', n_layers: 3 },
    { layer_overrides: '2:deepnorm/scalenorm', residual_scale: 'deepscale', n_layers: 3 },
    { layer_overrides: '1:none', placement: 'deepnorm', final_norm: 'on', n_layers: 3 },
    {
      placement: 'sandwich',
      norm: 'rmsnorm',
      activation: 'geglu_tanh',
      positions: 'rope',
      attn_softcap: 2,
      logit_softcap: 3,
      tie_embeddings: true,
      bias: false,
    },
    {
      task: 'gaussian',
      objective: 'random_projection',
      attention: 'uniform',
      causal: false,
      embed_std: 2,
      placement: 'post',
    },
  ] as Partial<Config>[]
).map((settings) => combined(settings));

/** Updates: what one step leaves behind for the next. */
const TRAINED = (
  [
    ...Object.keys(CHOICES.optimizer).flatMap((optimizer) => [
      { optimizer, lr: 0.01, adam_eps: 1e-3 },
      { optimizer, lr: 0.01, adam_eps: 1e-3, beta1: 0.5, beta2: 0.9, weight_decay: 0.3 },
      { optimizer, lr: 0.01, adam_eps: 1e-3, grad_clip: 0.1, norm: 'adaptive', weight_decay: 1 },
    ]),
    ...Object.keys(CHOICES.schedule).flatMap((schedule) => [
      { optimizer: 'sgd', schedule, warmup_steps: 2, schedule_steps: 4 },
      { optimizer: 'sgd', schedule, schedule_steps: 2 },
    ]),
    { optimizer: 'momentum', loss_scale: 1024, grad_clip: 0.1 },
    { optimizer: 'momentum', norm: 'batchnorm', placement: 'post' },
    { optimizer: 'momentum', norm: 'powernorm' },
    { optimizer: 'momentum', weight_reparam: 'sigma' },
  ] as Partial<Config>[]
).map((settings) => combined(settings, 3));

const MIXED = {
  precision: 'bf16',
  precision_policy: 'autocast',
  d_model: 32,
  seq_len: 16,
} as const satisfies Partial<Config>;

/**
 * Mixed precision, in the one format that PyTorch's autocast has on a processor; of products smaller than these PyTorch
 * adds up in bf16.
 */
export const AUTOCAST = (
  [
    {},
    { placement: 'post' },
    { placement: 'peri', norm: 'rmsnorm', activation: 'swiglu', positions: 'rope', bias: false },
    { placement: 'deepnorm', norm: 'seednorm', qk_norm: 'l2', tie_embeddings: true },
    { norm: 'batchnorm', positions: 'alibi', attn_softcap: 2, logit_softcap: 3 },
    { weight_reparam: 'sigma', inner_norm: 'subln', topology: 'parallel' },
    { task: 'gaussian', objective: 'random_projection', causal: false },
  ] as Partial<Config>[]
).map((settings) => combined({ ...MIXED, ...settings }));

/** Every choice of every registry alone, and combinations of them. */
export const CASES: ParityCase[] = [...ALONE, ...COMBINED, ...TRAINED, ...AUTOCAST];

/** What a case's fixture belongs to: another one is out of date. */
export const settingsOf = ({ config, steps }: ParityCase) => ({
  ...difference(DEFAULTS, config),
  steps,
});

// ---------------------------------------------------------------------------------------------- weights

/** Scales, which stay positive. */
const POSITIVE = /(^|\.)(gain|alpha|gamma|qk_gain|running_var)$/;
/** Tensors that are drawn at random in any case. */
const RANDOM = /(^|\.)(w\w+|u|token|position|unembed|x0|R)$/;

function perturbed(name: string, data: Float32Array): Float32Array {
  if (RANDOM.test(name)) return data;
  const { normal } = stream(0, `parity:${name}`);
  return data.map((value) =>
    POSITIVE.test(name) ? value * Math.exp(0.3 * normal()) : value + 0.3 * normal(),
  );
}

/** Starts the session from weights that hide no term of a gradient behind a gain of 1 or a bias of 0. */
export async function perturb(session: Session): Promise<void> {
  const { tensors } = decodeSafetensors(await session.saveWeights());
  const changed = [...tensors].map(([name, { shape, data }]): NamedTensor => ({
    name,
    shape,
    data: perturbed(name, data),
  }));
  session.loadWeights(encodeSafetensors(changed, {}));
}
