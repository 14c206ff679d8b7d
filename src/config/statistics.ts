import { mapValues } from '../lib/objects';
import { choices, type Choice } from './choice';
import { type Config, modalitiesOf } from './fields';
import { isJoint, isPerToken, type BlockSite, type StackSite } from './sites';

export interface AboutStatistic extends Choice {
  /** Its axis is logarithmic by default. */
  log?: true;
  /** Ends of a scale that is bounded by definition. */
  domain?: [number, number];
  /** Its name in a sentence, where that is not the label. */
  noun?: string;
}

export type Direction = 'forward' | 'backward';

export interface AboutSite extends AboutStatistic {
  direction: Direction;
  /** The computation that gives it: see `stats/rows.ts`. */
  by: 'moments' | 'tokenMoments' | 'gradient' | 'losses' | 'ratio';
  /** `signal` where values are as large as what flows at the site; pure numbers and counts have no unit. */
  unit?: 'signal';
  /** The fate of the numbers that it counts, where it is a count. */
  counts?: 'became 0' | 'overflowed';
  /** The sites at which it is defined, if not all: where every token has a row, or where a branch joins. */
  at?: 'tokens' | 'joints';
  /** A configuration must have this for it to be measured. */
  needs?: 'low_precision' | 'modalities';
}

const ROUNDED =
  'Over all that was rounded since the site before; a product adds up in float32, and only its result is rounded.';
const rounded = { by: 'losses', log: true, needs: 'low_precision' } as const;
const ofSignal = { direction: 'forward', by: 'moments', unit: 'signal' } as const;
const ofTokens = { direction: 'forward', by: 'tokenMoments', at: 'tokens' } as const;

const OF_ALL = {
  rms: {
    ...ofSignal,
    label: 'RMS',
    formula: String.raw`\sqrt{\tfrac1N\sum X^2}`,
    note: 'Root mean square over all elements, the mean not removed.',
    log: true,
  },
  rms_typical: {
    ...ofTokens,
    label: 'typical RMS',
    formula: String.raw`\exp\,\mathrm{mean}_t \ln \mathrm{rms}(x_t)`,
    note: 'Geometric mean of the tokens’ RMS, which one huge token hardly moves; tokens of zeros are left out.',
    log: true,
    unit: 'signal',
  },
  rms_first: {
    ...ofTokens,
    label: 'RMS of the first token',
    formula: String.raw`\mathrm{rms}(x_0)`,
    note: 'Root mean square at position 0 alone, where massive activations and sinks gather.',
    log: true,
    unit: 'signal',
  },
  rms_rest: {
    ...ofTokens,
    label: 'RMS of the other tokens',
    formula: String.raw`\mathrm{rms}(x_t),\; t > 0`,
    note: 'Root mean square over all positions but the first.',
    log: true,
    unit: 'signal',
  },
  mean: {
    ...ofSignal,
    label: 'mean',
    formula: String.raw`\tfrac1N\sum X`,
    note: 'Mean over all elements.',
  },
  absmax: {
    ...ofSignal,
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
    direction: 'forward',
    by: 'moments',
  },
  outlier: {
    ...ofTokens,
    label: 'outlier features',
    formula: String.raw`\mathrm{mean}_j\, s_j^4 / (\mathrm{mean}_j\, s_j^2)^2`,
    note: 'Neuron kurtosis: with s_j the RMS of feature j over tokens; 1 when all features are alike, d when one carries everything.',
    source: 'He et al. 2024, Understanding and Minimising Outlier Features',
    log: true,
  },
  token_cosine: {
    ...ofTokens,
    label: 'token alignment',
    formula: String.raw`\mathrm{mean}_{i \ne j} \cos(x_i, x_j)`,
    note: 'Mean cosine between two tokens of one sequence: 0 unrelated, 1 when all tokens have become the same.',
    source: 'Noci et al. 2022, Signal Propagation in Transformers',
    domain: [0, 1],
  },
  grad_rms: {
    label: 'gradient RMS',
    formula: String.raw`\sqrt{\tfrac1N\sum (\partial \mathcal L/\partial X)^2}`,
    note: 'Root mean square of the gradient of the loss with respect to the activation.',
    log: true,
    direction: 'backward',
    by: 'gradient',
    unit: 'signal',
    noun: 'the gradient',
  },
  branch_ratio: {
    label: 'branch over stream',
    formula: String.raw`\mathrm{rms}(f)/\mathrm{rms}(x)`,
    note: 'How large what a branch adds is against the stream it joins.',
    log: true,
    direction: 'forward',
    by: 'ratio',
    at: 'joints',
  },
  underflow: {
    ...rounded,
    label: 'underflow',
    note: `How many numbers were not 0 and became 0 when they were rounded to the format. ${ROUNDED}`,
    direction: 'forward',
    counts: 'became 0',
  },
  overflow: {
    ...rounded,
    label: 'overflow',
    note: `How many numbers were finite and became infinite, or not a number, when they were rounded to the format. ${ROUNDED}`,
    direction: 'forward',
    counts: 'overflowed',
  },
  grad_underflow: {
    ...rounded,
    label: 'gradient underflow',
    note: `How many numbers of the backward pass became 0 on the way to this site. ${ROUNDED}`,
    direction: 'backward',
    counts: 'became 0',
  },
  grad_overflow: {
    ...rounded,
    label: 'gradient overflow',
    note: `How many numbers of the backward pass became infinite, or not a number, on the way to this site. ${ROUNDED}`,
    direction: 'backward',
    counts: 'overflowed',
  },
} as const satisfies Record<string, AboutSite>;

