import { modalitiesOf, type Config } from '../config/fields';
import type { Batch } from '../lib/batch';
import { fresh, type Field } from './field';
import { added, mean, symmetric, times } from './matrix';
import { sinusoids } from './positions';
import { countOf, type Tokens } from './tokens';
import { embedStd } from './weights';

/** The symbols of a batch and how many kinds there are: all that the theory needs to know of a task. */
export interface Given {
  batch: Batch;
  vocabulary: number;
}

/**
 * Covariance over tokens of what enters the stack. Normals that share a part for the Gaussian task. Of symbols, equal ones have
 * one vector, and different ones independent vectors; positions are added.
 */
export function embedded(config: Config, tokens: Tokens, given: Given | null): Field {
  const N = countOf(tokens);
  const { T } = tokens;
  const std = embedStd(config);
  if (config.task === 'gaussian')
    return fresh(times(alike(N, T, config.token_correlation), std ** 2));
  const ids = given?.batch.inputs;
  const sizes = Float64Array.from({ length: N }, (_, t) =>
    ids && modalitiesOf(config) > 1 && ids[t]! >= given.vocabulary / 2 ? config.modality_scale : 1,
  );
  const isSame = (s: number, t: number) => (ids ? ids[s] === ids[t] : s === t);
  const symbols = symmetric(N, (s, t) => (isSame(s, t) ? std ** 2 * sizes[s]! * sizes[t]! : 0));
  const { products, means } = positionProducts(config, T);
  const placed = symmetric(N, (s, t) => products(s % T, t % T));
  return fresh(
    added(symbols, placed),
    means && Float64Array.from({ length: N }, (_, t) => means[t % T]!),
  );
}

/** Correlations of N tokens, which have ρ within a sequence of T and 0 across. */
const alike = (N: number, T: number, rho: number) =>
  symmetric(N, (s, t) => (s === t ? 1 : Math.floor(s / T) === Math.floor(t / T) ? rho : 0));

interface PositionProducts {
  /** Mean over features of the product of two positions' vectors. */
  products(s: number, t: number): number;
  /** Mean over features of each position's vector, where it is not 0. */
  means: number[] | null;
}

function positionProducts(config: Config, T: number): PositionProducts {
  if (config.positions === 'learned') {
    const power = embedStd(config) ** 2;
    return { products: (s, t) => (s === t ? power : 0), means: null };
  }
  if (config.positions !== 'sinusoidal') return { products: () => 0, means: null };
  const vectors = sinusoids(T, config.d_model);
  const all = vectors.map((p) => vectors.map((q) => mean(p.map((x, j) => x * q[j]!))));
  return { products: (s, t) => all[s]![t]!, means: vectors.map(mean) };
}
