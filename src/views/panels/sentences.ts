import type { Axis } from '../../plot/axis';
import { formatCount, formatSignificant } from '../../plot/format';
import { extremes, lastOf, trailingMean, type TimeSeries } from '../../lib/timeSeries';
import { meanOn, windowOf } from '../../plot/loss';
import { breaksOf } from '../../plot/breaks';
import type { Point } from '../../plot/trace';
import type { Direction } from '../../config/statistics';
import { EMBED } from '../../plot/depth';

export interface Told {
  name: string;
  points: readonly Point[];
  step: number;
}

export const NOTHING_YET = 'Nothing measured yet.';

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const sentence = (clauses: readonly string[]) =>
  clauses.length ? `${capitalized(clauses.join('; '))}.` : NOTHING_YET;

/** Two values nearer than this are the same to whoever looks at the plot. */
const SAME = 0.02;
/** A curve that moves less than this over the layers stays where it is. */
const STEADY = 0.05;
export const same = (a: number, b: number, within = SAME) =>
  Math.abs(a - b) <= within * Math.max(Math.abs(a), Math.abs(b));

/** The ratio of two values, 1 or more. */
const distance = (a: number, b: number) => Math.abs(Math.log(a / b));

/** A whole number of at most three significant digits: more would only flicker. */
const rounded = (ratio: number) => Number(Math.round(ratio).toPrecision(3));

/** A ratio not far below 1 or above: 0.59, 1.2, 14, 580, 1.2×10⁶. */
export const times = (ratio: number): string =>
  ratio < 1
    ? ratio.toFixed(2)
    : ratio < 10
      ? ratio.toFixed(1)
      : ratio < 1e4
        ? formatCount(rounded(ratio))
        : formatSignificant(ratio, 2);

/** A ratio below 1: 0.59, 1/14, 8.1×10⁻⁷. */
const share = (ratio: number): string =>
  isFraction(ratio) ? `1/${formatCount(rounded(1 / ratio))}` : formatSignificant(ratio, 2);
const isFraction = (ratio: number) => ratio <= 0.3 && ratio > 1e-4;

/** The layers alone: what stands before the first is not compared with them. */
export const layersOf = (points: readonly Point[]) => points.filter(({ x }) => x >= 0);

interface Ends {
  first: Point;
  last: Point;
}

/**
 * One clause per lane: what is not there or not finite is said so, the rest by `tell`. The layers that
 * are compared are named once, and again only where a lane has others.
 */
function clauses(
  lanes: readonly Told[],
  subject: string,
  tell: (name: string, ends: Ends, named: boolean, points: readonly Point[]) => string,
): string {
  let range = '';
  return sentence(
    lanes.map(({ name, points, step }) => {
      const layers = layersOf(points);
      const first = layers[0];
      const last = layers.at(-1);
      if (!first || !last) return `${name} has no ${subject}`;
      const [gap] = breaksOf(layers);
      if (gap) {
        const place = gap.text.replace(/^\S+ /, '');
        return `${name}: not finite ${place} at step ${formatCount(step)}`;
      }
      const here = `${first.x} ${last.x}`;
      const named = here !== range;
      range = here;
      return tell(name, { first, last }, named, layers);
    }),
  );
}

/** “Pre-LN grows 2.4-fold from layer 0 to 11; post-LN stays at 1.00.” */
export const magnitudeSentence = (lanes: readonly Told[], subject: string): string =>
  clauses(lanes, subject, (name, { first, last }, named, points) => {
    if (first === last) return `${name}: ${formatSignificant(first.y)} at layer ${first.x}`;
    const range = named ? ` from layer ${first.x} to ${last.x}` : '';
    const at = (value: number) => formatSignificant(value);
    if (points.every(({ y }) => same(y, first.y, STEADY))) {
      return `${name} stays at ${at(last.y)}${range}`;
    }
    if (first.y <= 0 || last.y <= 0)
      return `${name} goes from ${at(first.y)} to ${at(last.y)}${range}`;
    const ratio = last.y / first.y;
    if (same(ratio, 1)) {
      const far = points.reduce((a, b) =>
        distance(b.y, first.y) > distance(a.y, first.y) ? b : a,
      );
      return `${name} begins and ends at ${at(last.y)}, with ${at(far.y)} at layer ${far.x}`;
    }
    return ratio > 1
      ? `${name} grows ${times(ratio)}-fold${range}`
      : `${name} falls ${times(1 / ratio)}-fold${range}`;
  });

/** “Post-LN: the gradient at layer 0 is 1/14 of that at layer 11; pre-LN: 2.6 times.” */
export const gradientSentence = (
  lanes: readonly Told[],
  subject: string,
  quantity: string,
): string => {
  /** A clause before has named the comparison: only then may the next one leave it out. */
  let isSaid = false;
  return clauses(lanes, subject, (name, { first, last }, _named, points) => {
    const turn = turningPoint(points);
    const extra = turn && lanes.length < 3 ? `, with its least at layer ${turn.x}` : '';
    if (first === last) return `${name}: ${quantity} is ${formatSignificant(first.y)}`;
    if (points.every(({ y }) => y === 0)) return `${name}: ${quantity} is 0 at every layer`;
    if (!(first.y > 0 && last.y > 0)) {
      const [a, b] = [first, last].map(({ y }) => formatSignificant(y));
      return `${name}: ${quantity} is ${a} at layer ${first.x} and ${b} at layer ${last.x}`;
    }
    const ratio = first.y / last.y;
    const equal = same(ratio, 1);
    const amount = ratio > 0.3 ? `${times(ratio)} times` : share(ratio);
    if (isSaid) return `${name}: ${equal ? 'the same' : amount}${extra}`;
    isSaid = true;
    const compared = equal ? 'the same as' : ratio > 0.3 ? amount : `${amount} of`;
    return `${name}: ${quantity} at layer ${first.x} is ${compared} that at layer ${last.x}${extra}`;
  });
};

