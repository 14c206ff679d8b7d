import { choice, number } from '../field';

export const NUMERICS_FIELDS = {
  precision: choice('precision', 'fp32', {
    label: 'Precision',
    group: 'Numerics',
    note: 'The format to which every result of every operation is rounded, forward and backward. Weights, optimizer and loss stay in fp32.',
    restarts: false,
  }),
  loss_scale: number(
    1,
    [0, 2 ** 40],
    { min: 1, max: 2 ** 24, scale: 'log' },
    {
      label: 'Loss scale',
      words: { dynamic: 0 },
      group: 'Numerics',
      note: 'The gradient is multiplied by this on its way back, and divided before it is used, so that small gradients are not lost. 0 is dynamic: 65536 at first, halved where a gradient overflows (that update is left out), doubled after 200 without.',
      restarts: false,
    },
  ),
} as const;
