import type { Choice } from './choice';
import { CHOICES } from './choices';
import type { PresetId } from './presets';

/** Equation and source of the choice that a preset is about. */
const definition = ({ formula = '', source = '' }: Choice) => ({ formula, source });

type Note = Pick<Choice, 'formula' | 'note'> & { source: string };

/** The meaning of each preset, what to look for, equation and source. */
export const PRESET_NOTES: Record<PresetId, Note> = {
  mix_ln: {
    formula: String.raw`l < L/4:\; \mathrm{N}(x + f(x)),\quad \text{else}\; x + f(\mathrm{N}(x))`,
    note: 'Post-LN in the first quarter of the layers, pre-LN in the rest, meant to even out the gradients of early and deep layers. Look for the bend between the two parts.',
    source: 'Li, Yin, Liu 2024, Mix-LN: Unleashing the Power of Deeper Layers',
  },
  peri_ln: {
    ...definition(CHOICES.placement.peri),
    note: 'Norms around every sublayer and on the embedding: at initialization the mean square grows by 2 a layer, in a straight line.',
  },
  deepnet: {
    ...definition(CHOICES.placement.deepnorm),
    note: 'Post-LN whose stream outweighs the branches, with smaller values, outputs and MLPs at initialization: raise the layers and see the gradient keep its size.',
  },
  residual: {
    ...definition(CHOICES.placement.residual),
    note: 'Post-LN with a second stream around every norm: the curves of activations are post-LN’s, and the gradient has a way around every norm.',
  },
  sub_ln: {
    ...definition(CHOICES.inner_norm.subln),
    note: 'Pre-LN with a second norm inside each sublayer, before its last matrix, and values, outputs and MLPs larger by √ln 2L at initialization.',
  },
  normformer: {
    formula: String.raw`x + \mathrm{N}(\mathrm{attn}(\mathrm{N}(x))),\; x + W_{out}\,\mathrm{N}(\phi(\mathrm{N}(x)W_{in}))`,
    note: 'Pre-LN with norms after attention and inside the MLP and a scale per head: meant against the larger gradients that pre-LN has in its first layers.',
    source: 'Shleifer, Weston, Ott 2021, NormFormer, section 2',
  },
  ln_scaling: {
    ...definition(CHOICES.norm_scale.inv_sqrt_layer),
    note: 'Pre-LN whose deeper norms give less: the growth with depth bends down to a logarithm, and deep layers stop being nearly the identity.',
  },
  deepscale_lm: {
    formula: String.raw`x \leftarrow \sqrt{1 - \tfrac2N}\,x + \sqrt{\tfrac2N}\,f(\mathrm{N}(x))`,
    note: 'Stream and branch share a variance of 1: the activation curve lies flat, however deep the stack is.',
    source: 'Kedia et al. 2024, Transformers Get Stable, section 4',
  },
  rezero: {
    ...definition(CHOICES.residual_scale.rezero),
    note: 'No norm in the blocks, and one learned number per layer that starts at 0: at step 0 every curve is flat and only these numbers have a gradient. Press play and see the layers wake.',
  },
  dyt: {
    formula: String.raw`y = g \odot \tanh(\alpha x) + b`,
    note: 'Pre-LN with a squashing function instead of every norm: what a branch reads is bounded, but its size follows the stream. α starts at 0.5, the paper’s choice in general.',
    source: 'Zhu et al. 2025, Transformers without Normalization, section 4',
  },
  sigma_reparam: {
    ...definition(CHOICES.weight_reparam.sigma),
    note: 'Every matrix divided by its spectral norm: raise the learning rate and see the entropy of attention stay up.',
  },
  transformer: {
    note: 'Post-LN, ReLU and sinusoids, as a decoder alone: with 12 layers its tokens align and it learns no more than letter frequencies.',
    source: 'Vaswani et al. 2017, Attention Is All You Need, section 3',
  },
  gpt2: {
    note: 'Pre-LN with small weights, the outputs of both branches smaller with depth, and a tied head: the textbook difference between the placements does not appear here.',
    source: 'Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.3',
  },
  llama: {
    note: 'Pre-LN with RMSNorm, SwiGLU, RoPE and no biases: the recipe that most open models began from.',
    source:
      'Touvron et al. 2023, LLaMA: Open and Efficient Foundation Language Models, section 2.2',
  },
  gemma2: {
    note: 'RMSNorm before and after every sublayer, scores capped at 50 and logits at 30: raise the learning rate and look at the largest score.',
    source:
      'Gemma Team 2024, Gemma 2: Improving Open Language Models at a Practical Size, section 2',
  },
  olmo2: {
    note: 'The norm on what a branch adds, not on what it reads, and RMSNorm of queries and keys, of all heads together: look at the largest score at a high learning rate.',
    source: 'OLMo Team 2025, 2 OLMo 2 Furious, section 2',
  },
  vit22b: {
    formula: String.raw`x \leftarrow x + \mathrm{attn}(\mathrm{N}x) + \mathrm{mlp}(\mathrm{N}x)`,
    note: 'Attention and MLP side by side on one norm, and LayerNorm of queries and keys, which stopped the scores from growing.',
    source: 'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters, section 2',
  },
  xiong_pre: {
    formula: String.raw`E\lVert x_l\rVert^2 \in [(1 + \tfrac l2)d,\, (1 + \tfrac{3l}2)d]`,
    note: 'The setting of the theory: Gaussian input, uniform attention, ReLU, square matrices. The stream grows like a straight line in l, and the gradient falls like one over its size.',
    source:
      'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, section 3.2 and lemma 2',
  },
  xiong_post: {
    formula: String.raw`\lVert x_l\rVert^2 = d`,
    note: 'The same under post-LN: every layer has RMS 1; the gradient falls by about √2 a layer below the top and rises again towards the first layers.',
    source:
      'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture, section 3.2 and theorem 1',
  },
  rank_collapse: {
    formula: String.raw`x \leftarrow \mathrm{attn}(x)`,
    note: 'Attention alone, no skip and no norm: show the token alignment and see all tokens become the same within a few layers.',
    source: 'Dong, Cordonnier, Loukas 2021, Attention is Not All You Need, theorem 2.2',
  },
  batchnorm_leak: {
    formula: String.raw`y_j = g_j\,\frac{x_j - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}} + b_j`,
    note: 'Independent symbols, four at a time: nothing can be predicted, and the best loss is ln V. Statistics over the batch tell a token of those to come, and within some hundred steps the loss falls below that line.',
    source: 'Ioffe, Szegedy 2015, Batch Normalization, algorithm 1; Shen et al. 2020, PowerNorm',
  },
};
