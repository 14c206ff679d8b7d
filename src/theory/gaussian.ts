import { remembering } from '../lib/remembering';
import { diagonal, rowAt, type Symmetric } from './matrix';

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

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/**
 * E f(σ z) h_k(z), k = 0 … DEGREES, the last one being what is left of √E f(σz)²: with it the kernel is exact for
 * equal tokens, whatever the number of degrees.
 */
function coefficients(f: (x: number) => number, sigma: number): Float64Array {
  const values = POINTS.map((z) => f(sigma * z));
  const weighted = values.map((value, i) => WEIGHTS[i]! * value);
  const c = HERMITE.map((h) => dot(weighted, h));
  const left = dot(weighted, values) - c.reduce((sum, x) => sum + x * x, 0);
  return Float64Array.of(...c, Math.sqrt(Math.max(0, left)));
}

/** Coefficients are computed at steps of ln σ; between four of them they are a cubic, right to about 10⁻⁹. */
const LOG_STEP = 1 / 64;

/** The cubic through values at −1, 0, 1 and 2, as the weights of these. */
export const cubic = (x: number): [number, number, number, number] => [
  (-x * (x - 1) * (x - 2)) / 6,
  ((x + 1) * (x - 1) * (x - 2)) / 2,
  (-(x + 1) * x * (x - 2)) / 2,
  ((x + 1) * x * (x - 1)) / 6,
];

/** The coefficients of a function by the standard deviation of what it is applied to. */
const seriesOf = remembering((f: (x: number) => number) => {
  const at = remembering((step: number) => coefficients(f, Math.exp(step * LOG_STEP)));
  const zero = coefficients(f, 0);
  return (sigma: number): Float64Array => {
    if (sigma === 0) return zero.slice();
    const place = Math.log(sigma) / LOG_STEP;
    const below = Math.floor(place);
    const weights = cubic(place - below);
    const out = new Float64Array(DEGREES + 1);
    weights.forEach((weight, i) => {
      const c = at(below - 1 + i);
      for (let k = 0; k <= DEGREES; k++) out[k]! += weight * c[k]!;
    });
    return out;
  };
});

/** E f(σ z) */
export const meanOf = (f: (x: number) => number, sigma: number): number => seriesOf(f)(sigma)[0]!;

/** A share of E f² that is not worth a degree. */
const NEGLIGIBLE = 1e-12;

/** The degree from which on the rest is so small in all of these that it may be taken for one term. */
function degreesOf(all: Float64Array[]): number {
  const enough = all.map((c) => {
    const most = NEGLIGIBLE * dot(c, c);
    let [degree, rest] = [DEGREES, c[DEGREES]! ** 2];
    while (degree > 1 && rest + c[degree - 1]! ** 2 <= most) rest += c[--degree]! ** 2;
    return degree;
  });
  return Math.max(...enough);
}

/**
 * E f(u_i) f(u_j) for centred normal u with covariance K, by Mehler's formula: Σ_k c_k(σ_i) c_k(σ_j) r^k, r the
 * correlation (the dual activation of Daniely, Frostig, Singer 2016, Toward Deeper Understanding of
 * Neural Networks). [N, N] → [N, N]
 */
export function kernelOf(f: (x: number) => number, K: Symmetric): Symmetric {
  const sigmas = diagonal(K).map(Math.sqrt);
  const all = Array.from(sigmas, seriesOf(f));
  const degrees = degreesOf(all);
  for (const c of all) c[degrees] = Math.sqrt(dot(c.subarray(degrees), c.subarray(degrees)));
  const out = new Float64Array(K.length);
  all.forEach((c, i) => {
    for (let j = 0, at = rowAt(i); j <= i; j++, at++) {
      const other = all[j]!;
      const r = correlation(K[at]!, sigmas[i]! * sigmas[j]!);
      let value = 0;
      for (let k = degrees; k >= 0; k--) value = value * r + c[k]! * other[k]!;
      out[at] = value;
    }
  });
  return out;
}

/** Of two numbers by their covariance and the product of their standard deviations, kept within ±1. */
export const correlation = (covariance: number, deviations: number): number =>
  deviations === 0 ? 0 : Math.max(-1, Math.min(1, covariance / deviations));
