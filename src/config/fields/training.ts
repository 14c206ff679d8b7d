import { choice, integer, number } from '../field';

export const TRAINING_FIELDS = {
  optimizer: choice('optimizer', 'adamw', {
    label: 'Optimizer',
    group: 'Training',
    note: 'How a gradient becomes a step.',
    restarts: false,
  }),
  lr: number(
    1e-3,
    [0, 100],
    { min: 1e-6, max: 1, scale: 'log' },
    {
      label: 'Learning rate',
      group: 'Training',
      note: 'The size of a step after the warm-up.',
      formula: String.raw`\eta`,
      restarts: false,
    },
  ),
  weight_decay: number(
    0,
    [0, 10],
    { min: 1e-5, max: 1, scale: 'log' },
    {
      label: 'Weight decay',
      group: 'Training',
      note: 'Pulls matrices and embeddings toward 0; vectors are left alone. Decoupled in AdamW, part of the gradient elsewhere.',
      formula: String.raw`\lambda`,
      restarts: false,
    },
  ),
  beta1: number(
    0.9,
    [0, 0.9999],
    { min: 0, max: 0.99, scale: 'linear', step: 0.01 },
    {
      label: 'β₁',
      group: 'Training',
      note: 'Decay of the first moment; also the momentum.',
      formula: String.raw`\beta_1`,
      restarts: false,
    },
  ),
  beta2: number(
    0.999,
    [0, 0.99999],
    { min: 0.9, max: 0.9999, scale: 'linear', step: 0.001 },
    {
      label: 'β₂',
      group: 'Training',
      note: 'Decay of the second moment.',
      formula: String.raw`\beta_2`,
      restarts: false,
    },
  ),
  adam_eps: number(
    1e-8,
    [0, 1],
    { min: 1e-12, max: 1e-2, scale: 'log' },
    {
      label: 'Adam ε',
      group: 'Training',
      note: 'Added to the root of the second moment; steps shrink where gradients are not much larger.',
      restarts: false,
    },
  ),
  grad_clip: number(
    0,
    [0, 1e6],
    { min: 0.01, max: 100, scale: 'log' },
    {
      label: 'Gradient clip',
      group: 'Training',
      note: 'The largest norm of the whole gradient; 0 is off. Gradients are shown before clipping.',
      restarts: false,
    },
  ),
  schedule: choice('schedule', 'constant', {
    label: 'Schedule',
    group: 'Training',
    note: 'What the learning rate does after the warm-up.',
    restarts: false,
  }),
  warmup_steps: integer(
    0,
    [0, 1e6],
    { min: 0, max: 1000, scale: 'linear', step: 10 },
    {
      label: 'Warm-up',
      group: 'Training',
      note: 'Steps over which the learning rate rises from 0 in a straight line.',
      unit: 'steps',
      restarts: false,
    },
  ),
  schedule_steps: integer(
    1000,
    [1, 1e7],
    { min: 100, max: 10000, scale: 'log', step: 100 },
    {
      label: 'Schedule length',
      group: 'Training',
      note: 'The step at which linear and cosine schedules reach 0.',
      unit: 'steps',
      restarts: false,
    },
  ),
  dropout: number(
    0,
    [0, 0.95],
    { min: 0, max: 0.9, scale: 'linear', step: 0.05 },
    {
      label: 'Dropout',
      group: 'Training',
      note: 'Share of the features set to 0, the rest divided by 1 − p: of the embedding, and of what each sublayer gives. Off in evaluation. Drawn on the device from seed and step.',
      formula: String.raw`p`,
      restarts: false,
    },
  ),
  stochastic_depth: number(
    0,
    [0, 0.95],
    { min: 0, max: 0.9, scale: 'linear', step: 0.05 },
    {
      label: 'Stochastic depth',
      group: 'Training',
      note: 'How likely the last layer’s branches are dropped, sequence by sequence; layer l of 1 … L with l/L of that. What is kept is divided by its probability; all are kept in evaluation.',
      formula: String.raw`1 - p_l = \tfrac{l}{L}(1 - p_L)`,
      restarts: false,
    },
  ),
} as const;
