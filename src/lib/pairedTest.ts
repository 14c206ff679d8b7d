/** Two-sided probability of a value at least as far from 0 under Student’s t (Abramowitz, Stegun 26.7.3 and 26.7.4). */
export function studentTail(t: number, freedom: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 2 : 1; k < freedom - 1; k += 2) {
    term *= (k / (k + 1)) * cos ** 2;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
  return Math.max(0, 1 - within);
}

/** A mean difference below this share of the values is rounding of float32. */
const ROUNDING = 1e-5;

/**
 * The probability, in a paired t-test, of differences at least as far from 0 were there none but by chance: of
 * logarithms where all values are above 0, else of the values. Null with fewer than two pairs, or where a value is not finite.
 */
export function pairedTest(a: readonly number[], b: readonly number[]): number | null {
  const values = [...a, ...b];
  if (a.length < 2 || !values.every(Number.isFinite)) return null;
  const isPositive = values.every((value) => value > 0);
  const of = isPositive ? Math.log : (value: number) => value;
  const scale = isPositive ? 1 : Math.max(...values.map(Math.abs));
  const differences = a.map((value, i) => of(value) - of(b[i]!));
  const n = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  if (Math.abs(mean) <= ROUNDING * scale) return 1;
  const squares = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  return studentTail(mean / Math.sqrt(squares / (n - 1) / n), n - 1);
}

/**
 * The tests that reject at a level that holds for all of them together, whatever they have in common (Holm 1979, A
 * Simple Sequentially Rejective Multiple Test Procedure).
 */
export function rejected(probabilities: readonly number[], level = 0.05): boolean[] {
  const order = probabilities
    .map((_, i) => i)
    .sort((i, j) => probabilities[i]! - probabilities[j]!);
  const passes = order.findIndex((i, k) => probabilities[i]! > level / (order.length - k));
  const first = new Set(passes < 0 ? order : order.slice(0, passes));
  return probabilities.map((_, i) => first.has(i));
}
