import type { Choice } from './choice';
import { siteNote } from './describe';
import type { Quantity, Statistic } from './quantity';
import { MODALITY_COLUMNS, SITE_STATISTICS } from './statistics';

/** The meaning of a statistic, for who asks: the first picture does without it. */
export type StatisticNote = Pick<Choice, 'formula' | 'note' | 'source'>;

const ROUNDED =
  'Over all that was rounded since the site before; a product adds up in float32, and only its result is rounded.';

const ofModalities = (of: keyof typeof MODALITY_COLUMNS) =>
  Object.fromEntries(
    MODALITY_COLUMNS[of].map((id, m) => [
      id,
      { note: `Over the tokens of modality ${m} alone, positions with t mod 2 = ${m}.` },
    ]),
  ) as Record<(typeof MODALITY_COLUMNS)[keyof typeof MODALITY_COLUMNS][number], StatisticNote>;

export const STATISTIC_NOTES: Record<Statistic, StatisticNote> = {
  rms: {
    formula: String.raw`\sqrt{\tfrac1N\sum X^2}`,
    note: 'Root mean square over all elements, the mean not removed.',
  },
  rms_typical: {
    formula: String.raw`\exp\,\mathrm{mean}_t \ln \mathrm{rms}(x_t)`,
    note: 'Geometric mean of the tokens’ RMS, which one huge token hardly moves; tokens of zeros are left out.',
  },
  rms_first: {
    formula: String.raw`\mathrm{rms}(x_0)`,
    note: 'Root mean square at position 0 alone, where massive activations and sinks gather.',
  },
  rms_rest: {
    formula: String.raw`\mathrm{rms}(x_t),\; t > 0`,
    note: 'Root mean square over all positions but the first.',
  },
  mean: {
    formula: String.raw`\tfrac1N\sum X`,
    note: 'Mean over all elements.',
  },
  absmax: {
    formula: String.raw`\max |X|`,
    note: 'The largest absolute value.',
  },
  kurtosis: {
    formula: String.raw`E[x^4]/E[x^2]^2`,
    note: 'Over all elements; 3 for a Gaussian, more with outliers.',
  },
  outlier: {
    formula: String.raw`\mathrm{mean}_j\, s_j^4 / (\mathrm{mean}_j\, s_j^2)^2`,
    note: 'Neuron kurtosis: with s_j the RMS of feature j over tokens; 1 when all features are alike, d when one carries everything.',
    source: 'He et al. 2024, Understanding and Minimising Outlier Features',
  },
  token_cosine: {
    formula: String.raw`\mathrm{mean}_{i \ne j} \cos(x_i, x_j)`,
    note: 'Mean cosine between two tokens of one sequence: 0 unrelated, 1 when all tokens have become the same.',
    source: 'Noci et al. 2022, Signal Propagation in Transformers',
  },
  grad_rms: {
    formula: String.raw`\sqrt{\tfrac1N\sum (\partial \mathcal L/\partial X)^2}`,
    note: 'Root mean square of the gradient of the loss with respect to the activation.',
  },
  branch_ratio: {
    formula: String.raw`\mathrm{rms}(f)/\mathrm{rms}(x)`,
    note: 'How large what a branch adds is against the stream it joins.',
  },
  underflow: {
    note: `How many numbers were not 0 and became 0 when they were rounded to the format. ${ROUNDED}`,
  },
  overflow: {
    note: `How many numbers were finite and became infinite, or not a number, when they were rounded to the format. ${ROUNDED}`,
  },
  grad_underflow: {
    note: `How many numbers of the backward pass became 0 on the way to this site. ${ROUNDED}`,
  },
  grad_overflow: {
    note: `How many numbers of the backward pass became infinite, or not a number, on the way to this site. ${ROUNDED}`,
  },
  entropy: {
    formula: String.raw`-\sum_j A_{ij}\ln A_{ij} / \ln n_i`,
    note: 'Mean over rows, over the log of the number of keys the row sees: 1 is uniform, 0 is one key alone.',
    source:
      'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
  },
  max_logit: {
    formula: String.raw`\max_{ij\ \mathrm{unmasked}} s_{ij}`,
    note: 'The largest score among the pairs that attention may use; growth during training precedes collapse.',
    source: 'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters',
  },
  sink: {
    formula: String.raw`\mathrm{mean}_i\, A_{i0}`,
    note: 'Attention to the first token. Uniform causal attention already gives it a share: that is the baseline of a sink, not one.',
    source: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
  },
  distance: {
    formula: String.raw`\mathrm{mean}_i \sum_j A_{ij}(i - j)`,
    note: 'How many tokens back a head reads, on average.',
  },
  param_rms: {
    formula: String.raw`\lVert W\rVert/\sqrt{\mathrm{numel}}`,
    note: 'Root mean square of the weights.',
  },
  param_grad_rms: {
    formula: String.raw`\lVert\partial\mathcal L/\partial W\rVert/\sqrt{\mathrm{numel}}`,
    note: 'Root mean square of the gradient with respect to the weights, before clipping.',
  },
  update_ratio: {
    formula: String.raw`\lVert\Delta W\rVert/\lVert W\rVert`,
    note: 'How large the update that follows is against the weights, after clipping, schedule and decay.',
  },
  mean_tid: {
    formula: String.raw`\mathrm{mean}_j\,|\mu_{B,j} - \mu_j|/\sigma_{B,j}`,
    note: 'Training-inference discrepancy: how far the batch’s mean is from the running mean that evaluation uses, in standard deviations of the batch.',
    source:
      'Wang et al. 2022, Understanding the Failure of Batch Normalization for Transformers in NLP, eq. 4',
  },
  var_tid: {
    formula: String.raw`\mathrm{mean}_j\,|\sigma_j/\sigma_{B,j} - 1|`,
    note: 'Training-inference discrepancy: how far the running standard deviation is from the batch’s, as a share of it.',
    source:
      'Wang et al. 2022, Understanding the Failure of Batch Normalization for Transformers in NLP, eq. 5',
  },
  logit_rms: {
    note: 'Root mean square of the logits.',
  },
  output_entropy: {
    note: 'Mean entropy of the predicted distribution, in nats.',
  },
  accuracy: {
    note: 'Share of counted tokens whose most likely symbol is right.',
  },
  ece: {
    formula: String.raw`\sum_{k=1}^{15} \tfrac{n_k}{N}\,\lvert\mathrm{acc}_k - \mathrm{conf}_k\rvert`,
    note: 'Expected calibration error: how far the probability of the most likely symbol is from how often it is right, in 15 bins of that probability, over counted tokens.',
    source: 'Guo et al. 2017, On Calibration of Modern Neural Networks, eq. 3',
  },
  grad_norm: {
    formula: String.raw`\lVert\partial\mathcal L/\partial\theta\rVert_2`,
    note: 'Length of the whole gradient, over all that is learned, before clipping and without the loss scale.',
  },
  clip_factor: {
    formula: String.raw`\min(1,\; c/\lVert g\rVert)`,
    note: 'The factor that clipping multiplies the gradient by; 1 where nothing is clipped.',
  },
  lr: {
    formula: String.raw`\eta_n`,
    note: 'Learning rate of the update, with warm-up and schedule.',
  },
  loss_scale: {
    note: 'The factor of the loss in low precision, which is divided out of the gradient.',
  },
  changed: {
    note: '1 where the update changes at least one weight, 0 where it changes none.',
  },
  step: {
    note: 'How many updates have been made.',
  },
  loss: {
    formula: String.raw`-\tfrac1N\sum_t \ln p(w_{t+1})`,
    note: 'Mean cross-entropy over all counted tokens, in nats; the sum of a random projection has no unit.',
  },
  ...ofModalities('rms'),
  ...ofModalities('grad_rms'),
};

/** The meaning of a quantity: of its statistic, and of the place where it is taken. */
export function noteOn({ of, statistic, place, each }: Quantity): StatisticNote {
  const about = STATISTIC_NOTES[statistic];
  if (of === 'param') return { ...about, note: `${about.note} Here of ${place} in every layer.` };
  if (of !== 'site') return about;
  const note = each
    ? 'Over the tokens of one modality alone: m0 are the even positions, m1 the odd ones.'
    : about.note;
  const at = SITE_STATISTICS[statistic].direction === 'backward' ? 'at' : 'of';
  return { ...about, note: `${note} Here ${at} ${place}, ${siteNote(place)}.` };
}
