import { hasScores, normsUsed } from '../config/applies';
import { isGated, type Config } from '../config/fields';
import { layerPlans } from '../config/layers';
import { norms, type NormId } from '../config/norms';
import { normsOf, placements, type PlacementId } from '../config/placements';
import { formatSignificant } from '../lib/significant';
import { LARGEST_EXPONENT } from './attention';
import { meanOver } from './gaussian';
import type { Given } from './input';
import { diagonal, hadamard, mean, meanOfAll, sizeOf, type Symmetric } from './matrix';
import { lessMean, normLaws, pointFunctions } from './norms';
import { courseOf, type Course } from './stack';
import { countOf, tokenCosine, type Tokens } from './tokens';
import { embedStd } from './weights';

/** All that an assumption is judged by. */
export interface Subject {
  config: Config;
  /** The step whose measurement is compared, and whether weights came from a file. */
  moment: Moment;
  given: Given | null;
  /** The course of the stack and its tokens; null where nothing is computed. */
  computed: { course: Course; tokens: Tokens } | null;
}

export interface Moment {
  step: number;
  hasOwnWeights: boolean;
}

/** By how much an assumption fails. */
interface Failure {
  /** In a few words that name what fails: “width 64 < 128”. */
  brief: string;
  /** In plain words, with the numbers that decide. */
  reason: string;
}

export interface Verdict {
  id: string;
  holds: boolean;
  /** The failure in a few words; null where it holds. */
  brief: string | null;
  /** In plain words, with the numbers that decide; the statement where it holds. */
  reason: string;
}

interface Assumption {
  id: string;
  statement: string;
  /** Null where it holds. */
  fails(subject: Subject): Failure | null;
}

/** The longest sequence that is computed: covariances are matrices over its tokens. */
export const LONGEST = 256;
/** Below this width finite-size effects are over a few per cent. */
const WIDE = 128;
/** Below this many features of a head products of queries and keys are far from normal. */
const HEAD = 16;
/** Up to this variance of the scores in a row the law of softmax was found to hold. */
const SCORES = 2;
/** A norm over the batch wants so many tokens that differ. */
const MANY = 64;
/** So many layers without a skip were found to be predicted. */
const WITHOUT_SKIP = 8;
/** The power of what enters with which a stack may grow before the scatter of single tokens decides. */
const POWER = 3;

/** The cosine beyond which the tokens of a sequence act as one. */
const ALIGNED = 0.9;
/** So many features there must be for each layer of aligned tokens whose sum with the branch is normed. */
const FEATURES_PER_LAYER = 16;

/** From here on numbers are told by powers of ten. */
const LARGE = 1e5;
const digits = (x: number): string =>
  Math.abs(x) < LARGE ? String(Number(x.toPrecision(3))) : formatSignificant(x, 3);

/** “width 64 < 128”: a quantity on the wrong side of its bound. */
const under = (name: string, value: number, bound: number): string =>
  `${name} ${digits(value)} < ${digits(bound)}`;
const over = (name: string, value: number, bound: number): string =>
  Number.isNaN(value) ? `${name} is no number` : `${name} ${digits(value)} > ${digits(bound)}`;

/** (Σ λ)²/Σ λ² of a covariance: the number of tokens that it is spread over. */
function tokensInEffect(second: Symmetric): number {
  const trace = diagonal(second).reduce((sum, x) => sum + x, 0);
  return trace ** 2 / (sizeOf(second) ** 2 * meanOfAll(hadamard(second, second)));
}

/** Tests of a placement whose norm reads stream and branch together, found by walking its definition. */
function normsTheSum(id: PlacementId): boolean {
  let found = false;
  const norm = (isSum: boolean) => {
    found ||= isSum;
    return false;
  };
  const on = { f: () => false, add: () => true, amplify: (x: boolean) => x };
  placements[id].update<boolean>(false, { ...on, norm, norm_out: norm });
  return found;
}

/** The pointwise norms through which the stream itself passes. */
const pointwiseOnStream = (config: Config): NormId[] =>
  layerPlans(config)
    .filter(({ placement, norm }) => normsTheSum(placement) && pointFunctions[norm])
    .map(({ norm }) => norm);

