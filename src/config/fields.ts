import type { Chosen } from './choices';
import {
  choice,
  flag,
  integer,
  number,
  type ChoiceField,
  type Field,
  type FlagField,
} from './field';

export {
  GROUPS,
  type Field,
  type FlagField,
  type ChoiceField,
  type Group,
  type NumberField,
} from './field';

/** Every setting: the only definition of its key, default, range, place on the page and meaning. */
export const FIELDS = {
  placement: choice('placement', 'pre', {
    label: 'Placement',
    group: 'Architecture',
    note: 'Where the norm stands in one residual update.',
    restarts: false,
  }),
  norm: choice('norm', 'layernorm', {
    label: 'Norm',
    group: 'Architecture',
    note: 'Which normalization stands there.',
    restarts: false,
  }),
  norm_eps: number(
    1e-5,
    [0, 1],
    { min: 1e-12, max: 1, scale: 'log' },
    {
      label: 'Norm ε',
      group: 'Architecture',
      note: 'Added to the mean square inside the root; it matters where the variance is not much larger. ScaleNorm clamps the norm from below with it instead.',
      formula: String.raw`\sqrt{\sigma^2 + \epsilon}`,
      restarts: false,
    },
  ),
  final_norm: choice('final_norm', 'auto', {
    label: 'Final norm',
    group: 'Architecture',
    note: 'A norm between the last block and the unembedding.',
    restarts: false,
  }),
  residual_scale: choice('residual_scale', 'one', {
    label: 'Residual scale',
    group: 'Architecture',
    note: 'What stream and branch are multiplied by where they are added.',
    restarts: false,
  }),
  n_layers: integer(
    12,
    [1, 64],
    { min: 1, max: 48, scale: 'linear', step: 1 },
    {
      label: 'Layers',
      group: 'Architecture',
      note: 'The number of blocks, each an attention and an MLP sublayer.',
      formula: 'L',
      restarts: true,
    },
  ),
  d_model: integer(
    64,
    [2, 1024],
    { min: 8, max: 512, scale: 'log', step: 8 },
    {
      label: 'Width',
      group: 'Architecture',
      note: 'Features of the residual stream.',
      formula: 'd',
      restarts: true,
    },
  ),
  n_heads: integer(
    4,
    [1, 64],
    { min: 1, max: 16, scale: 'linear', step: 1 },
    {
      label: 'Heads',
      group: 'Architecture',
      note: 'Attention heads; the width must be a multiple of them.',
      formula: 'H',
      restarts: false,
    },
  ),
  mlp_ratio: number(
    4,
    [0.125, 16],
    { min: 1, max: 8, scale: 'linear', step: 1 },
    {
      label: 'MLP ratio',
      group: 'Architecture',
      note: 'Hidden features of the MLP over the width.',
      formula: String.raw`d_{ff}/d`,
      restarts: true,
    },
  ),
  activation: choice('activation', 'gelu', {
    label: 'Activation',
    group: 'Architecture',
    note: 'The nonlinearity of the MLP.',
    restarts: false,
  }),
  positions: choice('positions', 'learned', {
    label: 'Positions',
    group: 'Architecture',
    note: 'How the stack knows the order of its tokens.',
    restarts: false,
  }),
  attention: choice('attention', 'softmax', {
    label: 'Attention',
    group: 'Architecture',
    note: 'How a token weighs the tokens it reads.',
    restarts: false,
  }),
  causal: flag(true, {
    label: 'Causal mask',
    group: 'Architecture',
    note: 'A token sees itself and what came before it.',
    restarts: false,
  }),
  bias: flag(true, {
    label: 'Biases',
    group: 'Architecture',
    note: 'Biases of linear maps and of norms.',
    restarts: false,
  }),
  tie_embeddings: flag(false, {
    label: 'Tied embeddings',
    group: 'Architecture',
    note: 'The unembedding is the embedding transposed. Shifts every gradient curve: the same matrix learns at both ends.',
    restarts: false,
  }),
  init: choice('init', 'xavier', {
    label: 'Initialization',
    group: 'Initialization',
    note: 'The distribution that the matrices are drawn from.',
    restarts: true,
  }),
  init_gain: number(
    1,
    [0, 100],
    { min: 0.01, max: 10, scale: 'log' },
    {
      label: 'Gain',
      group: 'Initialization',
      note: 'Multiplies the standard deviation of every matrix of the blocks.',
      restarts: true,
    },
  ),
  embed_std: number(
    1,
    [0, 1000],
    { min: 0.001, max: 100, scale: 'log' },
    {
      label: 'Embedding std',
      group: 'Initialization',
      note: 'Standard deviation of the token and position embeddings; GPT-2’s initialization has its own, 0.02.',
      restarts: true,
    },
  ),
  seed: integer(
    0,
    [0, 2 ** 31 - 1],
    { min: 0, max: 99, scale: 'linear', step: 1 },
    {
      label: 'Seed',
      group: 'Initialization',
      note: 'Names every random draw: weights, batches, noise.',
      restarts: true,
    },
  ),
  task: choice('task', 'text', {
    label: 'Task',
    group: 'Data',
    note: 'What the model reads and predicts.',
    restarts: true,
  }),
  objective: choice('objective', 'cross_entropy', {
    label: 'Objective',
    group: 'Data',
    note: 'What is minimized.',
    restarts: false,
  }),
  seq_len: integer(
    32,
    [1, 1024],
    { min: 4, max: 256, scale: 'log', step: 4 },
    {
      label: 'Sequence length',
      group: 'Data',
      note: 'Tokens that the model sees at once.',
      formula: 'T',
      restarts: true,
    },
  ),
  batch_size: integer(
    4,
    [1, 512],
    { min: 1, max: 64, scale: 'log', step: 1 },
    {
      label: 'Batch size',
      group: 'Data',
      note: 'Sequences per step.',
      formula: 'B',
      restarts: false,
    },
  ),
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
} as const;

export type Key = keyof typeof FIELDS;

/** One model and its training, whole. */
export type Config = {
  [K in Key]: (typeof FIELDS)[K] extends ChoiceField<infer C>
    ? Chosen[C]
    : (typeof FIELDS)[K] extends FlagField
      ? boolean
      : number;
};
export type Value = Config[Key];

export const KEYS = Object.keys(FIELDS) as Key[];
export const field = (key: Key): Field => FIELDS[key];
export const isKey = (key: string): key is Key => Object.hasOwn(FIELDS, key);

/** d_ff: the hidden features of the MLP. */
export const hiddenFeatures = ({ d_model, mlp_ratio }: Pick<Config, 'd_model' | 'mlp_ratio'>) =>
  Math.round(d_model * mlp_ratio);

export const DEFAULTS = Object.fromEntries(
  KEYS.map((key) => [key, FIELDS[key].default]),
) as unknown as Config;
