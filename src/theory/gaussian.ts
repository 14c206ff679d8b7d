import { remembering } from '../lib/remembering';

/*
 * Means over normal numbers. Integrals over the whole line are sums at equal steps, which for smooth functions that
 * vanish at both ends are exact up to an error that falls exponentially with the step (Goodwin 1949, The Evaluation of
 * Integrals of the Form ∫ f(x)e^(−x²) dx).
 */

const STEP = 0.05;
const REACH = 9;

/** Values of a standard normal, and their weights in a mean. */
export const POINTS = Float64Array.from(
  { length: Math.round((2 * REACH) / STEP) + 1 },
  (_, i) => i * STEP - REACH,
);
export const WEIGHTS = POINTS.map((z) => (STEP * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));

/** E f(z), z ~ N(0, 1). */
export const meanOver = (f: (z: number) => number): number =>
  POINTS.reduce((sum, z, i) => sum + WEIGHTS[i]! * f(z), 0);

/** Hermite polynomials that are orthonormal under the normal distribution, this many. */
const DEGREES = 40;

/** h_0 … at every point: h_{k+1} = (z h_k − √k h_{k−1})/√(k + 1). */
const HERMITE: Float64Array[] = [POINTS.map(() => 1), POINTS];
for (let k = 1; k < DEGREES - 1; k++) {
  const [before, last] = [HERMITE[k - 1]!, HERMITE[k]!];
  HERMITE.push(POINTS.map((z, i) => (z * last[i]! - Math.sqrt(k) * before[i]!) / Math.sqrt(k + 1)));
}

/**
 * E f(σ z) h_k(z), k = 0 … DEGREES, the last one being what is left of √E f(σz)²: with it the kernel is exact for
 * equal tokens, whatever the number of degrees.
 */
function coefficients(f: (x: number) => number, sigma: number): Float64Array {
  const values = POINTS.map((z, i) => WEIGHTS[i]! * f(sigma * z));
  const c = HERMITE.map((h) => values.reduce((sum, value, i) => sum + value * h[i]!, 0));
  const whole = meanOver((z) => f(sigma * z) ** 2);
  const left = whole - c.reduce((sum, x) => sum + x * x, 0);
  return Float64Array.of(...c, Math.sqrt(Math.max(0, left)));
}

/** Tokens whose deviations agree in nine digits share their coefficients. */
const seriesOf = remembering((f: (x: number) => number) => {
  const at = remembering((sigma: string) => coefficients(f, Number(sigma)));
  return (sigma: number) => at(sigma.toPrecision(9));
});

/** E f(σ z) */
export const meanOf = (f: (x: number) => number, sigma: number): number => seriesOf(f)(sigma)[0]!;

/**
 * E f(u_i) f(u_j) for centred normal u with covariance K, by Mehler's formula: Σ_k c_k(σ_i) c_k(σ_j) r^k, r the
 * correlation (the dual activation of Daniely, Frostig, Singer 2016, Toward Deeper Understanding of
 * Neural Networks). [N, N] → [N, N]
 */
export function kernelOf(f: (x: number) => number, K: Float64Array): Float64Array {
  const N = Math.sqrt(K.length);
  const series = seriesOf(f);
  const sigmas = Float64Array.from({ length: N }, (_, i) => Math.sqrt(K[i * N + i]!));
  const all = Array.from(sigmas, series);
  const out = new Float64Array(K.length);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j <= i; j++) {
      const r = correlation(K[i * N + j]!, sigmas[i]! * sigmas[j]!);
      let value = 0;
      for (let k = DEGREES; k >= 0; k--) value = value * r + all[i]![k]! * all[j]![k]!;
      out[i * N + j] = out[j * N + i] = value;
    }
  }
  return out;
}

/** Of two numbers by their covariance and the product of their standard deviations, kept within ±1. */
export const correlation = (covariance: number, deviations: number): number =>
  deviations === 0 ? 0 : Math.max(-1, Math.min(1, covariance / deviations));