/** Statistics that are also taken over the tokens of each modality alone, every modality in a column of its own. */
export const MODALITY_COLUMNS = {
  rms: ['rms_modality_0', 'rms_modality_1'],
  grad_rms: ['grad_rms_modality_0', 'grad_rms_modality_1'],
} as const satisfies Partial<Record<keyof typeof OF_ALL, string[]>>;

type Whole = keyof typeof OF_ALL;
type OfEach<Id> = (typeof MODALITY_COLUMNS)[Id & keyof typeof MODALITY_COLUMNS][number];

/** The columns of sites in a frame. */
export type SiteStatistic = Whole | OfEach<Whole>;

const ofEachModality = (of: keyof typeof MODALITY_COLUMNS) => {
  const { formula: _, ...about } = OF_ALL[of];
  return Object.fromEntries(
    MODALITY_COLUMNS[of].map((id, m): [string, AboutSite] => [
      id,
      {
        ...about,
        label: `${about.label}, modality ${m}`,
        note: `Over the tokens of modality ${m} alone, positions with t mod 2 = ${m}.`,
        at: 'tokens',
        needs: 'modalities',
      },
    ]),
  ) as Record<OfEach<Whole>, AboutSite>;
};

/** Of a site’s tensor X and its gradient G = ∂loss/∂X. */
export const SITE_STATISTICS: Record<SiteStatistic, AboutSite> = {
  ...OF_ALL,
  ...ofEachModality('rms'),
  ...ofEachModality('grad_rms'),
};

/** Of each head’s attention pattern A and its scores. */
export const HEAD_STATISTICS = choices<AboutStatistic>()({
  entropy: {
    label: 'entropy',
    formula: String.raw`-\sum_j A_{ij}\ln A_{ij} / \ln n_i`,
    note: 'Mean over rows, over the log of the number of keys the row sees: 1 is uniform, 0 is one key alone.',
    source:
      'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
    domain: [0, 1],
  },
  max_logit: {
    label: 'largest score',
    formula: String.raw`\max_{ij\ \mathrm{unmasked}} s_{ij}`,
    note: 'The largest score among the pairs that attention may use; growth during training precedes collapse.',
    source: 'Dehghani et al. 2023, Scaling Vision Transformers to 22 Billion Parameters',
  },
  sink: {
    label: 'first-token share',
    formula: String.raw`\mathrm{mean}_i\, A_{i0}`,
    note: 'Attention to the first token. Uniform causal attention already gives it a share: that is the baseline of a sink, not one.',
    source: 'Xiao et al. 2023, Efficient Streaming Language Models with Attention Sinks',
    domain: [0, 1],
  },
  distance: {
    label: 'distance',
    formula: String.raw`\mathrm{mean}_i \sum_j A_{ij}(i - j)`,
    note: 'How many tokens back a head reads, on average.',
  },
});

