import { choice, flag, integer, number } from '../field';

export const ARCHITECTURE_FIELDS = {
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
  topology: choice('topology', 'sequential', {
    label: 'Topology',
    group: 'Architecture',
    note: 'Whether the MLP reads what attention has added, or both read the same stream.',
    restarts: false,
  }),
  sublayers: choice('sublayers', 'both', {
    label: 'Sublayers',
    group: 'Architecture',
    note: 'Which of attention and MLP a block has.',
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
} as const;
