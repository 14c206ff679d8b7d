import { mapValues } from '../lib/objects';
import type { Choice } from './choice';
import { CHOICES } from './choices';
import { KEYS, type Config, type Key } from './fields';
import { formatOverrides } from './overrides';
import type { PlacementId } from './placements';
import { readTyped, type Quantity } from './quantity';

type ShowingPanel = 'magnitude' | 'gradient' | 'attention';

/** Settings that belong together, under the name that they have in a paper. */
interface Preset extends Choice {
  group: string;
  source: string;
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

/** Equation and source of the choice that a preset is about. */
const definition = ({ formula = '', source = '' }: Choice) => ({ formula, source });

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

const STACKS: Record<string, Entry> = {
  mix_ln: {
    label: 'Mix-LN',
    formula: String.raw`l < L/4:\; \mathrm{N}(x + f(x)),\quad \text{else}\; x + f(\mathrm{N}(x))`,
    note: 'Post-LN in the first quarter of the layers, pre-LN in the rest, meant to even out the gradients of early and deep layers. Look for the bend between the two parts.',
    source: 'Li, Yin, Liu 2024, Mix-LN: Unleashing the Power of Deeper Layers',
    shows: { gradient: GRADIENT },
    settings: { placement: 'pre' },
    layers: { from: 0, to: 0.25, placement: 'post' },
  },
  peri_ln: {
    label: 'Peri-LN',
    ...definition(CHOICES.placement.peri),
    note: 'Norms around every sublayer and on the embedding: at initialization the mean square grows by 2 a layer, in a straight line.',
    shows: { magnitude: STREAM },
    settings: { ...whole('peri'), residual_scale: 'one' },
  },
  deepnet: {
    label: 'DeepNet',
    ...definition(CHOICES.placement.deepnorm),
    note: 'Post-LN whose stream outweighs the branches, with smaller values, outputs and MLPs at initialization: raise the layers and see the gradient keep its size.',
    shows: { gradient: GRADIENT },
    settings: { ...whole('deepnorm'), norm: 'layernorm', residual_scale: 'one', init: 'xavier' },
  },
  residual: {
    label: 'ResiDual',
    ...definition(CHOICES.placement.residual),
    note: 'Post-LN with a second stream around every norm: the curves of activations are post-LN’s, and the gradient has a way around every norm.',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('residual'), residual_scale: 'one' },
  },
  sub_ln: {
    label: 'Sub-LN (Magneto)',
    ...definition(CHOICES.inner_norm.subln),
    note: 'Pre-LN with a second norm inside each sublayer, before its last matrix, and values, outputs and MLPs larger by √ln 2L at initialization.',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), inner_norm: 'subln', residual_scale: 'one' },
  },
  normformer: {
    label: 'NormFormer',
    formula: String.raw`x + \mathrm{N}(\mathrm{attn}(\mathrm{N}(x))),\; x + W_{out}\,\mathrm{N}(\phi(\mathrm{N}(x)W_{in}))`,
    note: 'Pre-LN with norms after attention and inside the MLP and a scale per head: meant against the larger gradients that pre-LN has in its first layers.',
    source: 'Shleifer, Weston, Ott 2021, NormFormer, section 2',
    shows: { gradient: 'param_grad_rms@attn.wq' },
    settings: { ...whole('pre'), inner_norm: 'normformer', residual_scale: 'one' },
  },
  ln_scaling: {
    label: 'LayerNorm Scaling',
    ...definition(CHOICES.norm_scale.inv_sqrt_layer),
    note: 'Pre-LN whose deeper norms give less: the growth with depth bends down to a logarithm, and deep layers stop being nearly the identity.',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), norm_scale: 'inv_sqrt_layer' },
  },
  deepscale_lm: {
    label: 'DeepScaleLM',
    formula: String.raw`x \leftarrow \sqrt{1 - \tfrac2N}\,x + \sqrt{\tfrac2N}\,f(\mathrm{N}(x))`,
    note: 'Stream and branch share a variance of 1: the activation curve lies flat, however deep the stack is.',
    source: 'Kedia et al. 2024, Transformers Get Stable, section 4',
    shows: { magnitude: STREAM },
    settings: { ...whole('pre'), residual_scale: 'deepscale' },
  },
  rezero: {
    label: 'ReZero',
    ...definition(CHOICES.residual_scale.rezero),
    note: 'No norm in the blocks, and one learned number per layer that starts at 0: at step 0 every curve is flat and only these numbers have a gradient. Press play and see the layers wake.',
    shows: { magnitude: STREAM, gradient: 'param_grad_rms@residual_scale' },
    settings: { ...whole('none'), residual_scale: 'rezero' },
  },
  dyt: {
    label: 'DyT',
    formula: String.raw`y = g \odot \tanh(\alpha x) + b`,
    note: 'Pre-LN with a squashing function instead of every norm: what a branch reads is bounded, but its size follows the stream. α starts at 0.5, the paper’s choice in general.',
    source: 'Zhu et al. 2025, Transformers without Normalization, section 4',
    shows: { magnitude: 'rms@attn_in' },
    settings: { ...whole('pre'), norm: 'dyt', dyt_alpha: 0.5, dyt_alpha_attn: 0 },
  },
  sigma_reparam: {
    label: 'σReparam',
    ...definition(CHOICES.weight_reparam.sigma),
    note: 'Every matrix divided by its spectral norm: raise the learning rate and see the entropy of attention stay up.',
    shows: { attention: 'entropy@attn' },
    settings: { weight_reparam: 'sigma' },
  },
};

