import { choice, flag, group, integer, linear, log, number } from '../field';

export const ARCHITECTURE = group('Architecture', {
  n_layers: integer({
    label: 'Layers',
    note: 'The number of blocks, each an attention and an MLP sublayer.',
    formula: 'L',
    restarts: true,
    ...linear({ default: 12, range: [1, 64], slider: [1, 48], step: 1 }),
  }),
  d_model: integer({
    label: 'Width',
    note: 'Features of the residual stream.',
    formula: 'd',
    restarts: true,
    ...log({ default: 64, range: [2, 1024], slider: [8, 512], step: 8 }),
  }),
  n_heads: integer({
    label: 'Heads',
    note: 'Attention heads; the width must be a multiple of them.',
    formula: 'H',
    ...linear({ default: 4, range: [1, 64], slider: [1, 16], step: 1 }),
  }),
  mlp_ratio: number({
    label: 'MLP ratio',
    note: 'Hidden features of the MLP over the width.',
    formula: String.raw`d_{ff}/d`,
    restarts: true,
    ...linear({ default: 4, range: [0.125, 16], slider: [1, 8], step: 1 }),
  }),
  activation: choice({
    label: 'Activation',
    note: 'The nonlinearity of the MLP.',
    default: 'gelu',
    choices: {
      gelu: {
        label: 'GELU',
        formula: String.raw`x\,\Phi(x)`,
        note: 'The Gaussian error linear unit, exact (erf).',
        source: 'Hendrycks, Gimpel 2016, Gaussian Error Linear Units',
      },
      gelu_tanh: {
        label: 'GELU (tanh)',
        formula: String.raw`\tfrac{x}{2}\left(1 + \tanh\left[\sqrt{2/\pi}\,(x + 0.044715x^3)\right]\right)`,
        note: 'The tanh approximation of GELU that GPT-2 uses.',
        source: 'Hendrycks, Gimpel 2016, Gaussian Error Linear Units',
      },
      relu: {
        label: 'ReLU',
        formula: String.raw`\max(0, x)`,
        note: 'Halves the mean square of a centred Gaussian; the setting of the theory.',
      },
      silu: {
        label: 'SiLU',
        formula: String.raw`x\,\sigma(x)`,
        note: 'The sigmoid linear unit, also called swish.',
        source: 'Elfwing et al. 2017; Ramachandran et al. 2017',
      },
      relu2: {
        label: 'ReLU²',
        formula: String.raw`\max(0, x)^2`,
        note: 'Grows with the square: an MLP’s output grows with the square of its input where no norm stands before it.',
        source: 'So et al. 2021, Primer, section 3',
      },
      swiglu: {
        label: 'SwiGLU',
        formula: String.raw`W_{out}\left[(xW_{gate})\,\sigma(xW_{gate}) \odot xW_{in}\right]`,
        note: 'A gate of SiLU times a linear map: a third matrix, and products of two numbers, whose tails are heavier.',
        source: 'Shazeer 2020, GLU Variants Improve Transformer, eq. 6',
      },
      geglu: {
        label: 'GEGLU',
        formula: String.raw`W_{out}\left[\mathrm{GELU}(xW_{gate}) \odot xW_{in}\right]`,
        note: 'A gate of GELU times a linear map.',
        source: 'Shazeer 2020, GLU Variants Improve Transformer, eq. 6',
      },
      geglu_tanh: {
        label: 'GEGLU (tanh)',
        formula: String.raw`W_{out}\left[\mathrm{GELU}_{\tanh}(xW_{gate}) \odot xW_{in}\right]`,
        note: 'GEGLU with the tanh approximation of GELU, as in Gemma.',
        source:
          'Shazeer 2020, GLU Variants Improve Transformer, eq. 6; Gemma Team 2024, Gemma 2, section 2',
      },
    },
  }),
  positions: choice({
    label: 'Positions',
    note: 'How the stack knows the order of its tokens.',
    default: 'learned',
    choices: {
      learned: {
        label: 'learned',
        formula: String.raw`x_t = E_{w_t} + P_t`,
        note: 'A trained vector per position is added to the embedding.',
        source: 'Radford et al. 2018 (GPT)',
      },
      sinusoidal: {
        label: 'sinusoidal',
        formula: String.raw`P_{t,2i} = \sin(t/10000^{2i/d}),\; P_{t,2i+1} = \cos(\cdot)`,
        note: 'Fixed sines and cosines of amplitude 1 are added to the embedding.',
        source: 'Vaswani et al. 2017, section 3.5',
      },
      none: { label: 'none', note: 'Order is known from the causal mask alone.' },
      rope: {
        label: 'RoPE',
        formula: String.raw`q_t \leftarrow R_{t}q_t,\; k_t \leftarrow R_{t}k_t,\; \theta_i = 10000^{-2i/d_h}`,
        note: 'Queries and keys are rotated by their position, so that a score knows how far apart two tokens are. Halves of a head are paired, as in Llama.',
        source: 'Su et al. 2021, RoFormer, eq. 34',
      },
      alibi: {
        label: 'ALiBi',
        formula: String.raw`s_{ij} \leftarrow s_{ij} - 2^{-8h/H}\,|i - j|`,
        note: 'A score falls with distance, at a rate of each head’s own; made for sequences longer than those trained on.',
        source: 'Press, Smith, Lewis 2021, Train Short, Test Long',
      },
      alibi_authors: {
        label: 'ALiBi, authors’ slopes',
        formula: String.raw`s_{ij} \leftarrow s_{ij} - m_h\,|i - j|,\; m = 2^{-8h/P}\ (h \le P),\ \text{then}\ 2^{-4(2k - 1)/P}`,
        note: 'ALiBi with the slopes of the authors’ code where heads are no power of two: those of the next lower power P, then every other one of 2P heads. The same as ALiBi where they are.',
        source: 'Press, Smith, Lewis 2021, Train Short, Test Long, and their code',
      },
    },
  }),
  attention: choice({
    label: 'Attention',
    note: 'How a token weighs the tokens it reads.',
    default: 'softmax',
    choices: {
      softmax: {
        label: 'softmax',
        formula: String.raw`A = \mathrm{softmax}(qk^\top/\sqrt{d_h} + \text{mask})`,
        note: 'Scaled dot-product attention.',
        source: 'Vaswani et al. 2017, eq. 1',
      },
      uniform: {
        label: 'uniform',
        formula: String.raw`A_{ij} = 1/n_i`,
        note: 'All scores are 0: every token reads the mean of what it may see. The setting of the theory.',
        source: 'Xiong et al. 2020, section 3.2',
      },
    },
  }),
  topology: choice({
    label: 'Topology',
    note: 'Whether the MLP reads what attention has added, or both read the same stream.',
    default: 'sequential',
    choices: {
      sequential: {
        label: 'sequential',
        formula: String.raw`x \leftarrow x + \mathrm{attn}(\mathrm{N}x),\; x \leftarrow x + \mathrm{mlp}(\mathrm{N}x)`,
        note: 'The MLP reads what attention has added.',
      },
      parallel: {
        label: 'parallel',
        formula: String.raw`x \leftarrow x + \mathrm{attn}(\mathrm{N}x) + \mathrm{mlp}(\mathrm{N}x)`,
        note: 'Attention and MLP read the same stream through one shared norm; there is no resid_mid.',
        source: 'Wang, Komatsuzaki 2021, GPT-J; Chowdhery et al. 2022, PaLM, section 2',
      },
    },
  }),
  sublayers: choice({
    label: 'Sublayers',
    note: 'Which of attention and MLP a block has.',
    default: 'both',
    choices: {
      both: { label: 'both', note: 'Attention and MLP in every block.' },
      attn: {
        label: 'attention alone',
        note: 'No MLPs: what attention does to the tokens by itself.',
      },
      mlp: {
        label: 'MLP alone',
        note: 'No attention: tokens do not meet, and the theory of plain networks holds.',
      },
    },
  }),
  causal: flag({
    label: 'Causal mask',
    note: 'A token sees itself and what came before it.',
    default: true,
  }),
  bias: flag({
    label: 'Biases',
    note: 'Biases of linear maps and of norms.',
    default: true,
  }),
  tie_embeddings: flag({
    label: 'Tied embeddings',
    note: 'The unembedding is the embedding transposed. Shifts every gradient curve: the same matrix learns at both ends.',
    default: false,
  }),
});
