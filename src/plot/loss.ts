import { bisector } from 'd3-array';

/** The loss at a step. */
export interface LossPoint {
  step: number;
  loss: number;
}

/** Steps that the thick line is the mean of. */
export const WINDOW = 25;

/**
 * The mean of each value and the `window` − 1 before it, as far as there are any. A value that is not
 * finite leaves the mean undefined for as long as it is within the window.
 */
export function runningMean(points: readonly LossPoint[], window = WINDOW): LossPoint[] {
  let sum = 0;
  let bad = 0;
  const add = (loss: number, sign: 1 | -1) => {
    if (Number.isFinite(loss)) sum += sign * loss;
    else bad += sign;
  };
  return points.map(({ step, loss }, i) => {
    add(loss, 1);
    if (i >= window) add(points[i - window]!.loss, -1);
    return { step, loss: bad ? NaN : sum / Math.min(i + 1, window) };
  });
}

/**
 * The same curve to the eye with at most about four points per pixel column: the first, the least, the
 * largest and the last of each. Values that are not finite are kept, or the curve would close over them.
 */
export function decimated(points: readonly LossPoint[], columns: number): LossPoint[] {
  if (points.length <= columns * 4) return [...points];
  const kept: LossPoint[] = [];
  const perColumn = points.length / columns;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor(column * perColumn);
    const to = Math.min(points.length, Math.floor((column + 1) * perColumn));
    const indices = new Set([from, to - 1]);
    let least = from;
    let largest = from;
    for (let i = from; i < to; i++) {
      const { loss } = points[i]!;
      if (!Number.isFinite(loss)) indices.add(i);
      if (loss < points[least]!.loss) least = i;
      if (loss > points[largest]!.loss) largest = i;
    }
    indices.add(least).add(largest);
    for (const i of [...indices].sort((a, b) => a - b)) kept.push(points[i]!);
  }
  return kept;
}

const byStep = bisector<LossPoint, number>((point) => point.step);

/** The recorded point nearest to a step, or null where there is none. */
export function nearest(points: readonly LossPoint[], step: number): LossPoint | null {
  if (!points.length) return null;
  return points[byStep.center(points, step)] ?? null;
}

/** What is drawn of a lane's loss, `columns` pixels wide. */
export function lossCurve(points: readonly LossPoint[], columns: number) {
  const mean = runningMean(points);
  return {
    raw: decimated(points, columns),
    mean: decimated(mean, columns),
    /** Where the curve ends: the mean, or the last value there was. */
    end: lastFinite(mean) ?? lastFinite(points),
  };
}

const lastFinite = (points: readonly LossPoint[]): LossPoint | null =>
  points.findLast(({ loss }) => Number.isFinite(loss)) ?? null;
