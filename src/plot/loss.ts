import { bisector, cumsum } from 'd3-array';

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
 * What is not finite stays so, and belongs to no mean. `at` are the indices that are wanted, if not all.
 */
export function runningMean(
  points: readonly LossPoint[],
  reach = reachOf(points.length),
  at: readonly number[] = points.map((_, i) => i),
): LossPoint[] {
  // Sums up to each point; a difference of two of them is the sum of what lies between.
  const sums = cumsum(points, ({ loss }) => (Number.isFinite(loss) ? loss : 0));
  const counts = cumsum(points, ({ loss }) => Number(Number.isFinite(loss)));
  return at.map((i) => {
    const { step, loss } = points[i]!;
    if (!Number.isFinite(loss)) return { step, loss };
    const side = Math.min(reach, i);
    const to = Math.min(i + side, points.length - 1);
    const within = (upTo: Float64Array) => upTo[to]! - (upTo[i - side - 1] ?? 0);
    return { step, loss: within(sums) / within(counts) };
  });
}

/** The loss as it stands: the end of the running mean. */
export function presentLoss(points: readonly LossPoint[]): number {
  const reach = reachOf(points.length);
  return runningMean(points.slice(-2 * reach), reach).at(-1)?.loss ?? NaN;
}

/**
 * Of the same curve to the eye the indices, at most about five per pixel column: the first, the least, the
 * largest and the last of each, and the first that is not finite, or the curve would close over it.
 */
export function decimated(points: readonly LossPoint[], columns: number): number[] {
  if (points.length <= columns * 4) return points.map((_, i) => i);
  const kept: number[] = [];
  const perColumn = points.length / columns;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor(column * perColumn);
    const to = Math.min(points.length, Math.floor((column + 1) * perColumn));
    const indices = new Set([from, to - 1]);
    let least = from;
    let largest = from;
    let lost = false;
    for (let i = from; i < to; i++) {
      const { loss } = points[i]!;
      if (!lost && !Number.isFinite(loss)) {
        indices.add(i);
        lost = true;
      }
      if (loss < points[least]!.loss) least = i;
      if (loss > points[largest]!.loss) largest = i;
    }
    indices.add(least).add(largest);
    kept.push(...[...indices].sort((a, b) => a - b));
  }
  return kept;
}

const byStep = bisector<LossPoint, number>((point) => point.step);

/** The recorded point nearest to a step, or null where there is none. */
export function nearest(points: readonly LossPoint[], step: number): LossPoint | null {
  if (!points.length) return null;
  return points[byStep.center(points, step)] ?? null;
}

/** A lane's loss as it is drawn, `columns` pixels wide. */
export function lossCurve(points: readonly LossPoint[], columns: number) {
  const kept = decimated(points, columns);
  // The mean hardly changes within a column: it is taken where steps are drawn, and not at every step.
  const mean = runningMean(points, reachOf(points.length), kept);
  return {
    raw: kept.map((i) => points[i]!),
    mean,
    /** The end of the curve, and the point at which it broke off. */
    end: mean.findLast(({ loss }) => Number.isFinite(loss)) ?? null,
    lost: points.find(({ loss }) => !Number.isFinite(loss)) ?? null,
  };
}
