import { choices } from './choice';

export const norms = choices({
  layernorm: {
    label: 'LayerNorm',
    formula: String.raw`y = g \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b`,
    note: 'Per token: removes the mean and divides by the standard deviation. Output variance σ²/(σ² + ε).',
    source: 'Ba, Kiros, Hinton 2016, Layer Normalization',
  },
  rmsnorm: {
    label: 'RMSNorm',
    formula: String.raw`y = g \odot \frac{x}{\sqrt{\tfrac1d\sum_i x_i^2 + \epsilon}}`,
    note: 'Per token: divides by the root mean square, keeps the mean. Equal to LayerNorm only where the mean is 0.',
    source: 'Zhang, Sennrich 2019, Root Mean Square Layer Normalization, eq. 4',
  },
  scalenorm: {
    label: 'ScaleNorm',
    formula: String.raw`y = g\,\frac{x}{\max(\lVert x\rVert, \epsilon)},\quad g_0 = \sqrt d`,
    note: 'Per token, with one learned length for all features: every output has norm √d at the start.',
    source: 'Nguyen, Salazar 2019, Transformers without Tears',
  },
  batchnorm: {
    label: 'BatchNorm',
    formula: String.raw`y_j = g_j\,\frac{x_j - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}} + b_j`,
    note: 'Per feature over all tokens of the batch: each token’s output depends on every other token, so a causal model leaks.',
    source: 'Ioffe, Szegedy 2015, Batch Normalization, algorithm 1',
  },
  none: {
    label: 'identity',
    formula: String.raw`y = x`,
    note: 'Leaves x as it is: the placement stays, the norm goes.',
  },
});

export type NormId = keyof typeof norms;
