import { atDepth, compared, type Comparison, type Depths } from '../../config/comparison';
import { EMBED } from '../../plot/depth';
import type { Point } from '../../plot/trace';
import type { Series } from './series';

type At = (x: number) => number | undefined;

/** A curve at the layers of another model: at the same layer, or at the same fraction of the depth. */
export function atDepths(points: readonly Point[], by: Comparison, depths?: Depths): At {
  const known = new Map(points.map(({ x, y }) => [x, y]));
  const valueAt = (x: number) => known.get(x);
  return depths && depths.own !== depths.base
    ? (x) => (x === EMBED ? known.get(x) : atDepth(by, valueAt, x, depths))
    : valueAt;
}

/** A curve held against another one, layer by layer; where that has no value there is a gap. */
function heldPoints(points: readonly Point[], base: At, by: Comparison) {
  return points.flatMap(({ x, y }) => {
    const held = compared(by, y, base(x));
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
  depths?: Depths,
): Series[] =>
  series.map(({ points, strands, band, ...rest }) => {
    const same = baseline.find(({ suffix }) => suffix === rest.suffix);
    const base = atDepths(same?.points ?? [], by, depths);
    const held = (y: number, x: number) => compared(by, y, base(x)) ?? NaN;
    return {
      ...rest,
      points: heldPoints(points, base, by),
      ...(strands && { strands: strands.map((strand) => heldPoints(strand, base, by)) }),
      ...(band && {
        band: band.map(({ x, low, high }) => ({ x, low: held(low, x), high: held(high, x) })),
      }),
    };
  });
