import { choices, type Choice } from './choice';

interface Statistic extends Choice {
  /** Whether its axis is logarithmic by default. */
  log: boolean;
  /** Ends of a scale that is bounded by definition. */
  domain?: [number, number];
}

/** Of a site’s tensor X and its gradient G = ∂loss/∂X. */
export const SITE_STATISTICS = choices<
  'rms' | 'mean' | 'absmax' | 'kurtosis' | 'outlier' | 'token_cosine' | 'grad_rms' | 'branch_ratio',
  Statistic
>({
  rms: {
    label: 'RMS',
    formula: String.raw`\sqrt{\tfrac1N\sum X^2}`,
    note: 'Root mean square over all elements, the mean not removed.',
    log: true,
  },
  mean: {
    label: 'mean',
    formula: String.raw`\tfrac1N\sum X`,
    note: 'Mean over all elements.',
    log: false,
  },
  absmax: {
    label: 'largest',
    formula: String.raw`\max |X|`,
    note: 'The largest absolute value.',
    log: true,
  },
  kurtosis: {
    label: 'kurtosis',
    formula: String.raw`E[x^4]/E[x^2]^2`,
    note: 'Over all elements; 3 for a Gaussian, more with outliers.',
    log: true,
  },
  outlier: {
    label: 'outlier features',
    formula: String.raw`\mathrm{mean}_j\, s_j^4 / (\mathrm{mean}_j\, s_j^2)^2`,
    note: 'Neuron kurtosis: with s_j the RMS of feature j over tokens; 1 when all features are alike, d when one carries everything.',
    source: 'He et al. 2024, Understanding and Minimising Outlier Features',
    log: true,
  },
  token_cosine: {
    label: 'token alignment',
    formula: String.raw`\mathrm{mean}_{i \ne j} \cos(x_i, x_j)`,
    note: 'Mean cosine between two tokens of one sequence: 0 unrelated, 1 when all tokens have become the same.',
    source: 'Noci et al. 2022, Signal Propagation in Transformers',
    log: false,
    domain: [0, 1],
  },
  grad_rms: {
    label: 'gradient RMS',
    formula: String.raw`\sqrt{\tfrac1N\sum (\partial \mathcal L/\partial X)^2}`,
    note: 'Root mean square of the gradient of the loss with respect to the activation.',
    log: true,
  },
  branch_ratio: {
    label: 'branch over stream',
    formula: String.raw`\mathrm{rms}(f)/\mathrm{rms}(x)`,
    note: 'How large what a branch adds is against the stream it joins.',
    log: true,
  },
});

/** Of each head’s attention pattern A and its scores. */
export const HEAD_STATISTICS = choices<'entropy' | 'max_logit' | 'sink' | 'distance', Statistic>({
  entropy: {
    label: 'entropy',
    formula: String.raw`-\sum_j A_{ij}\ln A_{ij} / \ln n_i`,
    note: 'Mean over rows, over the log of the number of keys the row sees: 1 is uniform, 0 is one key alone.',
    source:
      'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
    log: false,
    domain: [0, 1],
  },
  max_logit: {
    label: 'largest score',
    formula: String.raw`\max_{ij} s_{ij}`,
    note: 'The largest score before the mask; growth during training precedes collapse.',
    source: 'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters',
    log: false,
  },
  sink: {
    label: 'first-token share',
    formula: String.raw`\mathrm{mean}_i\, A_{i0}`,
    note: 'Attention to the first token. Uniform causal attention already gives it a share: that is the baseline of a sink, not one.',
    source: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
    log: false,
    domain: [0, 1],
  },
  distance: {
    label: 'distance',
    formula: String.raw`\mathrm{mean}_i \sum_j A_{ij}(i - j)`,
    note: 'How many tokens back a head reads, on average.',
    log: false,
  },
});

/** Of each named parameter W. */
export const PARAM_STATISTICS = choices<'param_rms' | 'param_grad_rms' | 'update_ratio', Statistic>(
  {
    param_rms: {
      label: 'weight RMS',
      formula: String.raw`\lVert W\rVert/\sqrt{\mathrm{numel}}`,
      note: 'Root mean square of the weights.',
      log: true,
    },
    param_grad_rms: {
      label: 'weight gradient RMS',
      formula: String.raw`\lVert\partial\mathcal L/\partial W\rVert/\sqrt{\mathrm{numel}}`,
      note: 'Root mean square of the gradient with respect to the weights, before clipping.',
      log: true,
    },
    update_ratio: {
      label: 'update ratio',
      formula: String.raw`\lVert\Delta W\rVert/\lVert W\rVert`,
      note: 'How large the update that follows is against the weights, after clipping, schedule and decay.',
      log: true,
    },
  },
);

/** Of the softmax over the vocabulary. */
export const OUTPUT_STATISTICS = choices<'logit_rms' | 'output_entropy' | 'accuracy', Statistic>({
  logit_rms: {
    label: 'logit RMS',
    note: 'Root mean square of the logits.',
    log: true,
  },
  output_entropy: {
    label: 'output entropy',
    note: 'Mean entropy of the predicted distribution, in nats.',
    log: false,
  },
  accuracy: {
    label: 'accuracy',
    note: 'Share of counted tokens whose most likely symbol is right.',
    log: false,
    domain: [0, 1],
  },
});

export type SiteStatistic = keyof typeof SITE_STATISTICS;
export type HeadStatistic = keyof typeof HEAD_STATISTICS;
export type ParamStatistic = keyof typeof PARAM_STATISTICS;
export type OutputStatistic = keyof typeof OUTPUT_STATISTICS;

const ids = <K extends string>(entries: Record<K, unknown>) => Object.keys(entries) as K[];
export const SITE_STATISTIC_IDS = ids(SITE_STATISTICS);
export const HEAD_STATISTIC_IDS = ids(HEAD_STATISTICS);
export const PARAM_STATISTIC_IDS = ids(PARAM_STATISTICS);
export const OUTPUT_STATISTIC_IDS = ids(OUTPUT_STATISTICS);
