import { remembering } from '../lib/remembering';
import { meanOver } from './gaussian';

/* Laws of the softmax of m independent scores N(0, x), exact for every m. */

/** Points of λ = e^t, at which the law of Z = Σ e^s is known by its Laplace transform. */
const STEP = 0.25;
const POINTS = Array.from({ length: 241 }, (_, i) => (i - 160) * STEP);

interface Transform {
  lambda: number;
  /** E e^(−λe^s) */
  one: number;
  /** E e^(2s) e^(−λe^s) */
  squared: number;
}

/** The transforms of one score of variance x. */
const transforms = remembering((x: number): Transform[] =>
  POINTS.map((t) => {
    const lambda = Math.exp(t);
    const decay = (z: number) => Math.exp(-lambda * Math.exp(Math.sqrt(x) * z));
    return {
      lambda,
      one: meanOver(decay),
      squared: meanOver((z) => Math.exp(2 * Math.sqrt(x) * z) * decay(z)),
    };
  }),
);

const sumOver = (x: number, f: (at: Transform) => number): number =>
  STEP * transforms(x).reduce((sum, at) => sum + f(at), 0);

/** E Σ a²: one over the number of keys that are read in effect. By 1/Z² = ∫ λe^(−λZ) dλ. */
export const participation = (m: number, x: number): number =>
  m === 1 || x === 0
    ? 1 / m
    : m * sumOver(x, ({ lambda, one, squared }) => lambda ** 2 * squared * one ** (m - 1));

/** E ln Z, by Frullani's ln Z = ∫ (e^(−λ) − e^(−λZ))/λ dλ. */
export const logPartition = (m: number, x: number): number =>
  x === 0 ? Math.log(m) : sumOver(x, ({ lambda, one }) => Math.exp(-lambda) - one ** m);

/**
 * E of the entropy in nats: ln Z − Σ a s, of which the second is x(1 − E Σ a²) (Stein's lemma). For large m it is
 * ln m − x/2.
 */
export const entropy = (m: number, x: number): number =>
  m === 1 ? 0 : logPartition(m, x) - x * (1 - participation(m, x));

/** Ends of the steps of the standard deviation between which the laws are interpolated. */
const DEVIATION_STEP = 0.1;

/** A function of the number of keys and the scores' variance, between neighbours of a table that is filled as needed. */
function tabled(f: (m: number, x: number) => number): (m: number, x: number) => number {
  const at = remembering((m: number) =>
    remembering((step: number) => f(m, (step * DEVIATION_STEP) ** 2)),
  );
  return (m, x) => {
    const place = Math.sqrt(x) / DEVIATION_STEP;
    const below = Math.floor(place);
    const share = place - below;
    return (1 - share) * at(m)(below) + share * at(m)(below + 1);
  };
}

/**
 * The exponent e over x for which m keys, one of them e^e times as likely as each other, are read alike: e^e/(m − 1 + e^e) =
 * E Σ a². For many keys it is 1, since E Σ a² = e^x/m then (Kedia et al. 2024, appendix A).
 */
function tiltRatio(m: number, x: number): number {
  if (m === 1 || x === 0) return 1;
  const share = participation(m, x);
  return Math.log(((m - 1) * share) / (1 - share)) / x;
}

export const tilt = tabled(tiltRatio);
export const tabledEntropy = tabled(entropy);
