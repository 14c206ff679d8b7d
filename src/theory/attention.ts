import { correlation } from './gaussian';
import { added, between, diagonal, hadamard, matrix, mean, sizeOf, times } from './matrix';
import { meanEntropy, tilt, tiltBack } from './softmax';
import {
  keysOf,
  overBothKeys,
  overBothReaders,
  overKeys,
  overReaders,
  transposed,
  type Tokens,
} from './tokens';

/**
 * The scores of one layer: in the limit of many heads and features they are centred normals with
 * cov(s_ti, s_uj) = λ q_tu k_ij (Hron et al. 2020, Infinite Attention).
 */
export interface Scores {
  /** Covariance of queries and of keys over tokens, per feature: [N, N] */
  q: Float64Array;
  k: Float64Array;
  /** The square of what products of queries and keys are multiplied by, times the features of a head. */
  lambda: number;
}

/** Attention weights by their second moments E a_ti a_uj. */
export interface Pattern {
  /** Σ_ij E a_ti a_uj m_ij */
  read(m: Float64Array): Float64Array;
  /** Its transpose: Σ_tu E a_ti a_uj m_tu */
  write(m: Float64Array): Float64Array;
  /** The gradient that comes back to queries and keys, of that at the output of the heads. */
  toScores(gradient: Float64Array, values: Float64Array): { q: Float64Array; k: Float64Array };
  /** Mean over rows of the variance by which scores of a row differ: what the softmax sees of them. */
  spread: number;
  /** Mean over rows of the entropy over its largest, rows with one key left out. */
  entropy: number;
}

/** Beyond this exponent the law's series is not used: it is far out of its range there. */
export const LARGEST_EXPONENT = 6;

/** Mean square by which the keys of every token differ from their mean, [N] */
function spreadOf(k: Float64Array, tokens: Tokens): Float64Array {
  const counts = keysOf(tokens);
  const N = counts.length;
  const powers = diagonal(k);
  const own = overKeys(
    matrix(N, (i) => powers[i]!),
    tokens,
  );
  const all = overBothKeys(k, tokens);
  return counts.map((m, t) => Math.max(0, own[t * N]! / m - all[t * N + t]! / m ** 2));
}

/** The variance of the scores of every row, without what all of its keys have in common: [N] */
function variancesIn({ q, k, lambda }: Scores, tokens: Tokens): Float64Array {
  const powers = diagonal(q);
  const counts = keysOf(tokens);
  return spreadOf(k, tokens).map((spread, t) => {
    const m = counts[t]!;
    return m === 1 ? 0 : (lambda * powers[t]! * spread * m) / (m - 1);
  });
}

/**
 * The weights of softmax attention. To first order in 1/n, E a_ti a_uj is exp of the scores' covariance over its sum,
 * E[e^{s_ti} e^{s_uj}]/E[Z_t Z_u]; for rows with few keys the exponent is made smaller by `tilt`, by which E Σ_i a_ti²
 * of independent scores is exact. Where scores are 0 every weight is 1/n, without approximation.
 *
 * exp(c_tu κ_ij) = Σ_r c_tu^r κ_ij^r/r! makes a sum over pairs of pairs a sum over pairs, a few times.
 */
