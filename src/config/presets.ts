import { mapValues } from '../lib/objects';
import { KEYS, type Config, type Key } from './fields';
import { formatOverrides } from './overrides';
import type { PlacementId } from './placements';
import { readTyped, type Quantity } from './quantity';

type ShowingPanel = 'magnitude' | 'gradient' | 'attention';

/** Settings that belong together, under the name that they have in a paper. */
interface Preset {
  label: string;
  group: string;
  /** The settings that it makes; all others are left as they are. */
  settings: Partial<Config>;
  /** Quantities on the panels that make its point, as in a link: statistic@place. */
  shows?: Partial<Record<ShowingPanel, string>>;
  /** Layers with a placement of their own, from and to as shares of the depth. */
  layers?: { from: number; to: number; placement: PlacementId };
}

type Entry = Omit<Preset, 'group'>;

const STREAM = 'rms@resid_post';
const GRADIENT = 'grad_rms@resid_post';
/** The largest score of attention. */
const SCORES = 'max_logit@attn';
const ALIGNMENT = 'token_cosine@resid_post';

/** A placement for the whole model, without exceptions. */
const whole = (placement: PlacementId) => ({ placement, layer_overrides: '' }) as const;

const XIONG = {
  task: 'gaussian',
  objective: 'random_projection',
  attention: 'uniform',
  activation: 'relu',
  mlp_ratio: 1,
  n_heads: 1,
  init: 'lecun',
  init_gain: 1,
  embed_std: 1,
  bias: false,
  norm: 'layernorm',
  residual_scale: 'one',
} as const satisfies Partial<Config>;

const STACKS = {
  mix_ln: {
    label: 'Mix-LN',
    shows: { gradient: GRADIENT },
    settings: { placement: 'pre' },
    layers: { from: 0, to: 0.25, placement: 'post' },
  },
  peri_ln: {
    label: 'Peri-LN',
    shows: { magnitude: STREAM },
    settings: { ...whole('peri'), residual_scale: 'one' },
  },
  deepnet: {
    label: 'DeepNet',
    shows: { gradient: GRADIENT },
    settings: { ...whole('deepnorm'), norm: 'layernorm', residual_scale: 'one', init: 'xavier' },
  },
  residual: {
    label: 'ResiDual',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('residual'), residual_scale: 'one' },
  },
  sub_ln: {
    label: 'Sub-LN (Magneto)',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), inner_norm: 'subln', residual_scale: 'one' },
  },
  normformer: {
    label: 'NormFormer',
    shows: { gradient: 'param_grad_rms@attn.wq' },
    settings: { ...whole('pre'), inner_norm: 'normformer', residual_scale: 'one' },
  },
  ln_scaling: {
    label: 'LayerNorm Scaling',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), norm_scale: 'inv_sqrt_layer' },
  },
  deepscale_lm: {
    label: 'DeepScaleLM',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), residual_scale: 'deepscale' },
  },
  rezero: {
    label: 'ReZero',
    shows: { magnitude: STREAM, gradient: 'param_grad_rms@residual_scale' },
    settings: { ...whole('none'), residual_scale: 'rezero' },
  },
  dyt: {
    label: 'DyT',
    shows: { magnitude: 'rms@attn_in' },
    settings: { ...whole('pre'), norm: 'dyt', dyt_alpha: 0.5, dyt_alpha_attn: 0 },
  },
  sigma_reparam: {
    label: 'σReparam',
    shows: { attention: 'entropy@attn' },
    settings: { weight_reparam: 'sigma' },
  },
} satisfies Record<string, Entry>;

