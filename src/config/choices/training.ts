import { choices } from '../choice';

export const TRAINING_CHOICES = {
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
    muon: {
      label: 'Muon',
      formula: String.raw`m \leftarrow \beta_1 m + g,\quad W \leftarrow W - 0.2\sqrt{\max(d_{in}, d_{out})}\;\eta\,\mathrm{NS}_5(g + \beta_1 m)`,
      note: 'Linear maps of the blocks move by their Nesterov momentum made orthogonal (five Newton-Schulz steps), scaled to the size of an AdamW step; everything else by Adam.',
      source:
        'Jordan et al. 2024, Muon; scaled as in Liu et al. 2025, Muon is Scalable for LLM Training, eq. 4',
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