const MODELS: Record<string, Entry> = {
  transformer: {
    label: 'Transformer (2017)',
    note: 'Post-LN, ReLU and sinusoids, as a decoder alone: with 12 layers its tokens align and it learns no more than letter frequencies.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, section 3',
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
    note: 'Pre-LN with small weights, the outputs of both branches smaller with depth, and a tied head: the textbook difference between the placements does not appear here.',
    source: 'Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.3',
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
    note: 'Pre-LN with RMSNorm, SwiGLU, RoPE and no biases: the recipe that most open models began from.',
    source:
      'Touvron et al. 2023, LLaMA: Open and Efficient Foundation Language Models, section 2.2',
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
    note: 'RMSNorm before and after every sublayer, scores capped at 50 and logits at 30: raise the learning rate and look at the largest score.',
    source:
      'Gemma Team 2024, Gemma 2: Improving Open Language Models at a Practical Size, section 2',
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
    note: 'The norm on what a branch adds, not on what it reads, and RMSNorm of queries and keys, of all heads together: look at the largest score at a high learning rate.',
    source: 'OLMo Team 2025, 2 OLMo 2 Furious, section 2',
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
    formula: String.raw`x \leftarrow x + \mathrm{attn}(\mathrm{N}x) + \mathrm{mlp}(\mathrm{N}x)`,
    note: 'Attention and MLP side by side on one norm, and LayerNorm of queries and keys, which stopped the scores from growing.',
    source: 'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters, section 2',
    shows: { attention: SCORES },
    settings: {
      ...whole('pre'),
      norm: 'layernorm',
      topology: 'parallel',
      qk_norm: 'layernorm',
      activation: 'gelu',
    },
  },
};

const THEORY: Record<string, Entry> = {
  xiong_pre: {
    label: 'Xiong: pre-LN',
    formula: String.raw`E\lVert x_l\rVert^2 \in [(1 + \tfrac l2)d,\, (1 + \tfrac{3l}2)d]`,
    note: 'The setting of the theory: Gaussian input, uniform attention, ReLU, square matrices. The stream grows like a straight line in l, and the gradient falls like one over its size.',
    source:
      'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, section 3.2 and lemma 2',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('pre'), ...XIONG },
  },
  xiong_post: {
    label: 'Xiong: post-LN',
    formula: String.raw`\lVert x_l\rVert^2 = d`,
    note: 'The same under post-LN: every layer has RMS 1; the gradient falls by about √2 a layer below the top and rises again towards the first layers.',
    source:
      'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, section 3.2 and theorem 1',
    shows: { magnitude: STREAM, gradient: GRADIENT },
    settings: { ...whole('post'), ...XIONG },
  },
  rank_collapse: {
    label: 'Rank collapse',
    formula: String.raw`x \leftarrow \mathrm{attn}(x)`,
    note: 'Attention alone, no skip and no norm: show the token alignment and see all tokens become the same within a few layers.',
    source: 'Dong, Cordonnier, Loukas 2021, Attention is Not All You Need, theorem 2.2',
    shows: { attention: ALIGNMENT },
    settings: { ...whole('none'), sublayers: 'attn', residual_scale: 'skipless' },
  },
  batchnorm_leak: {
    label: 'BatchNorm leak',
    formula: String.raw`y_j = g_j\,\frac{x_j - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}} + b_j`,
    note: 'Independent symbols, four at a time: nothing can be predicted, and the best loss is ln V. Statistics over the batch tell a token of those to come, and within some hundred steps the loss falls below that line.',
    source: 'Ioffe, Szegedy 2015, Batch Normalization, algorithm 1; Shen et al. 2020, PowerNorm',
    settings: {
      ...whole('pre'),
      norm: 'batchnorm',
      task: 'random',
      causal: true,
      batch_size: 1,
      seq_len: 4,
    },
  },
};

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