export function patternOf(scores: Scores, tokens: Tokens): Pattern {
  const { q, k, lambda } = scores;
  const N = sizeOf(q);
  const counts = keysOf(tokens);
  const rows = variancesIn(scores, tokens);
  const shrink = rows.map((x, t) => Math.sqrt(tilt(counts[t]!, x)));
  // A constant added to the covariance of keys changes nothing, and the series converges best around the mean.
  const middle = mean(k);
  const keys = k.map((x) => x - middle);
  const exponents = times(between(shrink, q, shrink), lambda);
  const largest = extent(exponents) * extent(keys);
  const c = times(exponents, Math.min(1, LARGEST_EXPONENT / Math.max(largest, 1e-300)));
  const terms = termsUntil(Math.min(largest, LARGEST_EXPONENT));
  // Keys that are larger than others are read more: by E e^{s_ti} = e^{½ var s_ti}.
  const half = (lambda * mean(diagonal(q))) / 2;
  const sizes = diagonal(k);
  const bound = Math.max(...sizes);
  const weights = sizes.map((x) => Math.exp(Math.max(-LARGEST_EXPONENT, half * (x - bound))));
  const weighted = (m: Float64Array) => between(weights, m, weights);

  /** Σ_r c^r/r! · sum(κ^r · m) */
  const readSeries = (m: Float64Array) =>
    series(terms, c, keys, weighted(m), (x) => overBothKeys(x, tokens));
  const Z = readSeries(new Float64Array(N * N).fill(1));
  const read = (m: Float64Array) => readSeries(m).map((x, at) => x / Z[at]!);
  const write = (m: Float64Array) => {
    const over = m.map((x, at) => x / Z[at]!);
    return weighted(series(terms, keys, c, over, (x) => overBothReaders(x, tokens)));
  };

  const inverse = counts.map((m) => 1 / m);
  const usual = (m: Float64Array) => between(inverse, m, inverse);
  const backward = rows.map((x, t) => x * tiltBack(counts[t]!, x));
  const powers = diagonal(q).map(Math.sqrt);
  /** The factor by which two tokens read one key more often than if they read all alike. */
  const coincidence = matrix(N, (t, u) => {
    const r = correlation(q[t * N + u]!, powers[t]! * powers[u]!);
    const m = Math.min(counts[t]!, counts[u]!);
    const e = Math.exp((r * (backward[t]! + backward[u]!)) / 2);
    return (m * e) / (m - 1 + e);
  });

  return {
    read,
    write,
    /*
     * ds_ti = a_ti (g_t·v_i − Σ_j a_tj g_t·v_j), of which the products are normal with covariance g_tu v_ij. So
     * E ds_ti ds_uj = a_ti a_uj g_tu · v_ij less its means over the keys of t, of u, and of both. Then dq_t = Σ_i ds_ti k_i
     * and dk_i = Σ_t ds_ti q_t. Weights are 1/n here but for the coincidence of two readers.
     */
    toScores(gradient, values) {
      const one = (m: Float64Array) => {
        const over = overKeys(m, tokens);
        return matrix(N, (t, j) => over[t * N + j]! * inverse[t]!);
      };
      const valuesRead = one(values); // Σ_i a_ti v_ij
      const keysRead = one(k);
      const both = usual(overBothKeys(values, tokens));
      const fromBoth = usual(overBothKeys(hadamard(k, values), tokens));
      const crossed = hadamard(keysRead, valuesRead);
      const halfway = transposed(overKeys(transposed(crossed), tokens)); // over the keys of u
      const keysBoth = usual(overBothKeys(k, tokens));
      const upstream = times(hadamard(gradient, coincidence), lambda);
      const toQueries = matrix(N, (t, u) => {
        const [a, b] = [t * N + u, u * N + t];
        const off = halfway[a]! * inverse[u]! + halfway[b]! * inverse[t]!;
        return upstream[a]! * (fromBoth[a]! - off + keysBoth[a]! * both[a]!);
      });
      const M = usual(hadamard(upstream, q));
      const half = overReaders(
        hadamard(transposed(overReaders(transposed(M), tokens)), valuesRead),
        tokens,
      );
      const all = overBothReaders(M, tokens);
      const last = overBothReaders(hadamard(M, both), tokens);
      const toKeys = matrix(N, (i, j) => {
        const [a, b] = [i * N + j, j * N + i];
        return all[a]! * values[a]! - half[a]! - half[b]! + last[a]!;
      });
      return { q: toQueries, k: toKeys };
    },
    spread: mean(rows),
    entropy: mean(
      Array.from(rows, (x, t) => meanEntropy(counts[t]!, x) / Math.log(counts[t]!)).filter(
        (_, t) => counts[t]! > 1,
      ),
    ),
  };
}

const extent = (m: Float64Array): number => m.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** The number of terms after which x^r/r! is below a millionth. */
function termsUntil(x: number): number {
  let terms = 1;
  for (let term = 1; term > 1e-7 && terms < 60; terms++) term *= x / terms;
  return terms;
}

/** Σ_r outer^r/r! · sum(innerʳ · m), place by place. */
function series(
  terms: number,
  outer: Float64Array,
  inner: Float64Array,
  m: Float64Array,
  sum: (m: Float64Array) => Float64Array,
): Float64Array {
  let total = sum(m);
  let [out, within] = [outer, m];
  for (let r = 1; r < terms; r++) {
    within = hadamard(within, inner);
    total = added(total, hadamard(out, sum(within)));
    out = hadamard(out, outer).map((x) => x / (r + 1));
  }
  return total;
}
