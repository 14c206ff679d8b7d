export const mean = (list: readonly number[]): number =>
  list.reduce((sum, one) => sum + one, 0) / list.length;

/** |log₁₀(a / b)|: 0 where both are the same, NaN where their signs differ. */
export const decadesApart = (a: number, b: number): number =>
  a === b ? 0 : Math.abs(Math.log10(a / b));

/** The slope of log₁₀ of a list against its index, by least squares; NaN of fewer than two numbers. */
export function slopeOf(list: readonly number[]): number {
  const middle = (list.length - 1) / 2;
  const along = list.reduce((sum, one, x) => sum + (x - middle) * Math.log10(one), 0);
  return along / list.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
}
