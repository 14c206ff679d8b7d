import { complete, difference } from '../../src/config/check';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { layerPlans } from '../../src/config/layers';
import { placements } from '../../src/config/placements';
import type { Complete } from '../../src/lib/objects';
import { stream } from '../../src/lib/random';
import { TINY } from './support';

/** Choices that the float64 reference does not have: rounding is tested on its own. */
type LeftOut = 'precision' | 'precision_policy';

/**
 * All others, in the order in which they are drawn: a seed keeps its combination, and the fixtures of parity theirs,
 * wherever a setting stands on the page.
 */
const DRAWN = [
  'placement',
  'norm',
  'final_norm',
  'residual_scale',
  'qk_norm',
  'norm_scale',
  'inner_norm',
  'weight_reparam',
  'activation',
  'positions',
  'attention',
  'topology',
  'sublayers',
  'init',
  'task',
  'objective',
  'optimizer',
  'schedule',
] as const;
export const drawnChoices: Complete<Exclude<ChoiceKey, LeftOut>, typeof DRAWN> = DRAWN;

/** Numbers worth trying, beside the default. */
const NUMBERS: Partial<{ [K in keyof Config]: Config[K][] }> = {
  norm_eps: [1e-5, 1e-3, 0.1],
  attn_softcap: [0, 2, 50],
  logit_softcap: [0, 3, 30],
  n_layers: [1, 2, 3],
  d_model: [8, 16],
  n_heads: [1, 2, 4],
  mlp_ratio: [1, 2, 3],
  seq_len: [4, 7, 8],
  batch_size: [1, 2, 3],
  causal: [true, false],
  bias: [true, false],
  tie_embeddings: [true, false],
  init_gain: [0.5, 1, 1.3],
  embed_std: [0.3, 1],
  modality_scale: [1, 4],
  weight_decay: [0, 0.1],
  grad_clip: [0, 1],
  warmup_steps: [0, 2],
  schedule_steps: [2, 10],
  beta1: [0.9, 0.5],
  beta2: [0.999, 0.9],
};

/**
 * Settings drawn over everything that the reference has, reconciled so that they can run. Each choice is
 * the default half of the time, so that a combination is of some things, not of everything at once.
 */
export function randomSettings(seed: number): Partial<Config> {
  const { uniform, integer } = stream(seed, 'random settings');
  const pick = <T>(values: T[]): T => values[integer(values.length)]!;
  const drawn: Record<string, unknown> = { ...TINY, seed, lr: 1e-2, adam_eps: 1e-3 };
  for (const key of drawnChoices) {
    if (uniform() < 0.5) drawn[key] = pick(Object.keys(CHOICES[key]));
  }
  for (const [key, values] of Object.entries(NUMBERS)) drawn[key] = pick<unknown>(values);
  if (uniform() < 0.3) {
    const layer = integer(Number(drawn['n_layers']));
    const norm = pick(Object.keys(CHOICES.norm));
    drawn['layer_overrides'] = `${layer}:${pick(['', 'post', 'pre', 'sandwich', 'none'])}/${norm}`;
  }
  return difference(DEFAULTS, tamed(complete(drawn).config));
}

/** Keeps a combination to where float32 has digits left to compare. */
export function tamed(config: Config): Config {
  const change: Partial<Config> = {};
  const uses = (norm: Config['norm']) => layerPlans(config).some((plan) => plan.norm === norm);
  // Without any norm, squares of squares leave float32.
  if (config.activation === 'relu2' && !placements[config.placement].endsInNorm) {
    change.activation = 'relu';
  }
  // It divides by the size of one feature of so few: with a small ε its slope has no bound.
  if (uses('prmsnorm')) change.norm_eps = 0.5;
  // The mean over all tokens of what is centred over all tokens is 0 but for rounding.
  if (config.attention === 'uniform' && uses('batchnorm')) change.bias = true;
  return { ...config, ...change };
}
