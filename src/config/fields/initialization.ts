import { choice, integer, number } from '../field';

export const INITIALIZATION_FIELDS = {
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
} as const;
