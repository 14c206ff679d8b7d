import { choice, group, integer, linear, log, number } from '../field';

export const TRAINING = group('Training', {
  optimizer: choice({
    label: 'Optimizer',
    note: 'How a gradient becomes a step.',
    default: 'adamw',
    choices: {
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
    },
  }),
  lr: number({
    label: 'Learning rate',
    note: 'The size of a step after the warm-up.',
    formula: String.raw`\eta`,
    ...log({ default: 1e-3, range: [0, 100], slider: [1e-6, 1] }),
  }),
  weight_decay: number({
    label: 'Weight decay',
    note: 'Pulls matrices and embeddings toward 0; vectors are left alone. Decoupled in AdamW, part of the gradient elsewhere.',
    formula: String.raw`\lambda`,
    ...log({ default: 0, range: [0, 10], slider: [1e-5, 1] }),
  }),
  beta1: number({
    label: 'β₁',
    note: 'Decay of the first moment; also the momentum.',
    formula: String.raw`\beta_1`,
    ...linear({ default: 0.9, range: [0, 0.9999], slider: [0, 0.99], step: 0.01 }),
  }),
  beta2: number({
    label: 'β₂',
    note: 'Decay of the second moment.',
    formula: String.raw`\beta_2`,
    ...linear({ default: 0.999, range: [0, 0.99999], slider: [0.9, 0.9999], step: 0.001 }),
  }),
  adam_eps: number({
    label: 'Adam ε',
    note: 'Added to the root of the second moment; steps shrink where gradients are not much larger.',
    ...log({ default: 1e-8, range: [0, 1], slider: [1e-12, 1e-2] }),
  }),
  grad_clip: number({
    label: 'Gradient clip',
    note: 'The largest norm of the whole gradient; 0 is off. Gradients are shown before clipping.',
    ...log({ default: 0, range: [0, 1e6], slider: [0.01, 100] }),
  }),
  schedule: choice({
    label: 'Schedule',
    note: 'What the learning rate does after the warm-up.',
    default: 'constant',
    choices: {
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
    },
  }),
  warmup_steps: integer({
    label: 'Warm-up',
    note: 'Steps over which the learning rate rises from 0 in a straight line.',
    unit: 'steps',
    ...linear({ default: 0, range: [0, 1e6], slider: [0, 1000], step: 10 }),
  }),
  schedule_steps: integer({
    label: 'Schedule length',
    note: 'The step at which linear and cosine schedules reach 0.',
    unit: 'steps',
    ...log({ default: 1000, range: [1, 1e7], slider: [100, 10000], step: 100 }),
  }),
  dropout: number({
    label: 'Dropout',
    note: 'Share of the features set to 0, the rest divided by 1 − p: of the embedding, and of what each sublayer gives. Off in evaluation. Drawn on the device from seed and step.',
    formula: String.raw`p`,
    ...linear({ default: 0, range: [0, 0.95], slider: [0, 0.9], step: 0.05 }),
  }),
  stochastic_depth: number({
    label: 'Stochastic depth',
    note: 'How likely the last layer’s branches are dropped, sequence by sequence; layer l of 1 … L with l/L of that. What is kept is divided by its probability; all are kept in evaluation.',
    formula: String.raw`1 - p_l = \tfrac{l}{L}(1 - p_L)`,
    ...linear({ default: 0, range: [0, 0.95], slider: [0, 0.9], step: 0.05 }),
  }),
});
