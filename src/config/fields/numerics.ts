import { choice, group, log, number } from '../field';

export const NUMERICS = group('Numerics', {
  precision: choice({
    label: 'Precision',
    note: 'The format to which every result of every operation is rounded, forward and backward. Weights, optimizer and loss stay in fp32.',
    default: 'fp32',
    choices: {
      fp32: {
        label: 'fp32',
        note: 'Single precision, as the device computes: 24 bits of significand, up to 3.4e38.',
        source: 'IEEE 754-2019, binary32',
      },
      bf16: {
        label: 'bf16',
        note: 'The range of fp32 with 8 bits of significand: nothing overflows, but x + f loses f where it is at most half a step of x: 2⁻⁹ to 2⁻⁸ of it.',
        source: 'Kalamkar et al. 2019, A Study of BFLOAT16 for Deep Learning Training',
      },
      fp16: {
        label: 'fp16',
        note: '11 bits of significand, from 6e-8 to 65504: 256² overflows, and an ε of 1e-8 is 0.',
        source: 'IEEE 754-2019, binary16; Micikevicius et al. 2018, Mixed Precision Training',
      },
      fp8_e4m3: {
        label: 'fp8 e4m3',
        note: '4 bits of significand, from 2⁻⁹ to 448, no infinity: what overflows is not a number.',
        source: 'Micikevicius et al. 2022, FP8 Formats for Deep Learning, table 1',
      },
      fp8_e5m2: {
        label: 'fp8 e5m2',
        note: '3 bits of significand, from 2⁻¹⁶ to 57344.',
        source: 'Micikevicius et al. 2022, FP8 Formats for Deep Learning, table 1',
      },
    },
  }),
  loss_scale: number({
    label: 'Loss scale',
    words: { dynamic: 0 },
    note: 'The gradient is multiplied by this on its way back, and divided before it is used, so that small gradients are not lost. 0 is dynamic: 65536 at first, halved where a gradient overflows (that update is left out), doubled after 200 without.',
    ...log({ default: 1, range: [0, 2 ** 40], slider: [1, 2 ** 24] }),
  }),
});