/** E y⁴/(E y²)² − 3 of a function of a normal number of this size. */
const excessKurtosis = (f: (x: number) => number, size: number): number =>
  meanOver((z) => f(size * z) ** 4) / meanOver((z) => f(size * z) ** 2) ** 2 - 3;

/** MLPs of the second degree, some of which read a stream that no norm divides by its size. */
const hasPowers = (config: Config): boolean =>
  config.sublayers !== 'attn' &&
  (isGated(config) || config.activation === 'relu2') &&
  layerPlans(config).some(({ placement, norm }) => !normsOf(placement).length || norm === 'none');

/** d ln rms_L/d ln rms_0: the power of what enters with which the last layer grows. */
function powerOf({ config, given, computed }: Subject): number {
  const { course, tokens } = computed!;
  const last = `blocks.${config.n_layers - 1}.resid_post`;
  const size = ({ sites }: Course) => meanSquare(sites.get(last)!.signal.second);
  const step = 1e-3;
  const larger = courseOf(config, tokens, given, Math.exp(step));
  return Math.log(size(larger) / size(course)) / (2 * step);
}

/** Layers whose norm reads the sum of a branch and of a stream in which tokens have aligned. */
const alignedLayers = (
  config: Config,
  { course, tokens }: NonNullable<Subject['computed']>,
): number =>
  layerPlans(config).filter(({ placement }, l) => {
    const entering = course.sites.get(`blocks.${l}.resid_pre`)!.signal.second;
    return normsTheSum(placement) && tokens.T > 1 && tokenCosine(entering, tokens) > ALIGNED;
  }).length;

const meanSquare = (second: Symmetric): number => mean(diagonal(second));

/** Of a cap that is not far above what it caps, four standard deviations of it. */
function cappedBy(name: string, cap: number, variance: number): Failure | null {
  const deviation = Math.sqrt(variance);
  return cap && cap < 4 * deviation
    ? {
        brief: under(`cap of ${name}`, cap, 4 * deviation),
        reason: `It is ${digits(cap)}, and the ${name}’ standard deviation is ${digits(deviation)}.`,
      }
    : null;
}

