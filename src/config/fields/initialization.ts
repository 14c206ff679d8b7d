import { choice, group, integer, linear, log, number } from '../field';

export const INITIALIZATION = group('Initialization', {
  init: choice({
    label: 'Initialization',
    note: 'The distribution that the matrices are drawn from.',
    restarts: true,
    default: 'xavier',
    choices: {
      xavier: {
        label: 'Xavier',
        formula: String.raw`\mathcal N(0, \tfrac{2}{d_{in} + d_{out}})`,
        note: 'Keeps a square matrix’s output variance at its input’s, forward and backward.',
        source:
          'Glorot, Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Neural Networks',
      },
      gpt2: {
        label: 'GPT-2',
        formula: String.raw`\mathcal N(0, 0.02^2),\; W_O, W_{out} \times \tfrac{1}{\sqrt{2L}}`,
        note: 'Small weights, the outputs of both branches smaller with depth: the textbook difference between pre- and post-LN does not appear here.',
        source:
          'Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 2.3',
      },
      he: {
        label: 'He',
        formula: String.raw`\mathcal N(0, \tfrac{2}{d_{in}})`,
        note: 'Keeps the mean square through ReLU.',
        source: 'He et al. 2015, Delving Deep into Rectifiers',
      },
      lecun: {
        label: 'LeCun',
        formula: String.raw`\mathcal N(0, \tfrac{1}{d_{in}})`,
        note: 'Keeps the variance through a linear map.',
        source: 'LeCun et al. 1998, Efficient BackProp',
      },
      normal: {
        label: 'normal 0.02',
        formula: String.raw`\mathcal N(0, 0.02^2)`,
        note: 'The same small weights everywhere, whatever the width.',
      },
      orthogonal: {
        label: 'orthogonal',
        formula: String.raw`W^\top W = I`,
        note: 'A random matrix with orthonormal rows or columns, whichever are fewer: a square map keeps every length.',
        source:
          'Saxe, McClelland, Ganguli 2013, Exact Solutions to the Nonlinear Dynamics of Learning',
      },
    },
  }),
  init_gain: number({
    label: 'Gain',
    note: 'Multiplies the standard deviation of every matrix of the blocks.',
    restarts: true,
    ...log({ default: 1, range: [0, 100], slider: [0.01, 10] }),
  }),
  embed_std: number({
    label: 'Embedding std',
    note: 'Standard deviation of the token and position embeddings; GPT-2’s initialization has its own, 0.02.',
    restarts: true,
    ...log({ default: 1, range: [0, 1000], slider: [0.001, 100] }),
  }),
  token_correlation: number({
    label: 'Token correlation',
    note: 'Of the Gaussian task: the cosine that two tokens of a sequence have before the first layer, all of them sharing a part.',
    formula: String.raw`\rho_0`,
    restarts: true,
    ...linear({ default: 0, range: [0, 1], slider: [0, 1], step: 0.01 }),
  }),
  dyt_alpha: number({
    label: 'DyT α',
    note: 'α of DyT at first. The paper has 0.5 for most models; for language models it takes smaller ones the wider they are, from 1 at a width of 1024 to 0.2 and 0.05 at 8192.',
    formula: String.raw`\alpha_0`,
    restarts: true,
    default: 0.5,
    min: 0.001,
    max: 100,
    slider: { min: 0.01, max: 10, scale: 'log' },
  }),
  dyt_alpha_attn: number({
    label: 'DyT α, attention',
    words: { same: 0 },
    note: 'α of the DyT of attention at first; 0 is as elsewhere. In wide language models a larger one is better there: 1 beside 0.5 at a width of 2048, 0.8 beside 0.2 at 4096 (Zhu et al. 2025, section 7).',
    formula: String.raw`\alpha_0^{\mathrm{attn}}`,
    restarts: true,
    default: 0,
    min: 0,
    max: 100,
    slider: { min: 0.01, max: 10, scale: 'log' },
  }),
  seed: integer({
    label: 'Seed',
    note: 'Names every random draw: weights, batches, noise.',
    restarts: true,
    ...linear({ default: 0, range: [0, 2 ** 31 - 1], slider: [0, 99], step: 1 }),
  }),
});
