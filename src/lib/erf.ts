/** From here on erf is ±1 in float64: erfc(6) is 2·10⁻¹⁷. */
const FLAT = 6;

/**
 * The error function in float64: 2x e^(−x²)/√π · Σ (2x²)ⁿ/(1·3·5·…·(2n + 1)), whose terms are all positive
 * (Abramowitz, Stegun 1964, 7.1.6).
 */
export function erf(x: number): number {
  if (Math.abs(x) >= FLAT) return Math.sign(x);
  let term = 1;
  let sum = 1;
  for (let odd = 3; term > Number.EPSILON * sum; odd += 2) {
    term *= (2 * x * x) / odd;
    sum += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
