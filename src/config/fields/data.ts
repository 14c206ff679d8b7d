import { choice, integer, number } from '../field';

export const DATA_FIELDS = {
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
  modality_scale: number(
    8,
    [0, 1e4],
    { min: 0.1, max: 100, scale: 'log' },
    {
      label: 'Modality scale',
      group: 'Data',
      note: 'Of the task with two modalities: what the second one’s rows of the token embedding are multiplied by at initialization.',
      restarts: true,
    },
  ),
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
} as const;
