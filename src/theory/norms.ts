import type { NormId } from '../config/norms';
import type { Config } from '../config/fields';
import { erf } from '../lib/erf';
import { remembering } from '../lib/remembering';
import { errorFunction, smooth, type PointLaw } from './activations';
import { byToken, fresh, type Field } from './field';
import {
  diagonal,
  hadamard,
  mean,
  meanOfAll,
  rowAt,
  rowSums,
  sizeOf,
  symmetric,
  times,
  type Symmetric,
} from './matrix';

/** The result of a norm on a field, and the way of its gradient. */
export interface Normed {
  signal: Field;
  back(gradient: Field): Field;
}

export type NormLaw = (x: Field, config: Config, alpha: number) => Normed;

/** Less its mean over features; random features have none, those of an activation or of sinusoids do. */
export function centred(x: Field): Field {
  const { mean } = x;
  if (!mean) return x;
  const N = mean.length;
  const second = symmetric(N, (s, t) => x.second[rowAt(s) + t]! - mean[s]! * mean[t]!);
  return { ...x, second, mean: null };
}

/**
 * Every token over its own size. In the limit the size does not hang on one feature, so that the gradient is divided by
 * it and no more. At finite width the norm takes a share 2/d out of the gradient (Kedia et al. 2024), which the scatter of
 * the sizes makes good: of d normals E 1/σ² is d/(d − 2).
 */
const perToken =
  (centres: boolean, size: (meanSquare: number, config: Config) => number): NormLaw =>
  (given, config) => {
    const x = centres ? centred(given) : given;
    const inverse = diagonal(x.second).map((power) => 1 / size(power, config));
    return { signal: byToken(x, inverse), back: (gradient) => byToken(gradient, inverse) };
  };

const withEps = (meanSquare: number, { norm_eps }: Config) => Math.sqrt(meanSquare + norm_eps);

/** √d x/max(‖x‖, ε) */
const clamped = (meanSquare: number, { norm_eps, d_model }: Config) =>
  Math.max(Math.sqrt(meanSquare), norm_eps / Math.sqrt(d_model));

/** Every number by itself, by a function of it. */
const pointwise =
  (law: (alpha: number) => PointLaw): NormLaw =>
  (x, _, alpha) => {
    const { second, slopes } = law(alpha);
    const factor = slopes(x.second);
    return {
      signal: fresh(second(x.second)),
      back: ({ second }) => fresh(hadamard(second, factor)),
    };
  };

/** The functions of pointwise norms, by their α. */
export const pointFunctions: Partial<Record<NormId, (alpha: number) => (x: number) => number>> = {
  dyt: (alpha) => (x) => Math.tanh(alpha * x),
  derf: (alpha) => (x) => erf(alpha * x),
};

const tanh = remembering((alpha: number): PointLaw =>
  smooth(pointFunctions.dyt!(alpha), (x) => alpha * (1 - Math.tanh(alpha * x) ** 2)),
);

/** Less its mean over all tokens: what is left of a covariance. */
export function lessMean(m: Symmetric): Symmetric {
  const N = sizeOf(m);
  const rows = rowSums(m).map((x) => x / N);
  const all = meanOfAll(m);
  return symmetric(N, (i, j) => m[rowAt(i) + j]! - rows[i]! - rows[j]! + all);
}

/**
 * Every feature over its size among the tokens of the batch, which with many tokens is the same for all features. The
 * gradient loses what all tokens have in common too (Yang et al. 2019, A Mean Field Theory of Batch Normalization).
 */
const overBatch =
  (centres: boolean): NormLaw =>
  (x, config) => {
    const second = centres ? lessMean(x.second) : x.second;
    const inverse = 1 / withEps(mean(diagonal(second)), config);
    return {
      signal: fresh(times(second, inverse ** 2)),
      back: (gradient) =>
        fresh(times(centres ? lessMean(gradient.second) : gradient.second, inverse ** 2)),
    };
  };

const identity: NormLaw = (signal) => ({ signal, back: (gradient) => gradient });

/** Norms at initialization, gains 1; those that have a law. `prmsnorm` divides by the size of too few features. */
export const normLaws: Partial<Record<NormId, NormLaw>> = {
  layernorm: perToken(true, withEps),
  rmsnorm: perToken(false, withEps),
  scalenorm: perToken(false, clamped),
  adaptive: perToken(true, withEps),
  seednorm: perToken(false, withEps),
  batchnorm: overBatch(true),
  powernorm: overBatch(false),
  dyt: pointwise(tanh),
  derf: pointwise(errorFunction),
  none: identity,
};
