import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { DEFAULTS, type Config } from '../../src/config/fields';

/** What is no choice, and switches something on or off. */
const SWITCHES: Partial<Config>[] = [
  { attn_softcap: 50 },
  { norm: 'dyt', dyt_alpha: 1, dyt_alpha_attn: 2 },
  { logit_softcap: 30 },
  { dropout: 0.1 },
  { stochastic_depth: 0.1 },
  { causal: false },
  { bias: false },
  { tie_embeddings: true },
  { weight_decay: 0.1 },
  { grad_clip: 1 },
  { loss_scale: 1024 },
  { loss_scale: 0 },
  { layer_overrides: '1-2:post/rmsnorm' },
  { interventions: '0-3:scale.attn=0.5' },
  { interventions: '0-3:silence=1' },
  { interventions: '0-3:noise.resid_mid=0.1' },
  { interventions: '0-3:freeze.mlp' },
];

/** Every choice that is not the default, and what is switched on by a number, each alone. */
export const EVERY_SETTING: Partial<Config>[] = [
  {},
  ...(Object.keys(CHOICES) as ChoiceKey[]).flatMap((key) =>
    Object.keys(CHOICES[key])
      .filter((value) => value !== DEFAULTS[key])
      .map((value) => ({ [key]: value }) as Partial<Config>),
  ),
  ...SWITCHES,
];

export const nameOf = (settings: Partial<Config>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('&') || 'default';
