import { choices, type Choice } from './choice';

interface NormChoice extends Choice {
  /** Its statistics are of all tokens of the batch, which breaks causality; else of one token. */
  over?: 'batch';
  /** No ε enters its equation. */
  isWithoutEps?: true;
  /** The mean is removed. */
  centres?: true;
}

export const norms = choices<NormChoice>()({
  layernorm: {
    label: 'LayerNorm',
    formula: String.raw`y = g \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b`,
    note: 'Per token: removes the mean and divides by the standard deviation. Output variance σ²/(σ² + ε).',
    source: 'Ba, Kiros, Hinton 2016, Layer Normalization',
    centres: true,
  },
  rmsnorm: {
    label: 'RMSNorm',
    formula: String.raw`y = g \odot \frac{x}{\sqrt{\tfrac1d\sum_i x_i^2 + \epsilon}}`,
    note: 'Per token: divides by the root mean square, keeps the mean. Equal to LayerNorm only where the mean is 0.',
    source: 'Zhang, Sennrich 2019, Root Mean Square Layer Normalization, eq. 4',
  },
  prmsnorm: {
    label: 'pRMSNorm',
    formula: String.raw`y = g \odot \frac{x}{\sqrt{\tfrac1k\sum_{i \le k} x_i^2 + \epsilon}},\; k = \max(1, \lfloor d/16 \rfloor)`,
    note: 'RMSNorm with the mean square taken of the first sixteenth of the features: cheaper, and noisier the fewer features that is.',
    source: 'Zhang, Sennrich 2019, Root Mean Square Layer Normalization, section 3.2',
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
    note: 'Per feature over all tokens of the batch: each token’s output depends on every other token, so a causal model leaks. Evaluation uses running statistics (momentum 0.1).',
    source: 'Ioffe, Szegedy 2015, Batch Normalization, algorithm 1',
    over: 'batch',
    centres: true,
  },
  powernorm: {
    label: 'PowerNorm',
    formula: String.raw`y_j = g_j\,\frac{x_j}{\sqrt{\mathrm{mean}_t\,x_{tj}^2 + \epsilon}} + b_j`,
    note: 'Per feature over all tokens of the batch, the mean kept; evaluation uses the running mean square. With the plain gradient: the paper’s approximate backward pass and its group scaling are left out.',
    source: 'Shen et al. 2020, PowerNorm: Rethinking Batch Normalization in Transformers, PN-V',
    over: 'batch',
  },
  dyt: {
    label: 'DyT',
    formula: String.raw`y = g \odot \tanh(\alpha x) + b`,
    note: 'No statistics at all: squashes each number alone. The output’s mean square depends on the input’s size: with α = 0.5 .173 at RMS 1, .975 at 64.',
    source: 'Zhu et al. 2025, Transformers without Normalization, section 4',
    isWithoutEps: true,
  },
  derf: {
    label: 'Derf',
    formula: String.raw`y = g \odot \mathrm{erf}(\alpha x + s) + b,\quad \alpha_0 = 0.5,\; s_0 = 0`,
    note: 'DyT with the error function and a learned shift: flatter tails, so the gradient of large activations vanishes sooner.',
    source: 'Chen et al. 2025, Stronger Normalization-Free Transformers',
    isWithoutEps: true,
  },
  adaptive: {
    label: 'adaptive',
    formula: String.raw`y = (1 + s_m) \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b_m`,
    note: 'LayerNorm with a scale and a shift of its own for each modality m; with one modality it is LayerNorm written another way.',
    source: 'Peebles, Xie 2023, Scalable Diffusion Models with Transformers (adaLN), by modality',
    centres: true,
  },
  seednorm: {
    label: 'SeeDNorm',
    formula: String.raw`y = \left[\tanh(x\beta^\top)\,\alpha + g\right] \odot \frac{x}{\sqrt{\tfrac1d\sum_i x_i^2 + \epsilon}}`,
    note: 'RMSNorm whose gain depends on the token: it starts as RMSNorm (β = 0), and learns to let the size of x through again.',
    source:
      'Cai et al. 2026 (ICLR), SeeDNorm: Self-Rescaled Dynamic Normalization, arXiv 2510.22777',
  },
  none: {
    label: 'identity',
    formula: String.raw`y = x`,
    note: 'Leaves x as it is: the placement stays, the norm goes.',
    isWithoutEps: true,
  },
});

export type NormId = keyof typeof norms;
export const isNorm = (id: string): id is NormId => Object.hasOwn(norms, id);
