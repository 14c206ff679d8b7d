import { KEYS, field, type Config } from '../../config/fields';
import { CHOICES } from '../../config/choices';
import type { SiteName } from '../../config/sites';
import { formatSignificant } from '../../lib/significant';
import type { Frame, Measurement } from '../../protocol/frame';
import { divergenceOf, isHealthy, scaledWords } from '../divergence';
import { stallOf } from '../stall';
import {
  placeOfHead,
  placeOfLoss,
  placeOfParam,
  placeOfSite,
  placeOfUpdate,
  type Band,
  type Sign,
} from './alarm';
import {
  COLLAPSED,
  FACTOR,
  IN_A_ROW,
  LOSS_MARGIN,
  RUN_LEAST,
  SCORES_GROWTH,
  SITE_LEAST,
  VANISHED,
  WINDOW,
  type RuleId,
} from './rules';

/** A measurement, and those before it, oldest first. */
type Find = (now: Measurement, past: readonly Measurement[]) => Sign | null;

const MODEL_KEYS = KEYS.filter((key) => !['Training', 'Evaluation'].includes(field(key).group));
/**
 * Tests of configurations that measure alike. Settings of the training and interventions leave the model as it
 * is: whatever they bring about is to be found, and what they do not is compared on.
 */
const isSameModel = (a: Config, b: Config) => a === b || MODEL_KEYS.every((k) => a[k] === b[k]);
const ofModel = ({ config }: Measurement, past: readonly Measurement[]) =>
  past.filter((one) => isSameModel(one.config, config));
/** Those whose loss has the same unit. */
const ofObjective = ({ config }: Measurement, past: readonly Measurement[]) =>
  past.filter((one) => one.config.objective === config.objective);

const bandOf = (values: readonly number[]): Band => ({
  low: Math.min(...values),
  high: Math.max(...values),
  steps: values.length,
});
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The side on which a value is outside of numbers, by a factor or a margin; null inside. */
type Outside = (value: number, low: number, high: number) => 'above' | 'below' | null;
const byFactor: Outside = (value, low, high) =>
  high > 0 && value > FACTOR * high ? 'above' : value * FACTOR < low ? 'below' : null;
const byMargin: Outside = (value, _low, high) =>
  Number.isFinite(value) && value > high + LOSS_MARGIN ? 'above' : null;

interface Leaving {
  read(one: Measurement): number;
  /** So many numbers in a row are to be outside, on one side, of a band of at least so many. */
  row: number;
  least: number;
  outside: Outside;
}

/**
 * A value near one number of its band is in it: nearly all are passed over so, at every step. Of 0 nothing is a multiple.
 */
const isNear = (value: number, one: number, outside = byFactor) =>
  (one > 0 || one === value) && one < Infinity && outside(value, one, one) === null;

/** The band that the last numbers of a series have left; null where they have not. */
function bandLeft(
  now: Measurement,
  past: readonly Measurement[],
  { read, row, least, outside }: Leaving,
): Band | null {
  if (past.length < least + row - 1) return null;
  const value = read(now);
  for (let i = past.length - row; i >= Math.max(0, past.length - row - WINDOW + 1); i--) {
    if (isNear(value, read(past[i]!), outside)) return null;
  }
  const series = [...past, now].map(read);
  const before = series.slice(-row - WINDOW, -row).filter(Number.isFinite);
  if (before.length < least) return null;
  const band = bandOf(before);
  const [side, ...others] = series.slice(-row).map((value) => outside(value, band.low, band.high));
  return side && others.every((other) => other === side) ? band : null;
}

const LOSS: Leaving = {
  read: ({ frame }) => frame.loss,
  row: IN_A_ROW,
  least: RUN_LEAST,
  outside: byMargin,
};
const GRAD_NORM: Leaving = {
  read: ({ frame }) => frame.output.grad_norm,
  row: IN_A_ROW,
  least: RUN_LEAST,
  outside: byFactor,
};

/** The first site of a pass that leaves its band. */
function leaving(
  now: Measurement,
  past: readonly Measurement[],
  statistic: 'rms' | 'grad_rms',
): Sign | null {
  const { layout, config, frame } = now;
  const [direction, row] =
    statistic === 'rms' ? (['forward', 1] as const) : (['backward', IN_A_ROW] as const);
  if (past.length < SITE_LEAST + row - 1) return null;
  const values = frame.site[statistic];
  const before = past.at(-row)!.frame.site[statistic];
  for (let k = 0; k < values.length; k++) {
    const i = direction === 'forward' ? k : values.length - 1 - k;
    const value = values[i]!;
    if (!Number.isFinite(value) || isNear(value, before[i]!)) continue;
    // A whole batch may go by a branch.
    if (value === 0 && config.stochastic_depth > 0) continue;
    const read = (one: Measurement) => one.frame.site[statistic][i]!;
    const band = bandLeft(now, past, { read, row, least: SITE_LEAST, outside: byFactor });
    if (band) return { ...placeOfSite(layout, i, direction), statistic, value, band, row };
  }
  return null;
}