/** Of each named parameter W. */
export const PARAM_STATISTICS = choices<AboutStatistic>()({
  param_rms: {
    label: 'weight RMS',
    formula: String.raw`\lVert W\rVert/\sqrt{\mathrm{numel}}`,
    note: 'Root mean square of the weights.',
    log: true,
    noun: 'the weight RMS',
  },
  param_grad_rms: {
    label: 'weight gradient RMS',
    formula: String.raw`\lVert\partial\mathcal L/\partial W\rVert/\sqrt{\mathrm{numel}}`,
    note: 'Root mean square of the gradient with respect to the weights, before clipping.',
    log: true,
    noun: 'the gradient',
  },
  update_ratio: {
    label: 'update ratio',
    formula: String.raw`\lVert\Delta W\rVert/\lVert W\rVert`,
    note: 'How large the update that follows is against the weights, after clipping, schedule and decay.',
    log: true,
    noun: 'the update ratio',
  },
});

/** Of a norm over the batch: how far the batch is from what evaluation will use. */
export const NORM_STATISTICS = choices<AboutStatistic>()({
  mean_tid: {
    label: 'mean TID',
    formula: String.raw`\mathrm{mean}_j\,|\mu_{B,j} - \mu_j|/\sigma_{B,j}`,
    note: 'Training-inference discrepancy: how far the batch’s mean is from the running mean that evaluation uses, in standard deviations of the batch.',
    source:
      'Wang et al. 2022, Understanding the Failure of Batch Normalization for Transformers in NLP, eq. 4',
    log: true,
  },
  var_tid: {
    label: 'variance TID',
    formula: String.raw`\mathrm{mean}_j\,|\sigma_j/\sigma_{B,j} - 1|`,
    note: 'Training-inference discrepancy: how far the running standard deviation is from the batch’s, as a share of it.',
    source:
      'Wang et al. 2022, Understanding the Failure of Batch Normalization for Transformers in NLP, eq. 5',
    log: true,
  },
});

/** Of the softmax over the vocabulary. */
export const LOGIT_STATISTICS = choices<AboutStatistic>()({
  logit_rms: {
    label: 'logit RMS',
    note: 'Root mean square of the logits.',
    log: true,
  },
  output_entropy: {
    label: 'output entropy',
    note: 'Mean entropy of the predicted distribution, in nats.',
  },
  accuracy: {
    label: 'accuracy',
    note: 'Share of counted tokens whose most likely symbol is right.',
    domain: [0, 1],
  },
  ece: {
    label: 'calibration error',
    formula: String.raw`\sum_{k=1}^{15} \tfrac{n_k}{N}\,\lvert\mathrm{acc}_k - \mathrm{conf}_k\rvert`,
    note: 'Expected calibration error: how far the probability of the most likely symbol is from how often it is right, in 15 bins of that probability, over counted tokens.',
    source: 'Guo et al. 2017, On Calibration of Modern Neural Networks, eq. 3',
    domain: [0, 1],
  },
});

/** Of the update that follows. */
export const UPDATE_STATISTICS = choices<AboutStatistic>()({
  grad_norm: {
    label: 'gradient norm',
    formula: String.raw`\lVert\partial\mathcal L/\partial\theta\rVert_2`,
    note: 'Length of the whole gradient, over all that is learned, before clipping and without the loss scale.',
    log: true,
    noun: 'the gradient norm',
  },
  clip_factor: {
    label: 'clip factor',
    formula: String.raw`\min(1,\; c/\lVert g\rVert)`,
    note: 'The factor that clipping multiplies the gradient by; 1 where nothing is clipped.',
    log: true,
    domain: [0, 1],
  },
  lr: {
    label: 'learning rate',
    formula: String.raw`\eta_n`,
    note: 'Learning rate of the update, with warm-up and schedule.',
    log: true,
  },
  loss_scale: {
    label: 'loss scale',
    note: 'The factor of the loss in low precision, which is divided out of the gradient.',
    log: true,
  },
  changed: {
    label: 'changes weights',
    note: '1 where the update changes at least one weight, 0 where it changes none.',
    domain: [0, 1],
  },
});

