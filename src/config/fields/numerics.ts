import { choice, group, log, number } from '../field';

export const NUMERICS = group('Numerics', {
  precision: choice({
    label: 'Precision',
    note: 'The number format of the computation, forward and backward; the precision policy says which numbers are rounded to it. Weights, optimizer and loss stay in fp32.',
    default: 'fp32',
    choices: {
      fp32: {
        label: 'fp32',
        note: 'Single precision, as the device computes: 24 bits of significand, up to 3.4e38.',
        source: 'IEEE 754-2019, binary32',
      },
      bf16: {
        label: 'bf16',
        note: 'The range of fp32 with 8 bits of significand: nothing overflows, but a sum x + f in it loses f where it is at most half a step of x: 2⁻⁹ to 2⁻⁸ of it.',
        source: 'Kalamkar et al. 2019, A Study of BFLOAT16 for Deep Learning Training',
      },
      fp16: {
        label: 'fp16',
        note: '11 bits of significand, from 6e-8 to 65504: in it 256² overflows, and an ε of 1e-8 is 0.',
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
  precision_policy: choice({
    label: 'Precision policy',
    note: 'What is rounded to the format: the result of every operation, or what goes into matrix products and comes out of them.',
    default: 'every_op',
    choices: {
      every_op: {
        label: 'every operation',
        note: 'Every result is rounded, of norms, softmax and residual sums too: a model that is in the format as a whole.',
        source: 'PyTorch, module.bfloat16() and module.half(), here with weights kept in fp32',
      },
      autocast: {
        label: 'autocast',
        formula: String.raw`y = \mathrm{fl}(\hat x\,\hat W + \hat b), \quad \hat x = \mathrm{fl}(x)`,
        note: 'Matrix products alone: operands are cast to the format, the sum is in fp32, and its result is stored in the format. Norms, softmax, activations and the residual stream are fp32.',
        source:
          'Micikevicius et al. 2018, Mixed Precision Training, section 3; PyTorch, torch.autocast',
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