/** Where a curve dips clearly below both its ends: at most four fifths of the lower one. */
function turningPoint(points: readonly Point[]): Point | null {
  const least = points.reduce((a, b) => (b.y < a.y ? b : a));
  const lower = Math.min(points[0]!.y, points.at(-1)!.y);
  return least.y < 0.8 * lower ? least : null;
}

/** “Entropy of pre-LN rises from 0.850 at layer 0 to 0.930 at layer 11; of post-LN from 0.600 to 0.999.” */
export const levelSentence = (
  lanes: readonly Told[],
  subject: string,
  quantity: string,
): string => {
  let told = false;
  return clauses(lanes, subject, (name, { first, last }, named, points) => {
    const [a, b] = [first, last].map(({ y }) => formatSignificant(y)) as [string, string];
    const verb = last.y > first.y ? 'rises' : 'falls';
    const owner = told ? `${name}:` : `${quantity} of ${name}`;
    const lead = told ? owner : `${owner} ${verb}`;
    told = true;
    if (first === last) return `${owner} ${b} at layer ${first.x}`;
    if (points.every(({ y }) => same(y, first.y))) return `${owner} stays at ${b}`;
    return named
      ? `${lead} from ${a} at layer ${first.x} to ${b} at layer ${last.x}`
      : `${lead} ${a} to ${b}`;
  });
};

export interface ToldLoss {
  name: string;
  series: TimeSeries;
  /** The level that the loss is compared with, where the task has one. */
  level: { name: string; value: number } | null;
}

/** “Step 128, mean of 10 steps: pre-LN 2.57, 0.60 below the unigram entropy; post-LN 3.18, at the unigram entropy.” */
export function lossSentence(lanes: readonly ToldLoss[], axis: Axis['kind']): string {
  const measured = lanes.filter(({ series }) => series.length);
  if (!measured.length) return NOTHING_YET;
  const step = Math.max(...measured.map(({ series }) => lastOf(series)!.step));
  const window = windowOf(Math.max(...measured.map(({ series }) => series.length)));
  const isMean = window > 1 && measured.some(({ series }) => !extremes(series).lost);
  const mean = meanOn(
    axis,
    measured.map(({ series }) => series),
  );
  const kind = mean === 'geometric' ? 'geometric mean' : 'mean';
  const told = measured.map(({ name, series, level }) => {
    const { lost } = extremes(series);
    if (lost) return `${name} not finite since step ${formatCount(lost.step)}`;
    const loss = trailingMean(series, series.length - 1, window, mean);
    const value = `${name} ${formatSignificant(loss)}`;
    if (!level) return value;
    const gap = loss - level.value;
    if (Math.abs(gap) < SAME * level.value) return `${value}, at the ${level.name}`;
    const side = gap > 0 ? 'above' : 'below';
    const far = Math.abs(gap) < 10 ? Math.abs(gap).toFixed(2) : formatSignificant(Math.abs(gap));
    return `${value}, ${far} ${side} the ${level.name}`;
  });
  const when = `Step ${formatCount(step)}${isMean ? `, ${kind} of ${formatCount(window)} steps` : ''}`;
  return `${when}: ${told.join('; ')}.`;
}

/** “The line: fp16 max 65504.” */
export const rangeSentence = (limits: readonly { label: string }[]): string =>
  limits.length
    ? `${limits.length > 1 ? 'Lines' : 'Line'}: ${limits.map(({ label }) => label).join(', ')}.`
    : '';

const placeName = (x: number) => (x === EMBED ? 'the embedding' : `layer ${x}`);

/** “between layers 11 and 8”, “at layer 3”: first what the pass comes to first. */
function between(places: number[], direction: Direction): string {
  const order = direction === 'forward' ? places : places.toReversed();
  const [first, last] = [order[0]!, order.at(-1)!];
  if (first === last) return `at ${placeName(first)}`;
  return first !== EMBED && last !== EMBED
    ? `between layers ${first} and ${last}`
    : `between ${placeName(first)} and ${placeName(last)}`;
}

/** “Fp16: 312 numbers became 0 on the way back between layers 11 and 8; fp32 is not rounded.” */
export function countSentence(
  lanes: readonly Told[],
  fate: 'became 0' | 'overflowed',
  direction: Direction,
  /** At which site, where it is one alone. */
  site: string | null,
): string {
  if (!lanes.length) return NOTHING_YET;
  const way = direction === 'forward' ? '' : ' on the way back';
  const at = site ? ` at ${site}` : '';
  let range: string | null = null;
  return sentence(
    lanes.map(({ name, points }) => {
      if (!points.length) return `${name} is not rounded`;
      const hit = points.filter(({ y }) => y > 0);
      if (!hit.length) return `${name}: no number ${fate}${way}${at}`;
      const total = hit.reduce((sum, { y }) => sum + y, 0);
      const places = hit.map(({ x }) => x);
      const where = between(places, direction);
      // The clause of the lane before holds of this one, too.
      const again = range !== null;
      const same = range === where;
      range = where;
      if (again) return `${name}: ${formatCount(total)}${same ? '' : ` ${where}`}`;
      const what = total === 1 ? '1 number' : `${formatCount(total)} numbers`;
      return `${name}: ${what} ${fate}${way}${at} ${where}`;
    }),
  );
}
