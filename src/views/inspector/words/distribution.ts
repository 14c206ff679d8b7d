import { valueLabel } from '../../../config/naming';
import {
  QUANTILES,
  type Distribution,
  type Histogram,
  type Spread,
} from '../../../inspect/readings';
import { FORMATS, largest, smallest, smallestNormal, type FormatId } from '../../../lib/floats';
import { percent } from '../../../lib/percent';
import type { BinMark } from '../../../plot/BinPlot';
import { formatCount, formatExact, formatSignificant } from '../../../plot/format';
import { laneLook } from '../../panels/lanes';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { inLanes } from './clauses';

export const DIRECTIONS = ['forward', 'backward'] as const;
export type Way = (typeof DIRECTIONS)[number];

/** Formats whose ends can be drawn, besides each lane’s own. */
export const CHOSEN_FORMATS = ['fp16', 'bf16'] as const satisfies readonly FormatId[];
export type ChosenFormat = (typeof CHOSEN_FORMATS)[number];

/** In decades: how near the end of a format must be to the numbers to be drawn. */
const NEAR = 1;

const ENDS = [
  ['max', largest],
  ['normal', smallestNormal],
  ['min', smallest],
] as const;

const isFormat = (precision: string): precision is FormatId => precision in FORMATS;

/**
 * The ends of number formats among magnitudes, in decades: the largest number, the smallest of full precision and the
 * smallest of all. Gradients are shown without the loss scale that they were rounded under.
 */
export function formatEnds(
  edges: readonly number[],
  way: Way,
  lanes: readonly InspectedLane[],
  chosen: readonly ChosenFormat[],
): BinMark[] {
  const scaleOf = (lane: InspectedLane) => (way === 'backward' ? (lane.lossScale ?? 1) : 1);
  const endsOf = (format: FormatId, scale: number, colour?: string) =>
    ENDS.map(([what, of]): BinMark => {
      const by = scale === 1 ? '' : ` ÷ ${formatExact(scale)}`;
      return {
        at: Math.log10(of(format) / scale),
        label: `${valueLabel('precision', format)} ${what}${by}`,
        ...(colour && { colour }),
      };
    });
  const own = lanes.flatMap((lane) => {
    const { precision } = lane.config;
    if (precision === 'fp32' || !isFormat(precision)) return [];
    const isShared = lanes.every(
      (other) => other.config.precision === precision && scaleOf(other) === scaleOf(lane),
    );
    return endsOf(precision, scaleOf(lane), isShared ? undefined : laneLook(lane.id).colour);
  });
  const asked = chosen.flatMap((format) => endsOf(format, 1));
  const [low, high] = [edges[0] ?? NaN, edges.at(-1) ?? NaN];
  const near = [...own, ...asked].filter(({ at }) => at >= low - NEAR && at <= high + NEAR);
  // The same line of several lanes is drawn once.
  return near.filter(
    (mark, i) => near.findIndex(({ at, label }) => at === mark.at && label === mark.label) === i,
  );
}

/** Tests for bins in which something is. */
export const hasCounts = ({ counts }: Histogram): boolean =>
  counts.some((row) => row?.some((count) => count > 0));

const finite = ({ elements, notFinite }: Spread) => elements - notFinite;

const QUANTILE_NAMES: Record<number, string> = { 0: 'least', 0.5: 'median', 1: 'most' };

/** Rows of the table: name, meaning and text of a spread’s numbers. */
export const SPREAD_ROWS: readonly { label: string; title?: string; of(spread: Spread): string }[] =
  [
    { label: 'mean', of: ({ mean }) => formatSignificant(mean) },
    { label: 'rms', title: 'Root mean square', of: ({ rms }) => formatSignificant(rms) },
    ...QUANTILES.map((quantile, i) => ({
      label: QUANTILE_NAMES[quantile] ?? `${Number((100 * quantile).toPrecision(3))}\u00A0%`,
      title: `Quantile ${quantile} of the finite numbers`,
      of: ({ quantiles }: Spread) => formatSignificant(quantiles[i] ?? NaN),
    })),
    {
      label: 'smallest |x|',
      title: 'The smallest absolute value above 0',
      of: ({ smallest }) => (Number.isNaN(smallest) ? '–' : formatSignificant(smallest)),
    },
    { label: 'zeros', of: (spread) => counted(spread.zeros, spread) },
    { label: 'not finite', of: (spread) => counted(spread.notFinite, spread) },
  ];

function counted(n: number, { elements }: Spread): string {
  return n === 0 ? '0' : percent(n / elements);
}

const ofWhole = (n: number, elements: number) =>
  n === elements ? 'all' : `${formatCount(n)} of ${formatCount(elements)}`;

/** “rms 0.12, 98 % within ±0.31; 12 of 4096 are 0” of one spread. */
function tellSpread(spread: Spread): string {
  const { elements, zeros, notFinite, rms, quantiles } = spread;
  if (elements === 0) return 'has no numbers';
  if (finite(spread) === 0) return 'nothing is finite';
  const lost = notFinite > 0 ? `, ${ofWhole(notFinite, elements)} not finite` : '';
  if (zeros === finite(spread)) return `${lost ? 'all finite numbers are' : 'all are'} 0${lost}`;
  const none = zeros > 0 ? `, ${percent(zeros / elements)} are 0` : '';
  const [low, high] = [quantiles[2]!, quantiles[8]!].map((value) => formatSignificant(value));
  const most = Math.max(Math.abs(quantiles[0]!), Math.abs(quantiles.at(-1)!));
  const peak = rms > 0 ? `, the largest ${formatSignificant(most / rms)} times the rms` : '';
  return `rms ${formatSignificant(rms)}, 98\u00A0% from ${low} to ${high}${peak}${none}${lost}`;
}

/** One direction in words. */
export function tellWay(
  reading: Distribution,
  way: Way,
  lanes: readonly InspectedLane[],
  place: string,
): string {
  const isForward = way === 'forward';
  const there = present(reading[way].lanes, lanes);
  if (!there.length) return `No lane has ${isForward ? place : `a gradient at ${place}`}.`;
  const what = isForward ? place : `The gradient at ${place}`;
  return inLanes(
    what,
    there.map(({ lane, of }) => [lane.name, tellSpread(of)]),
  );
}

export const tellDistribution = (
  reading: Distribution,
  lanes: readonly InspectedLane[],
  { place }: { place: string },
): string =>
  DIRECTIONS.filter((way) => way === 'forward' || present(reading[way].lanes, lanes).length > 0)
    .map((way) => tellWay(reading, way, lanes, place))
    .join(' ');
