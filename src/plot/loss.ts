import { bisector } from 'd3-array';

/** The loss at a step. */
export interface LossPoint {
  step: number;
  loss: number;
}

/**
 * Steps on either side that the thick line is the mean of: a dozen, less while a run is short, and a
 * hundredth of a long one, which is about what a pixel shows of it.
 */
export const reachOf = (steps: number): number =>
  Math.max(Math.min(12, Math.round(steps / 8)), Math.round(steps / 100));

/**
 * The mean of each value and its neighbours up to `reach` steps away. At the beginning both sides shrink
 * alike, so that the curve starts where the loss does; at the end there is nothing to the right yet.
 * What is not finite stays so, and belongs to no mean.
 */
export function runningMean(points: readonly LossPoint[], reach = reachOf(points.length)) {
  // Sums up to each point; a difference of two of them is the sum of what lies between.
  const sums = new Float64Array(points.length + 1);
  const counts = new Uint32Array(points.length + 1);
  points.forEach(({ loss }, i) => {
    const finite = Number.isFinite(loss);
    sums[i + 1] = sums[i]! + (finite ? loss : 0);
    counts[i + 1] = counts[i]! + (finite ? 1 : 0);
  });
  return points.map(({ step, loss }, i): LossPoint => {
    if (!Number.isFinite(loss)) return { step, loss };
    const side = Math.min(reach, i);
    const from = i - side;
    const to = Math.min(i + side, points.length - 1) + 1;
    return { step, loss: (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!) };
  });
}

/** The loss as it stands: the end of the running mean. */
export function presentLoss(points: readonly LossPoint[]): number {
  const reach = reachOf(points.length);
  return runningMean(points.slice(-2 * reach), reach).at(-1)?.loss ?? NaN;
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
    /** Where the curve ends, and where it broke off. */
    end: mean.findLast(({ loss }) => Number.isFinite(loss)) ?? null,
    lost: points.find(({ loss }) => !Number.isFinite(loss)) ?? null,
  };
}
