import { choices } from '../choice';

export const NUMERICS_CHOICES = {
  precision: choices({
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
  }),
} as const;
