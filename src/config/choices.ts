import { choices } from './choice';
import { norms } from './norms';
import { placements } from './placements';

/** Every setting that is a choice among named things, with what a person is told about each. */
export const CHOICES = {
  placement: placements,
  norm: norms,
  final_norm: choices({
    auto: {
      label: 'auto',
      note: 'On where the last layer leaves the stream unnormalized (pre-LN), off where it ends in a norm (post-LN).',
    },
    on: { label: 'on', note: 'One more norm between the last block and the unembedding.' },
    off: { label: 'off', note: 'The unembedding reads the stream as the last block leaves it.' },
  }),
  residual_scale: choices({
    one: {
      label: '1',
      formula: String.raw`x \leftarrow x + f(x)`,
      note: 'Stream and branch are added as they are.',
    },
    inv_sqrt_depth: {
      label: '1/√N',
      formula: String.raw`x \leftarrow x + \tfrac{1}{\sqrt{N}} f(x),\quad N = 2L`,
      note: 'Every branch is divided by the root of the number of sublayers, so that pre-LN’s variance about doubles over the whole stack instead of growing with every layer.',
      source: 'Noci et al. 2022, Signal Propagation in Transformers, section 3',
    },
  }),
  activation: choices({
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
  }),
  positions: choices({
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
  }),
  attention: choices({
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
  }),
  objective: choices({
    cross_entropy: {
      label: 'cross-entropy',
      formula: String.raw`-\tfrac1N\sum_t \ln p(w_{t+1})`,
      note: 'Mean over all counted tokens, in nats.',
    },
    random_projection: {
      label: 'random projection',
      formula: String.raw`\sum x_{\mathrm{out}} \odot R,\; R \sim \mathcal N(0, 1)`,
      note: 'Sends a unit iid gradient into the top of the stack, so that gradient curves read as gains. The setting of the theory.',
    },
  }),
  init: choices({
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
  }),
  task: choices({
    text: {
      label: 'text',
      note: 'The next character of an English text, or of your own. The line at the unigram entropy is what letter frequencies alone can reach.',
    },
    copy: {
      label: 'copy',
      note: 'Random symbols, a separator, and the same symbols again; only the copy is counted.',
    },
    induction: {
      label: 'induction',
      note: 'A random block repeated until the end; only what repeats is counted, so attending to the token after the last occurrence solves it.',
      source: 'Olsson et al. 2022, In-context Learning and Induction Heads',
    },
    markov: {
      label: 'Markov',
      note: 'A random source of order 2; its entropy is known and is the floor of the loss.',
    },
    random: {
      label: 'random',
      note: 'Independent symbols: nothing to learn, the best loss is ln V.',
    },
    gaussian: {
      label: 'Gaussian',
      formula: String.raw`x_0 \sim \mathcal N(0, \texttt{embed\_std}^2)`,
      note: 'No tokens: the stack reads iid noise. The setting of the theory, with the random projection as its loss.',
    },
  }),
  optimizer: choices({
    adamw: {
      label: 'AdamW',
      formula: String.raw`W \leftarrow W - \eta\left(\hat m/(\sqrt{\hat v} + \epsilon) + \lambda W\right)`,
      note: 'Adam with decoupled weight decay.',
      source: 'Loshchilov, Hutter 2019, Decoupled Weight Decay Regularization, algorithm 2',
    },
    adam: {
      label: 'Adam',
      formula: String.raw`W \leftarrow W - \eta\,\hat m/(\sqrt{\hat v} + \epsilon)`,
      note: 'Moments of the gradient with bias correction; weight decay is added to the gradient.',
      source: 'Kingma, Ba 2015, Adam, algorithm 1',
    },
    sgd: {
      label: 'SGD',
      formula: String.raw`W \leftarrow W - \eta\,g`,
      note: 'Plain gradient descent: steps as large as the gradient says, layer by layer.',
    },
    momentum: {
      label: 'momentum',
      formula: String.raw`m \leftarrow \beta_1 m + g,\quad W \leftarrow W - \eta\,m`,
      note: 'Gradient descent with heavy-ball momentum β₁.',
      source: 'Polyak 1964',
    },
  }),
  schedule: choices({
    constant: { label: 'constant', note: 'The learning rate stays where the warm-up ends.' },
    linear: {
      label: 'linear',
      formula: String.raw`\eta\,\left(1 - \tfrac{n - N_w}{N - N_w}\right)`,
      note: 'Falls in a straight line to 0 at schedule_steps.',
    },
    cosine: {
      label: 'cosine',
      formula: String.raw`\tfrac{\eta}{2}\left(1 + \cos\pi\tfrac{n - N_w}{N - N_w}\right)`,
      note: 'Falls along half a cosine to 0 at schedule_steps.',
      source: 'Loshchilov, Hutter 2017, SGDR',
    },
    inv_sqrt: {
      label: 'inverse root',
      formula: String.raw`\eta\,\sqrt{N_w/(n+1)}`,
      note: 'Falls as one over the root of the step past the warm-up.',
      source: 'Vaswani et al. 2017, section 5.3',
    },
  }),
} as const;

export type ChoiceKey = keyof typeof CHOICES;
export type Chosen = { [K in ChoiceKey]: keyof (typeof CHOICES)[K] };
