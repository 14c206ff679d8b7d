import type { Config } from '../config/fields';
import { norms } from '../config/norms';
import { hasScores, normsUsed } from '../config/applies';
import { parseSite, type SiteName } from '../config/sites';
import { assumptionsOf, LONGEST, type Moment, type Verdict } from './assumptions';
import type { Given } from './input';
import { diagonal, mean, type Symmetric } from './matrix';
import type { Passed } from './model';
import { normLaws } from './norms';
import { courseOf, type Course } from './stack';
import { overBatch, tokenCosine, type Tokens } from './tokens';

/** Numbers by layer (or one alone, of a place outside the blocks), by place and statistic: `resid_post/rms`. */
export type Quantities = Record<string, number[]>;

export interface Prediction {
  quantities: Quantities;
  assumptions: Verdict[];
}

const BEGINNING: Moment = { step: 0, hasOwnWeights: false };

/** Sequences of a batch are looked at until there are so many tokens, or of a norm over the batch so many. */
interface Enough {
  tokens: number;
  batch: number;
}
export const ENOUGH: Enough = { tokens: 128, batch: 512 };
/** So many that a prediction can follow a slider; as good for all but batches whose sequences differ much. */
export const FOLLOWING: Enough = { tokens: 64, batch: 128 };

/** The tokens of the batch that the theory speaks of. Independent sequences are alike: one stands for all. */
export function tokensOf(config: Config, given: Given | null, enough: Enough): Tokens {
  const { seq_len: T, batch_size: B, causal } = config;
  const isOverBatch = normsUsed(config).some((id) => norms[id].over === 'batch');
  const within = (most: number) => Math.max(1, Math.min(B, Math.floor(most / T)));
  if (isOverBatch) return { S: within(enough.batch), T, causal };
  return { S: given ? within(enough.tokens) : 1, T, causal };
}

/** Tests of a stack that has a law: of every norm, of its positions, and not too long. */
const isComputed = (config: Config): boolean =>
  normsUsed(config).every((id) => normLaws[id]) &&
  config.seq_len <= LONGEST &&
  !(config.positions.startsWith('alibi') && hasScores(config));

const rms = (second: Symmetric): number => Math.sqrt(mean(diagonal(second)));

/**
 * RMS of the gradient of a matrix, x the input of its map and g the gradient at its output: the mean square of Σ_t x_t g_t
 * is Σ_st E x_s x_t · E g_s g_t.
 */
function matrixGradient({ input, output, weights }: Passed, tokens: Tokens, B: number): number {
  const { gradient } = output;
  if (!gradient) return 0;
  const square = overBatch(input.signal.second, gradient.second, tokens, B);
  return weights.chain * Math.sqrt(Math.max(0, square));
}

/**
 * Standard deviation over seeds of what has a law of it: the loss, whose few logits are drawn anew. Its differential is
 * p − y, so that with Γ its gradient at the stream and x the covariance of logits the variance is Σ_st x_st Γ_st/w².
 *
 * @param given the batch of step 0; null where it is not known, and there is no loss
 */
export function scatterOf(config: Config, given: Given | null): Quantities {
  if (!isComputed(config)) return {};
  const tokens = tokensOf(config, given, ENOUGH);
  const { objective } = courseOf(config, tokens, given);
  if (!objective?.covariance) return {};
  const { covariance, gradient } = objective;
  return { loss: [Math.sqrt(overBatch(covariance, gradient.second, tokens, config.batch_size))] };
}

/** Everything that the course knows, by place and statistic; of gradients only where one was sent in. */
function quantitiesOf(
  { sites, passed, patterns, objective }: Course,
  tokens: Tokens,
  config: Config,
) {
  const quantities: Quantities = {};
  const put = (name: string, value: number) => (quantities[name] ??= []).push(value);
  for (const [site, { signal, gradient }] of sites) {
    const { kind } = parseSite(site as SiteName);
    put(`${kind}/rms`, rms(signal.second));
    if (tokens.T > 1) put(`${kind}/token_cosine`, tokenCosine(signal.second, tokens));
    if (objective) put(`${kind}/grad_rms`, gradient ? rms(gradient.second) : 0);
  }
  for (const one of objective ? passed : []) {
    const kind = one.name.replace(/^blocks\.\d+\./, '');
    put(`${kind}/param_grad_rms`, matrixGradient(one, tokens, config.batch_size));
  }
  if (tokens.T > 1) for (const { entropy } of patterns) put('attn/entropy', entropy);
  if (objective?.logits != null) put('logits/rms', Math.sqrt(objective.logits));
  if (objective?.loss != null) put('loss', objective.loss);
  // The cosine of tokens that are 0 is not defined, as that of a branch that begins with a factor of 0.
  return Object.fromEntries(
    Object.entries(quantities).filter(([, values]) => values.every(Number.isFinite)),
  );
}

/**
 * The measurements to be expected of a configuration at step 0, in the limit of large width, with every assumption and whether it
 * holds. A quantity without a law is left out.
 *
 * @param given the batch of step 0 and the size of its vocabulary; null of the Gaussian task, or where it is not known
 * @param moment where the measurement stands that it is compared with
 * @param enough tokens that are looked at: the cost goes with the square
 */
export function predict(
  config: Config,
  given: Given | null = null,
  moment: Moment = BEGINNING,
  enough: Enough = ENOUGH,
): Prediction {
  const subject = { config, given, moment };
  if (!isComputed(config)) {
    return { quantities: {}, assumptions: assumptionsOf({ ...subject, computed: null }) };
  }
  const tokens = tokensOf(config, given, enough);
  const course = courseOf(config, tokens, given);
  return {
    quantities: quantitiesOf(course, tokens, config),
    assumptions: assumptionsOf({ ...subject, computed: { course, tokens } }),
  };
}
