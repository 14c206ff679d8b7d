/** Small sums that claims are made of. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of a sample, by n − 1; 0 of one value. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

/** Standard error of the mean of a sample. */
export const standardError = (values: readonly number[]): number =>
  deviation(values) / Math.sqrt(values.length);

/** Geometric mean, of values above 0. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(mean(values.map(Math.log)));

/** Slope of the least squares line through points. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const up = x.reduce((sum, xi, i) => sum + (xi - mx) * (y[i]! - my), 0);
  return up / x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0);
}

/** The p of y ∝ xᵖ, fitted on logarithms. */
export const power = (x: readonly number[], y: readonly number[]): number =>
  slope(x.map(Math.log), y.map(Math.log));

/** The largest |a/b − 1| of two lists. */
export const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((ai, i) => Math.abs(ai / b[i]! - 1)));

/** The largest over the least of values above 0. */
export const range = (values: readonly number[]): number =>
  Math.max(...values) / Math.min(...values);

/** A ratio that is nearer to 1 than another, as factors either way. */
export const isNearerToOne = (ratio: number, than: number): boolean =>
  Math.abs(Math.log(ratio)) < Math.abs(Math.log(than));

/** Ratios that are each nearer to 1 than those beside them. */
export const areNearerToOne = (ratios: readonly number[], than: readonly number[]): boolean =>
  ratios.every((ratio, i) => isNearerToOne(ratio, than[i]!));

export const isWithin = (value: number, low: number, high: number): boolean =>
  value >= low && value <= high;
