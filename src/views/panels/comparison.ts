import { COMPARISONS, compared, type Comparison } from '../../config/comparison';
import { formatSignificant } from '../../plot/format';
import type { Point } from '../../plot/trace';
import { atSteps, layersOf, NOTHING_YET, sentence, type Told } from './sentences';
import type { Series } from './series';

/** A curve held against another one, layer by layer; where that has no value there is a gap. */
function heldPoints(points: readonly Point[], base: ReadonlyMap<number, number>, by: Comparison) {
  return points.flatMap(({ x, y }) => {
    const held = compared(by, y, base.get(x));
    return held === null ? [] : [{ x, y: held }];
  });
}

/**
 * The curves of a lane held against the curves of the same suffix of the baseline; heads against the mean of its heads,
 * since head 2 of one model has nothing to do with head 2 of another.
 */
export const against = (
  series: readonly Series[],
  baseline: readonly Series[],
  by: Comparison,
): Series[] =>
  series.map(({ points, strands, band, ...rest }) => {
    const same = baseline.find(({ suffix }) => suffix === rest.suffix);
    const base = new Map(same?.points.map(({ x, y }) => [x, y]));
    const held = (y: number, x: number) => compared(by, y, base.get(x)) ?? NaN;
    return {
      ...rest,
      points: heldPoints(points, base, by),
      ...(strands && { strands: strands.map((strand) => heldPoints(strand, base, by)) }),
      ...(band && {
        band: band.map(({ x, low, high }) => ({ x, low: held(low, x), high: held(high, x) })),
      }),
    };
  });

/** A ratio within 2 % of 1, and a difference that rounds to 0, are told as none. */
const isSame = (value: number, by: Comparison) =>
  by === 'ratio' ? Math.abs(value - 1) < 0.02 : Math.abs(value) < 5e-4;

/** In decades or as it is: how far a comparison is from none. */
const distance = (value: number, by: Comparison) =>
  Math.abs(by === 'ratio' ? Math.log(value) : value);

/** “Farthest from 1, post-LN over pre-LN: 0.31 at layer 11; no norm over pre-LN: not finite from layer 7.” */
export function comparisonSentence(all: readonly Told[], by: Comparison): string {
  if (!all.length) return NOTHING_YET;
  const { same } = COMPARISONS[by];
  let isNamed = false;
  return sentence(
    atSteps(all).map(({ name, points }) => {
      const layers = layersOf(points);
      if (!layers.length) return `${name}: no layer has both`;
      const broken = layers.find(({ y }) => !Number.isFinite(y));
      if (broken) return `${name}: not finite from layer ${broken.x}`;
      const far = layers.reduce((a, b) => (distance(b.y, by) > distance(a.y, by) ? b : a));
      if (isSame(far.y, by)) return `${name}: ${same} at every layer`;
      const lead = isNamed ? '' : `farthest from ${same}, `;
      isNamed = true;
      return `${lead}${name}: ${formatSignificant(far.y, 2)} at layer ${far.x}`;
    }),
  );
}