/** The theory’s assumptions, each in its own words, with the test of a configuration and its course. */
export const ASSUMPTIONS: Assumption[] = [
  {
    id: 'initialization',
    statement: 'The weights are those of step 0, as the initialization draws them.',
    fails({ moment: { step, hasOwnWeights } }) {
      if (hasOwnWeights)
        return { brief: 'weights from a file', reason: 'The weights come from a file.' };
      const made = `${step} ${step === 1 ? 'update has' : 'updates have'} been made`;
      return step > 0 ? { brief: made, reason: `${made}.` } : null;
    },
  },
  {
    id: 'width',
    statement: `The width is at least ${WIDE}: sums over features are their means.`,
    fails: ({ config: { d_model: d } }) =>
      d < WIDE
        ? {
            brief: under('width', d, WIDE),
            reason: `The width is ${d}: single seeds scatter by about ${digits(100 * Math.sqrt(2 / d))} % in mean squares.`,
          }
        : null,
  },
  {
    id: 'head_width',
    statement: `A head has at least ${HEAD} features, so that scores are nearly normal.`,
    fails({ config }) {
      const d = config.d_model / config.n_heads;
      return hasScores(config) && d < HEAD
        ? {
            brief: under('head width', d, HEAD),
            reason: `A head has ${d} features: the excess kurtosis of its scores is ${digits(6 / d)}.`,
          }
        : null;
    },
  },
  {
    id: 'norm',
    statement: 'Every norm has a law.',
    fails({ config }) {
      const without = [...new Set(normsUsed(config))].filter((id) => !normLaws[id]);
      const names = without.map((id) => norms[id].label).join(' and ');
      return without.length
        ? {
            brief: `no law of ${names}`,
            reason: `${names}: divided by the size of too few features to be a mean. Nothing is predicted.`,
          }
        : null;
    },
  },
  {
    id: 'batch_statistics',
    statement: `A norm over the batch sees at least ${MANY} tokens that differ.`,
    fails({ config, computed }) {
      const ids = normsUsed(config).filter((id) => norms[id].over === 'batch');
      if (!ids.length || !computed) return null;
      const { course, tokens } = computed;
      const [taken, all] = [countOf(tokens), config.batch_size * config.seq_len];
      if (taken < MANY) {
        return {
          brief: under('tokens of the batch', taken, MANY),
          reason: `The batch has ${taken} tokens.`,
        };
      }
      if (taken < all) {
        return {
          brief: `${taken} tokens taken for ${all}`,
          reason: `Of ${all} tokens the theory takes ${taken} for all.`,
        };
      }
      const last = course.sites.get(`blocks.${config.n_layers - 1}.resid_post`)!.signal.second;
      const count = Math.min(
        ...ids.map((id) => tokensInEffect(norms[id].centres ? lessMean(last) : last)),
      );
      return count < MANY
        ? {
            brief: under('tokens that differ', count, MANY),
            reason: `As far as they differ, the tokens of the last layer count as ${digits(count)}: features differ in size.`,
          }
        : null;
    },
  },
  {
    id: 'length',
    statement: `A sequence has at most ${LONGEST} tokens.`,
    fails: ({ config: { seq_len: T } }) =>
      T > LONGEST
        ? {
            brief: over('sequence length', T, LONGEST),
            reason: `It has ${T}. Nothing is predicted.`,
          }
        : null,
  },
  {
    id: 'positions',
    statement: 'Scores do not fall with distance by themselves.',
    fails: ({ config }) =>
      config.positions.startsWith('alibi') && hasScores(config)
        ? {
            brief: 'ALiBi',
            reason: 'ALiBi makes near tokens more likely, head by head. Nothing is predicted.',
          }
        : null,
  },
  {
    id: 'scores',
    statement: `The scores of a row have a variance of at most ${SCORES}.`,
    fails({ config, computed }) {
      if (!hasScores(config) || !computed) return null;
      const spread = Math.max(...computed.course.patterns.map((pattern) => pattern.spread));
      if (spread <= SCORES) return null;
      const cut = spread > LARGEST_EXPONENT ? ` The law is used as of ${LARGEST_EXPONENT}.` : '';
      return {
        brief: over('variance of scores', spread, SCORES),
        reason: `It is ${digits(spread)} in some layer: single keys have most of a row, and 1/n of the law is not small.${cut}`,
      };
    },
  },
  {
    id: 'score_cap',
    statement: 'The cap of the scores is far above them.',
    fails({ config, computed }) {
      if (!hasScores(config) || !computed) return null;
      const spread = Math.max(...computed.course.patterns.map((pattern) => pattern.spread));
      return cappedBy('scores', config.attn_softcap, spread);
    },
  },
  {
    id: 'logit_cap',
    statement: 'The cap of the logits is far above them.',
    fails: ({ config: { logit_softcap: cap }, computed }) =>
      cappedBy('logits', cap, computed?.course.objective?.logits ?? 0),
  },
  {
    id: 'unembedding',
    statement: 'The unembedding is independent of the embedding.',
    fails: ({ config }) =>
      config.tie_embeddings && config.task !== 'gaussian' && config.objective === 'cross_entropy'
        ? {
            brief: 'tied unembedding',
            reason: `It is the embedding transposed: logits of a token’s own symbol stand out, and their standard deviation is about ${digits(embedStd(config) * Math.sqrt(config.d_model))}.`,
          }
        : null,
  },
  {
    id: 'input',
    statement: 'What enters the stack is not 0.',
    fails({ config: { norm_eps }, computed }) {
      const isNothing =
        computed && meanSquare(computed.course.sites.get('embed')!.signal.second) === 0;
      return isNothing
        ? {
            brief: 'nothing enters',
            reason: `All of the stream is 0: a norm that divides by √(0 + ε) multiplies the gradient by ${digits(1 / Math.sqrt(norm_eps))}, one after the other, and at 0 a ReLU has no slope.`,
          }
        : null;
    },
  },
  {
    id: 'tokens',
    statement: 'It is known which tokens of the batch are alike.',
    fails: ({ config, given }) =>
      config.task !== 'gaussian' && !given
        ? {
            brief: 'batch not known',
            reason:
              'The batch is not known: all tokens are taken for different symbols, and the gradient of the cross-entropy is left out.',
          }
        : null,
  },
  {
    id: 'powers',
    statement: `The stream grows with at most the ${POWER}rd power of what enters.`,
    fails(subject) {
      if (!subject.computed || !hasPowers(subject.config)) return null;
      const power = powerOf(subject);
      return power > POWER
        ? {
            brief: over('power of growth', power, POWER),
            reason: `The last layer grows with its power ${digits(power)}: MLPs of the second degree read a stream without a norm, and single tokens that are larger by chance outgrow the mean.`,
          }
        : null;
    },
  },
  {
    id: 'skip',
    statement: `At most ${WITHOUT_SKIP} layers multiply without a stream that passes them by.`,
    fails: ({ config: { residual_scale, n_layers: L } }) =>
      residual_scale === 'skipless' && L > WITHOUT_SKIP
        ? {
            brief: over('layers without a skip', L, WITHOUT_SKIP),
            reason: `${L} layers multiply: what the limit of large width leaves out of each adds up in the gradient.`,
          }
        : null,
  },
  {
    id: 'alignment',
    statement: `Of ${FEATURES_PER_LAYER} features at most one layer norms a sum in which tokens have aligned.`,
    fails({ config, computed }) {
      const layers = computed ? alignedLayers(config, computed) : 0;
      return layers * FEATURES_PER_LAYER > config.d_model
        ? {
            brief: over('layers of aligned tokens', layers, config.d_model / FEATURES_PER_LAYER),
            reason: `In ${layers} layers tokens have a cosine above ${ALIGNED}, and act as one: what a width of ${config.d_model} leaves to chance adds up in the gradient.`,
          }
        : null;
    },
  },
  {
    id: 'every_pass',
    statement: 'Every branch is computed in every pass.',
    fails: ({ config: { stochastic_depth: p } }) =>
      p > 0
        ? {
            brief: 'stochastic depth',
            reason: `Up to ${digits(100 * p)} % of the branches are left out, sequence by sequence: predicted are means, and single steps scatter.`,
          }
        : null,
  },
  {
    id: 'normal_features',
    statement: 'What a pointwise norm reads is normal.',
    fails({ config, computed }) {
      const ids = pointwiseOnStream(config);
      if (!ids.length || !computed) return null;
      const size = Math.sqrt(meanSquare(computed.course.sites.get('embed')!.signal.second));
      const kurtosis = Math.min(...ids.map((id) => excessKurtosis(pointFunctions[id]!(0.5), size)));
      return {
        brief: 'pointwise norm on the stream',
        reason: `A pointwise norm squashes the stream again and again: after the first time its excess kurtosis is ${digits(kurtosis)}, not 0.`,
      };
    },
  },
  {
    id: 'independent_gradient',
    statement: 'What comes back through a pointwise norm is independent of what passes it by.',
    fails: ({ config }) =>
      config.placement === 'residual' && normsUsed(config).some((id) => pointFunctions[id])
        ? {
            brief: 'pointwise norm in ResiDual',
            reason: 'ResiDual’s two streams meet again behind a pointwise norm.',
          }
        : null,
  },
  {
    id: 'precision',
    statement: 'Numbers are those of fp32.',
    fails: ({ config: { precision } }) =>
      precision === 'fp32'
        ? null
        : { brief: `rounded to ${precision}`, reason: `They are rounded to ${precision}.` },
  },
  {
    id: 'interventions',
    statement: 'Nothing intervenes.',
    fails: ({ config: { interventions } }) =>
      interventions
        ? { brief: 'interventions', reason: `Interventions are set: ${interventions}.` }
        : null,
  },
];

/** An assumption with whether it holds, by the failure that was found of it. */
const verdictOf = ({ id, statement, fails }: Assumption, subject: Subject): Verdict => {
  const { brief = null, reason = statement } = fails(subject) ?? {};
  return { id, holds: brief === null, brief, reason };
};

/** Every assumption with whether it holds: the statement where it does, else what is against it. */
export const assumptionsOf = (subject: Subject): Verdict[] =>
  ASSUMPTIONS.map((assumption) => verdictOf(assumption, subject));

const [INITIALIZATION] = ASSUMPTIONS as [Assumption];

/** Verdicts of a prediction, at another moment than it was made of: theory is of step 0. */
export const atMoment = (
  verdicts: readonly Verdict[],
  subject: Pick<Subject, 'config' | 'moment'>,
): Verdict[] =>
  verdicts.map((verdict) =>
    verdict.id === INITIALIZATION.id
      ? verdictOf(INITIALIZATION, { ...subject, given: null, computed: null })
      : verdict,
  );
