/** The q-quantile of a list that is not empty, between the two nearest values (R’s type 7). */
export function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}
export const median = (values: number[]): number => quantile(values, 0.5);

/** A point of a line: its place, and what was measured there. */
export type Point = [x: number, y: number];

const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The slope of the least-squares line. */
export function fittedSlope(points: Point[]): number {
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const covariance = mean(points.map(([x, y]) => (x - mx) * (y - my)));
  return covariance / mean(points.map(([x]) => (x - mx) ** 2));
}

/** The slope from each point to the next. */
export const segmentSlopes = (points: Point[]): number[] =>
  points.slice(1).map(([x, y], i) => (y - points[i]![1]) / (x - points[i]![0]));
