import { compared, type Comparison } from '../../config/comparison';
import type { Point } from '../../plot/trace';
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