/** Where a step first left the finite range, with what was measured there. */
function notFinite({ layout, frame }: Measurement, before: Frame | null): Sign | null {
  const found = divergenceOf(layout, frame, before);
  if (!found) return null;
  const { site, statistic, lossScale } = found;
  const rest = { band: null, ...(lossScale ? { remark: scaledWords(lossScale) } : {}) };
  if (statistic === 'loss') {
    return { ...placeOfLoss(layout), statistic, value: frame.loss, ...rest };
  }
  if (statistic === 'param_grad_rms') {
    const i = layout.params.indexOf(site);
    return { ...placeOfParam(layout, i), statistic, value: frame.param[statistic][i]!, ...rest };
  }
  const i = layout.sites.indexOf(site as SiteName);
  const place = placeOfSite(layout, i, statistic === 'rms' ? 'forward' : 'backward');
  return { ...place, statistic, value: frame.site[statistic][i]!, ...rest };
}

/** Finders of a sign of each rule that one run alone tells of. */
export const FINDERS: Record<Exclude<RuleId, 'stuck'>, Find> = {
  overflow({ layout, config, frame }) {
    const i = frame.site.overflow.findIndex((count) => count > 0);
    if (i < 0) return null;
    const value = frame.site.overflow[i]!;
    const format = CHOICES.precision[config.precision].label;
    const remark = `Rounded to ${format}, they became infinite or not a number.`;
    const place = placeOfSite(layout, i, 'forward');
    return { ...place, statistic: 'overflow', value, band: null, remark };
  },

  not_finite(now, past) {
    const before = past.findLast((one) => one.layout === now.layout && isHealthy(one));
    return notFinite(now, before?.frame ?? null);
  },

  leaves_band(now, past) {
    const same = ofModel(now, past);
    return leaving(now, same, 'rms') ?? leaving(now, same, 'grad_rms');
  },

  collapse(now, past) {
    const { layout, frame } = now;
    const { entropy, max_logit } = frame.head;
    const i = entropy.findIndex((value) => value < COLLAPSED);
    const same = i < 0 ? [] : ofModel(now, past.slice(-WINDOW));
    if (same.length < RUN_LEAST) return null;
    const scoreOf = (one: Measurement, h: number) => one.frame.head.max_logit[h]!;
    const scoresOf = (h: number) => same.map((one) => scoreOf(one, h));
    const isLargest = (h: number) => same.every((one) => max_logit[h]! > scoreOf(one, h));
    const head = entropy.findIndex(
      (value, h) =>
        value < COLLAPSED && isLargest(h) && max_logit[h]! > SCORES_GROWTH * median(scoresOf(h)),
    );
    if (head < 0) return null;
    const value = max_logit[head]!;
    const band = bandOf(scoresOf(head));
    const remark = `The entropy of the head is ${formatSignificant(entropy[head]!)} of the largest possible.`;
    return { ...placeOfHead(layout, head), statistic: 'max_logit', value, band, remark };
  },

  loss(now, past) {
    const band = bandLeft(now, ofObjective(now, past), LOSS);
    if (!band) return null;
    const value = LOSS.read(now);
    return { ...placeOfLoss(now.layout), statistic: 'loss', value, band, row: IN_A_ROW };
  },

  grad_norm(now, past) {
    const band = bandLeft(now, ofObjective(now, past), GRAD_NORM);
    const value = GRAD_NORM.read(now);
    if (!band || value < band.high || !Number.isFinite(value)) return null;
    const place = placeOfUpdate(now.layout, 'gradient');
    return { ...place, statistic: 'grad_norm', value, band, row: IN_A_ROW };
  },

  no_update(now) {
    const stall = now.frame.output.changed === 0 ? stallOf(now) : null;
    if (stall?.level !== 'warning') return null;
    const remark = `The update ${stall.what}`;
    const place = placeOfUpdate(now.layout, 'update');
    return { ...place, statistic: 'update_ratio', value: 0, band: null, remark };
  },

  vanished({ layout, frame }) {
    const first = layout.sites.indexOf('blocks.0.resid_pre');
    const last = layout.sites.indexOf(`blocks.${layout.n_layers - 1}.resid_post`);
    const { grad_rms } = frame.site;
    const value = grad_rms[first]!;
    if (!(value < VANISHED * grad_rms[last]!)) return null;
    const remark = `At the last layer it is ${formatSignificant(grad_rms[last]!)}.`;
    const place = placeOfSite(layout, first, 'backward');
    return { ...place, statistic: 'grad_rms', value, band: null, remark };
  },
};