const MODELS = {
  transformer: {
    label: 'Transformer (2017)',
    shows: { attention: ALIGNMENT },
    settings: {
      ...whole('post'),
      norm: 'layernorm',
      activation: 'relu',
      positions: 'sinusoidal',
      init: 'xavier',
      bias: true,
    },
  },
  gpt2: {
    label: 'GPT-2',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: {
      ...whole('pre'),
      norm: 'layernorm',
      activation: 'gelu_tanh',
      positions: 'learned',
      init: 'gpt2',
      bias: true,
      tie_embeddings: true,
    },
  },
  llama: {
    label: 'Llama',
    settings: {
      ...whole('pre'),
      norm: 'rmsnorm',
      activation: 'swiglu',
      positions: 'rope',
      bias: false,
      tie_embeddings: false,
    },
  },
  gemma2: {
    label: 'Gemma 2',
    shows: { attention: SCORES },
    settings: {
      ...whole('sandwich'),
      norm: 'rmsnorm',
      activation: 'geglu_tanh',
      positions: 'rope',
      attn_softcap: 50,
      logit_softcap: 30,
      bias: false,
      tie_embeddings: true,
    },
  },
  olmo2: {
    label: 'OLMo 2',
    shows: { attention: SCORES },
    settings: {
      ...whole('reordered'),
      norm: 'rmsnorm',
      qk_norm: 'rmsnorm_all',
      activation: 'swiglu',
      positions: 'rope',
      bias: false,
    },
  },
  vit22b: {
    label: 'ViT-22B style',
    shows: { attention: SCORES },
    settings: {
      ...whole('pre'),
      norm: 'layernorm',
      topology: 'parallel',
      qk_norm: 'layernorm',
      activation: 'gelu',
    },
  },
} satisfies Record<string, Entry>;

const THEORY = {
  xiong_pre: {
    label: 'Xiong: pre-LN',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('pre'), ...XIONG },
  },
  xiong_post: {
    label: 'Xiong: post-LN',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('post'), ...XIONG },
  },
  rank_collapse: {
    label: 'Rank collapse',
    shows: { attention: ALIGNMENT },
    settings: { ...whole('none'), sublayers: 'attn', residual_scale: 'skipless' },
  },
  batchnorm_leak: {
    label: 'BatchNorm leak',
    settings: {
      ...whole('pre'),
      norm: 'batchnorm',
      task: 'random',
      causal: true,
      batch_size: 1,
      seq_len: 4,
    },
  },
} satisfies Record<string, Entry>;

/** Its equation, meaning and source are in `presetNotes.ts`, which comes with the menu. */
export type PresetId = keyof typeof STACKS | keyof typeof MODELS | keyof typeof THEORY;

const grouped = (group: string, presets: Record<string, Entry>): Record<string, Preset> =>
  mapValues(presets, (preset) => ({ ...preset, group }));

export const PRESETS: Record<string, Preset> = {
  ...grouped('Stacks', STACKS),
  ...grouped('Models', MODELS),
  ...grouped('Theory', THEORY),
};

/** Quantities on the panels that make a preset's point. */
export const presetView = ({ shows = {} }: Preset): Partial<Record<ShowingPanel, Quantity>> =>
  mapValues(shows as Record<ShowingPanel, string>, (text) => readTyped(text)!);

/** Layers by shares of the depth: at least one, the end not included. */
export function layersAt({ from, to }: { from: number; to: number }, L: number) {
  const first = Math.min(Math.round(from * L), L - 1);
  return { from: first, to: Math.max(first, Math.round(to * L) - 1) };
}

export function presetSettings({ settings, layers }: Preset, L: number): Partial<Config> {
  if (!layers) return settings;
  const range = layersAt(layers, L);
  const layer_overrides = formatOverrides([{ ...range, placement: layers.placement }]);
  return { ...settings, layer_overrides };
}

/** The preset that a configuration is of: all that it sets is so. Of several, the one that sets most. */
export function presetOf(
  config: Config,
): { id: string; label: string; settings: Partial<Config> } | null {
  let best: ReturnType<typeof presetOf> = null;
  for (const [id, preset] of Object.entries(PRESETS)) {
    const settings = presetSettings(preset, config.n_layers);
    const keys = KEYS.filter((key) => key in settings);
    const most = best ? Object.keys(best.settings).length : 0;
    if (keys.length > most && keys.every((key: Key) => config[key] === settings[key])) {
      best = { id, label: preset.label, settings };
    }
  }
  return best;
}