/** Of the model’s output, and of the update that follows from it. */
export const OUTPUT_STATISTICS = { ...LOGIT_STATISTICS, ...UPDATE_STATISTICS };

/** Of the run as a whole. */
export const RUN_STATISTICS = choices<AboutStatistic>()({
  step: {
    label: 'step',
    note: 'How many updates have been made.',
  },
  loss: {
    label: 'loss',
    formula: String.raw`-\tfrac1N\sum_t \ln p(w_{t+1})`,
    note: 'Mean cross-entropy over all counted tokens, in nats; the sum of a random projection has no unit.',
  },
});

/** Everything that is measured, by what it is of. A statistic's name says which of these it belongs to. */
export const STATISTICS = {
  site: SITE_STATISTICS,
  head: HEAD_STATISTICS,
  param: PARAM_STATISTICS,
  norm: NORM_STATISTICS,
  output: OUTPUT_STATISTICS,
  run: RUN_STATISTICS,
};

export type HeadStatistic = keyof typeof HEAD_STATISTICS;
export type ParamStatistic = keyof typeof PARAM_STATISTICS;
export type LogitStatistic = keyof typeof LOGIT_STATISTICS;
export type UpdateStatistic = keyof typeof UPDATE_STATISTICS;
export type OutputStatistic = LogitStatistic | UpdateStatistic;
export type NormStatistic = keyof typeof NORM_STATISTICS;

/** Names of statistics, by what they are of. */
export type StatisticNames = { [Of in keyof typeof STATISTICS]: keyof (typeof STATISTICS)[Of] };
export const STATISTIC_IDS = mapValues(STATISTICS, Object.keys) as {
  [Of in keyof StatisticNames]: StatisticNames[Of][];
};
export const LOGIT_STATISTIC_IDS = Object.keys(LOGIT_STATISTICS) as LogitStatistic[];

type Having<Known extends Partial<AboutSite>> = {
  [Id in Whole]: (typeof OF_ALL)[Id] extends Known ? Id : never;
}[Whole];
export type StatisticBy<By extends AboutSite['by']> = Having<{ by: By }>;
export type StatisticOf<D extends Direction> =
  Having<{ direction: D }> | OfEach<Having<{ direction: D }>>;

/** The statistics of sites that one pass measures. */
export const statisticsOf = <D extends Direction>(direction: D): StatisticOf<D>[] =>
  STATISTIC_IDS.site.filter(
    (id): id is StatisticOf<D> => SITE_STATISTICS[id].direction === direction,
  );

/** Tests of a site statistic that counts numbers: counts can be added up over the sites of a block. */
export const isCount = (id: string): boolean =>
  Object.hasOwn(SITE_STATISTICS, id) && SITE_STATISTICS[id as SiteStatistic].counts !== undefined;

const DEFINED: Record<NonNullable<AboutSite['at']>, (site: BlockSite | StackSite) => boolean> = {
  tokens: isPerToken,
  joints: isJoint,
};

/** Where a statistic has a value; elsewhere it is NaN. */
export function isDefinedAt(id: SiteStatistic, site: BlockSite | StackSite): boolean {
  const { at } = SITE_STATISTICS[id];
  return !at || DEFINED[at](site);
}

/** The site statistics that a configuration has. */
export const siteStatisticsOf = (config: Pick<Config, 'precision' | 'task'>): SiteStatistic[] => {
  const has = { low_precision: config.precision !== 'fp32', modalities: modalitiesOf(config) > 1 };
  return STATISTIC_IDS.site.filter((id) => {
    const { needs } = SITE_STATISTICS[id];
    return !needs || has[needs];
  });
};
