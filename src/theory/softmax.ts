import { remembering } from '../lib/remembering';
import { cubic, POINTS as ALL_NORMAL, WEIGHTS as ALL_WEIGHTS } from './gaussian';

/* Laws of the softmax of m independent scores N(0, x), exact for every m. */

/** Every second point of the normal: what is averaged here is so smooth that it loses nothing. */
const NORMAL = ALL_NORMAL.filter((_, i) => i % 2 === 0);
const WEIGHTS = ALL_WEIGHTS.filter((_, i) => i % 2 === 0).map((weight) => 2 * weight);

/** Points of λ = e^t, at which the law of Z = Σ e^s is known by its Laplace transform. */
const STEP = 0.25;
const POINTS = Array.from({ length: 241 }, (_, i) => (i - 160) * STEP);

interface Transform {
  lambda: number;
  /** E e^(ks) e^(−λe^s), k = 0 … 4 */
  moments: number[];
}

/** The transforms of one score of variance x. */
const transforms = remembering((x: number): Transform[] => {
  const sizes = NORMAL.map((z) => Math.exp(Math.sqrt(x) * z));
  return POINTS.map((t) => {
    const lambda = Math.exp(t);
    const moments = [0, 0, 0, 0, 0];
    for (let i = 0; i < sizes.length; i++) {
      const size = sizes[i]!;
      let term = WEIGHTS[i]! * Math.exp(-lambda * size);
      for (let k = 0; k < 5; k++, term *= size) moments[k]! += term;
    }
    return { lambda, moments };
  });
});

const sumOver = (x: number, f: (at: Transform) => number): number =>
  STEP * transforms(x).reduce((sum, at) => sum + f(at), 0);

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));

/** E Σ a^k, by 1/Z^k = ∫ λ^(k − 1) e^(−λZ) dλ/(k − 1)! */
const powerSum = (m: number, x: number, k: number): number =>
  x === 0 || m === 1
    ? m ** (1 - k)
    : (m / factorial(k - 1)) *
      sumOver(x, ({ lambda, moments }) => lambda ** k * moments[k]! * moments[0]! ** (m - 1));

/** E Σ a² */
const squareSum = (m: number, x: number): number => powerSum(m, x, 2);

/** E (Σ a²)² */
const squaredParticipation = (m: number, x: number): number =>
  x === 0 || m === 1
    ? 1 / m ** 2
    : powerSum(m, x, 4) +
      ((m * (m - 1)) / factorial(3)) *
        sumOver(x, ({ lambda, moments }) =>
          m < 2 ? 0 : lambda ** 4 * moments[2]! ** 2 * moments[0]! ** (m - 2),
        );

/** E Σ_i a_i² |e_i − a|²: the power that the softmax lets through to independent scores. */
export const passage = (m: number, x: number): number =>
  squareSum(m, x) - 2 * powerSum(m, x, 3) + squaredParticipation(m, x);

/** E ln Z, by Frullani's ln Z = ∫ (e^(−λ) − e^(−λZ))/λ dλ. */
const meanLogPartition = (m: number, x: number): number =>
  x === 0 ? Math.log(m) : sumOver(x, ({ lambda, moments }) => Math.exp(-lambda) - moments[0]! ** m);

/**
 * E of the entropy in nats: ln Z − Σ a s, of which the second is x(1 − E Σ a²) (Stein's lemma). For large m it is
 * ln m − x/2.
 */
export const entropy = (m: number, x: number): number =>
  m === 1 ? 0 : meanLogPartition(m, x) - x * (1 - squareSum(m, x));

/** The steps of the standard deviation at which the laws are computed; between four of them they are a cubic. */
const DEVIATION_STEP = 0.05;

/** The largest variance of the tables, far out of the law's range: beyond it a row is read as at it. */
export const LARGEST_VARIANCE = 25;

/** A function of the number of keys and the scores' variance, from a table that is filled as needed. */
function tabled(f: (m: number, x: number) => number): (m: number, x: number) => number {
  const at = remembering((m: number) =>
    remembering((step: number) => f(m, (step * DEVIATION_STEP) ** 2)),
  );
  return (m, x) => {
    const place = Math.sqrt(Math.min(x, LARGEST_VARIANCE)) / DEVIATION_STEP;
    const below = Math.floor(place);
    const known = at(m);
    return cubic(place - below).reduce((sum, w, i) => sum + w * known(below - 1 + i), 0);
  };
}

/** A variance at which laws over it have their limit at 0. */
const SMALLEST = 1e-5;

/** The exponent e for which one of m keys, e^e times as likely as each other, is read with this probability. */
const exponentOf = (m: number, share: number): number => Math.log(((m - 1) * share) / (1 - share));

/**
 * The exponent over x for which m keys are read as unevenly as they are: E Σ a² is the probability. For many keys it
 * is 1, since E Σ a² = e^x/m then (Kedia et al. 2024).
 */
export const tilt = tabled((m, x) => (m === 1 || x === 0 ? 1 : exponentOf(m, squareSum(m, x)) / x));

/** The same of what comes back to scores; the probability is `passage` over what it is of even weights, 1 − 1/m. */
export const tiltBack = tabled((m, given) => {
  const x = Math.max(given, SMALLEST); // at 0 the limit, which is not 1 for few keys
  return m === 1 ? 1 : exponentOf(m, passage(m, x) / (1 - 1 / m)) / x;
});

const entropyTable = tabled(entropy);
/**
 * Beyond the tables entropy falls as one over the scores' deviation: keys are read beside the largest where another score
 * is within about 1 of it, which is the less likely the farther they lie apart.
 */
export const meanEntropy = (m: number, x: number): number =>
  entropyTable(m, x) * Math.min(1, Math.sqrt(LARGEST_VARIANCE / Math.max(x, 1e-300)));
/** E Σ a²: one over the number of keys that are read in effect. */
export const participation = tabled(squareSum);
const logPartitionTable = tabled(meanLogPartition);
/** E ln Z. Beyond the tables it is nearly the largest score, and goes with the deviation. */
export const logPartition = (m: number, x: number): number =>
  logPartitionTable(m, x) * Math.max(1, Math.sqrt(x / LARGEST_VARIANCE));
