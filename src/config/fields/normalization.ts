import { choice, group, log, number, text } from '../field';
import { norms } from '../norms';
import { parseOverrides } from '../overrides';
import { placements } from '../placements';
import { normScales, residualScales } from '../scales';

export const NORMALIZATION = group('Normalization', {
  placement: choice({
    label: 'Placement',
    note: 'Where the norm stands in one residual update.',
    default: 'pre',
    choices: placements,
  }),
  norm: choice({
    label: 'Norm',
    note: 'Which normalization stands there.',
    default: 'layernorm',
    choices: norms,
  }),
  norm_eps: number({
    label: 'Norm ε',
    note: 'Added to the mean square inside the root; it matters where the variance is not much larger. ScaleNorm clamps the norm from below with it instead.',
    formula: String.raw`\sqrt{\sigma^2 + \epsilon}`,
    ...log({ default: 1e-5, range: [0, 1], slider: [1e-12, 1] }),
  }),
  layer_overrides: text({
    label: 'Exceptions',
    note: 'Layers with another placement or norm, 0-based and inclusive: 8-11:post (a placement), 0:/rmsnorm (a norm), 4-7:post/rmsnorm (both), separated by commas; later ones win. A click on a layer of the stack writes them.',
    example: '8-11:post, 0:/rmsnorm',
    problem: (value) => parseOverrides(value).problem,
  }),
  final_norm: choice({
    label: 'Final norm',
    note: 'A norm between the last block and the unembedding.',
    default: 'auto',
    choices: {
      auto: {
        label: 'auto',
        note: 'On where the last layer leaves the stream unnormalized (pre-LN), off where it ends in a norm (post-LN).',
      },
      on: { label: 'on', note: 'One more norm between the last block and the unembedding.' },
      off: { label: 'off', note: 'The unembedding reads the stream as the last block leaves it.' },
    },
  }),
  qk_norm: choice({
    label: 'q/k norm',
    note: 'A norm on queries and keys before the scores, of each head or of all together.',
    default: 'none',
    choices: {
      none: {
        label: 'none',
        formula: String.raw`s = qk^\top/\sqrt{d_h}`,
        note: 'Scores grow with the size of queries and keys.',
      },
      rmsnorm: {
        label: 'RMSNorm',
        formula: String.raw`s = \mathrm{RMS}(q)\,\mathrm{RMS}(k)^\top/\sqrt{d_h},\; |s| \le \sqrt{d_h}`,
        note: 'RMSNorm of each head’s queries and keys, with learned gains: scores stay bounded however large the weights become.',
        source:
          'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters (LayerNorm there); Gemma 3',
      },
      rmsnorm_all: {
        label: 'RMSNorm, all',
        formula: String.raw`s = \mathrm{RMS}(xW_q)_h\,\mathrm{RMS}(xW_k)_h^\top/\sqrt{d_h},\; |s| \le d/\sqrt{d_h}`,
        note: 'RMSNorm of the whole projections, before they are divided into heads: heads share one size, so that one may still have larger scores than others.',
        source: 'OLMo Team 2025, 2 OLMo 2 Furious, section 2, and their code',
      },
      layernorm: {
        label: 'LayerNorm',
        formula: String.raw`s = \mathrm{LN}(q)\,\mathrm{LN}(k)^\top/\sqrt{d_h}`,
        note: 'LayerNorm of each head’s queries and keys: stops the growth of scores that collapses the entropy at high learning rates.',
        source: 'Dehghani et al. 2023, section 2.1; Wortsman et al. 2023, Small-scale Proxies',
      },
      l2: {
        label: 'L2, learned gain',
        formula: String.raw`s = g\,\hat q\,\hat k^\top,\; g_0 = \log_2(T^2 - T)`,
        note: 'Cosines of queries and keys times one learned number per layer, instead of 1/√d_head.',
        source: 'Henry et al. 2020, Query-Key Normalization for Transformers, section 3',
      },
    },
  }),
  attn_softcap: number({
    label: 'Score cap',
    note: 'Scores pass through c tanh(s/c): none is larger than c. 0 is off; Gemma 2 has 50.',
    formula: String.raw`c\,\tanh(s/c)`,
    ...log({ default: 0, range: [0, 1e4], slider: [1, 1000] }),
  }),
  logit_softcap: number({
    label: 'Logit cap',
    note: 'Logits pass through c tanh(z/c). 0 is off; Gemma 2 has 30.',
    formula: String.raw`c\,\tanh(z/c)`,
    ...log({ default: 0, range: [0, 1e4], slider: [1, 1000] }),
  }),
  residual_scale: choice({
    label: 'Residual scale',
    note: 'What stream and branch are multiplied by where they are added.',
    default: 'one',
    choices: residualScales,
  }),
  norm_scale: choice({
    label: 'Norm scale',
    note: 'What the norms of the blocks give is multiplied by this.',
    default: 'one',
    choices: normScales,
  }),
  inner_norm: choice({
    label: 'Inner norm',
    note: 'Norms inside the sublayers, beside those of the placement.',
    default: 'none',
    choices: {
      none: { label: 'none', note: 'No norm inside the sublayers.' },
      subln: {
        label: 'Sub-LN',
        formula: String.raw`W_O\,\mathrm{N}(\mathrm{heads}),\; W_{out}\,\mathrm{N}(\phi(xW_{in}))`,
        note: 'An extra norm before wo and before w_out; values, outputs and MLPs start larger by √ln 2L.',
        source: 'Wang et al. 2022, Foundation Transformers (Magneto), section 3',
      },
      normformer: {
        label: 'NormFormer',
        formula: String.raw`\mathrm{N}(\mathrm{attn}(\cdot)\ \text{with}\ \gamma_h\,\mathrm{head}_h),\; W_{out}\,\mathrm{N}(\phi(xW_{in}))`,
        note: 'A learned scale per head, a norm after attention, and one after the activation of the MLP.',
        source: 'Shleifer, Weston, Ott 2021, NormFormer, section 2',
      },
    },
  }),
  weight_reparam: choice({
    label: 'Weights',
    note: 'What the matrices of the blocks are computed from.',
    default: 'none',
    choices: {
      none: { label: 'none', formula: 'W', note: 'Matrices are what is learned.' },
      sigma: {
        label: 'σReparam',
        formula: String.raw`\hat W = \gamma W/\sigma(W)`,
        note: 'Every matrix of the blocks is divided by its spectral norm (one power step per forward pass) and multiplied by a learned γ, 1 at first: bounds scores, and so keeps the entropy of attention up.',
        source:
          'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse, section 3.2',
      },
    },
  }),
});
