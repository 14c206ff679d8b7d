import { mapValues } from '../lib/objects';
import { choices, type Choice } from './choice';
import { type Config, modalitiesOf } from './fields';
import { isJoint, isPerToken, type BlockSite, type StackSite } from './sites';

/** All that is needed of a statistic to measure and to draw it; what it means stands in `statisticNotes.ts`. */
export interface AboutStatistic extends Pick<Choice, 'label'> {
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

const rounded = { by: 'losses', log: true, needs: 'low_precision' } as const;
const ofSignal = { direction: 'forward', by: 'moments', unit: 'signal' } as const;
const ofTokens = { direction: 'forward', by: 'tokenMoments', at: 'tokens' } as const;

const OF_ALL = {
  rms: {
    ...ofSignal,
    label: 'RMS',
    log: true,
  },
  rms_typical: {
    ...ofTokens,
    label: 'typical RMS',
    log: true,
    unit: 'signal',
  },
  rms_first: {
    ...ofTokens,
    label: 'RMS of the first token',
    log: true,
    unit: 'signal',
  },
  rms_rest: {
    ...ofTokens,
    label: 'RMS of the other tokens',
    log: true,
    unit: 'signal',
  },
  mean: {
    ...ofSignal,
    label: 'mean',
  },
  absmax: {
    ...ofSignal,
    label: 'largest',
    log: true,
  },
  kurtosis: {
    label: 'kurtosis',
    log: true,
    direction: 'forward',
    by: 'moments',
  },
  outlier: {
    ...ofTokens,
    label: 'outlier features',
    log: true,
  },
  token_cosine: {
    ...ofTokens,
    label: 'token alignment',
    domain: [0, 1],
  },
  grad_rms: {
    label: 'gradient RMS',
    log: true,
    direction: 'backward',
    by: 'gradient',
    unit: 'signal',
    noun: 'the gradient',
  },
  branch_ratio: {
    label: 'branch over stream',
    log: true,
    direction: 'forward',
    by: 'ratio',
    at: 'joints',
  },
  underflow: {
    ...rounded,
    label: 'underflow',
    direction: 'forward',
    counts: 'became 0',
  },
  overflow: {
    ...rounded,
    label: 'overflow',
    direction: 'forward',
    counts: 'overflowed',
  },
  grad_underflow: {
    ...rounded,
    label: 'gradient underflow',
    direction: 'backward',
    counts: 'became 0',
  },
  grad_overflow: {
    ...rounded,
    label: 'gradient overflow',
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

const ofEachModality = (of: keyof typeof MODALITY_COLUMNS) =>
  Object.fromEntries(
    MODALITY_COLUMNS[of].map((id, m): [string, AboutSite] => [
      id,
      {
        ...OF_ALL[of],
        label: `${OF_ALL[of].label}, modality ${m}`,
        at: 'tokens',
        needs: 'modalities',
      },
    ]),
  ) as Record<OfEach<Whole>, AboutSite>;

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
    domain: [0, 1],
  },
  max_logit: {
    label: 'largest score',
  },
  sink: {
    label: 'first-token share',
    domain: [0, 1],
  },
  distance: {
    label: 'distance',
  },
});

/** Of each named parameter W. */
export const PARAM_STATISTICS = choices<AboutStatistic>()({
  param_rms: {
    label: 'weight RMS',
    log: true,
    noun: 'the weight RMS',
  },
  param_grad_rms: {
    label: 'weight gradient RMS',
    log: true,
    noun: 'the gradient',
  },
  update_ratio: {
    label: 'update ratio',
    log: true,
    noun: 'the update ratio',
  },
});

/** Of a norm over the batch: how far the batch is from what evaluation will use. */
export const NORM_STATISTICS = choices<AboutStatistic>()({
  mean_tid: {
    label: 'mean TID',
    log: true,
  },
  var_tid: {
    label: 'variance TID',
    log: true,
  },
});

/** Of the softmax over the vocabulary. */
export const LOGIT_STATISTICS = choices<AboutStatistic>()({
  logit_rms: {
    label: 'logit RMS',
    log: true,
  },
  output_entropy: {
    label: 'output entropy',
  },
  accuracy: {
    label: 'accuracy',
    domain: [0, 1],
  },
  ece: {
    label: 'calibration error',
    domain: [0, 1],
  },
});

/** Of the update that follows. */
export const UPDATE_STATISTICS = choices<AboutStatistic>()({
  grad_norm: {
    label: 'gradient norm',
    log: true,
    noun: 'the gradient norm',
  },
  clip_factor: {
    label: 'clip factor',
    log: true,
    domain: [0, 1],
  },
  lr: {
    label: 'learning rate',
    log: true,
  },
  loss_scale: {
    label: 'loss scale',
    log: true,
  },
  changed: {
    label: 'changes weights',
    domain: [0, 1],
  },
});

/** Of the model’s output, and of the update that follows from it. */
export const OUTPUT_STATISTICS = { ...LOGIT_STATISTICS, ...UPDATE_STATISTICS };

/** Of the run as a whole. */
export const RUN_STATISTICS = choices<AboutStatistic>()({
  step: {
    label: 'step',
  },
  loss: {
    label: 'loss',
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
