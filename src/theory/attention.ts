import { correlation } from './gaussian';
import {
  between,
  diagonal,
  extent,
  hadamard,
  mean,
  meanOfAll,
  over,
  rowAt,
  sizeOf,
  symmetric,
  times,
  whole,
  type Symmetric,
} from './matrix';
import { exponential } from './polynomial';
import { LARGEST_VARIANCE, meanEntropy, tilt, tiltBack } from './softmax';
import {
  alongKeys,
  alongReaders,
  keysOf,
  overBothKeys,
  overBothReaders,
  overKeys,
  overReaders,
  type Tokens,
} from './tokens';

/**
 * The scores of one layer: in the limit of many heads and features they are centred normals with
 * cov(s_ti, s_uj) = λ q_tu k_ij (Hron et al. 2020, Infinite Attention).
 */
export interface Scores {
  /** Covariance of queries and of keys over tokens, per feature: [N, N] */
  q: Symmetric;
  k: Symmetric;
  /** The square of what products of queries and keys are multiplied by, times the features of a head. */
  lambda: number;
}

/** Attention weights by their second moments E a_ti a_uj. */
export interface Pattern {
  /** Σ_ij E a_ti a_uj m_ij */
  read(m: Symmetric): Symmetric;
  /** Its transpose: Σ_tu E a_ti a_uj m_tu */
  write(m: Symmetric): Symmetric;
  /** The gradient that comes back to queries and keys, of that at the output of the heads. */
  toScores(gradient: Symmetric, values: Symmetric): { q: Symmetric; k: Symmetric };
  /** Mean over rows of the variance by which scores of a row differ: what the softmax sees of them. */
  spread: number;
  /** Mean over rows of the entropy over its largest, rows with one key left out. */
  entropy: number;
}

/** Beyond this exponent the law's series is not used: it is far out of its range there. */
export const LARGEST_EXPONENT = 6;

/** Mean square by which the keys of every token differ from their mean, [N] */
function spreadOf(k: Symmetric, tokens: Tokens): Float64Array {
  const counts = keysOf(tokens);
  const powers = diagonal(k);
  const all = diagonal(overBothKeys(k, tokens));
  return counts.map((m, t) => {
    const start = t - (t % tokens.T);
    return Math.max(0, mean(powers.subarray(start, start + m)) - all[t]! / m ** 2);
  });
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
 * exp(c_tu κ_ij) as a polynomial Σ_r p_r c_tu^r κ_ij^r makes a sum over pairs of pairs a sum over pairs, a few times.
 */
export function patternOf(scores: Scores, tokens: Tokens): Pattern {
  const { q, k, lambda } = scores;
  const N = sizeOf(q);
  const counts = keysOf(tokens);
  const rows = variancesIn(scores, tokens);
  const shrink = rows.map((x, t) => Math.sqrt(tilt(counts[t]!, x)));
  // A constant added to the covariance of keys changes nothing, and the series converges best around the mean.
  const middle = meanOfAll(k);
  const keys = k.map((x) => x - middle);
  const exponents = times(between(q, shrink), lambda);
  const largest = extent(exponents) * extent(keys);
  const c = times(exponents, Math.min(1, LARGEST_EXPONENT / Math.max(largest, 1e-300)));
  const polynomial = exponential(Math.min(largest, LARGEST_EXPONENT));
  // Keys that are larger than others are read more: by E e^{s_ti} = e^{½ var s_ti}.
  const half = (lambda * mean(diagonal(q))) / 2;
  const sizes = diagonal(k);
  const bound = Math.max(...sizes);
  const weights = sizes.map((x) => Math.exp(Math.max(-LARGEST_EXPONENT, half * (x - bound))));
  const weighted = (m: Symmetric) => between(m, weights);

  /** Σ_r p_r c^r · sum(κ^r · m) */
  const readSeries = (m: Symmetric) =>
    series(polynomial, c, keys, weighted(m), (x, out) => overBothKeys(x, tokens, out));
  const Z = readSeries(new Float64Array(k.length).fill(1));
  const read = (m: Symmetric) => over(readSeries(m), Z);
  const write = (m: Symmetric) =>
    weighted(series(polynomial, keys, c, over(m, Z), (x, out) => overBothReaders(x, tokens, out)));

  const inverse = counts.map((m) => 1 / m);
  const usual = (m: Symmetric) => between(m, inverse);
  const backward = rows.map((x, t) => Math.min(x, LARGEST_VARIANCE) * tiltBack(counts[t]!, x));
  const powers = diagonal(q).map(Math.sqrt);
  /** The factor by which two tokens read one key more often than if they read all alike. */
  const coincidence = () =>
    symmetric(N, (t, u) => {
      const r = correlation(q[rowAt(t) + u]!, powers[t]! * powers[u]!);
      const m = Math.min(counts[t]!, counts[u]!);
      const e = Math.exp((r * (backward[t]! + backward[u]!)) / 2);
      // So that e may be infinite.
      return m / (1 + (m - 1) / e);
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
      /** Σ_i a_ti m_ij, of t and j: not symmetric, so all N² numbers. */
      const one = (m: Symmetric) => eachRow(overKeys(whole(m), tokens), inverse);
      const valuesRead = one(values);
      const keysRead = one(k);
      const valuesBoth = usual(overBothKeys(values, tokens));
      const keysBoth = usual(overBothKeys(k, tokens));
      const fromBoth = usual(overBothKeys(hadamard(k, values), tokens));
      // Σ_j a_uj (Σ_i a_ti k_ij)(Σ_i a_ti v_ij), of t and u.
      const half = alongKeys(hadamard(keysRead, valuesRead), tokens);
      const upstream = times(hadamard(gradient, coincidence()), lambda);
      const toQueries = symmetric(N, (t, u) => {
        const at = rowAt(t) + u;
        const off = half[t * N + u]! * inverse[u]! + half[u * N + t]! * inverse[t]!;
        return upstream[at]! * (fromBoth[at]! - off + keysBoth[at]! * valuesBoth[at]!);
      });
      const M = usual(hadamard(upstream, q));
      const halfBack = overReaders(hadamard(alongReaders(whole(M), tokens), valuesRead), tokens);
      const all = overBothReaders(M, tokens);
      const last = overBothReaders(hadamard(M, valuesBoth), tokens);
      const toKeys = symmetric(N, (i, j) => {
        const at = rowAt(i) + j;
        return all[at]! * values[at]! - halfBack[i * N + j]! - halfBack[j * N + i]! + last[at]!;
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

/** Every row of a whole matrix times a factor of its own. */
function eachRow(m: Float64Array, factors: Float64Array): Float64Array {
  const N = factors.length;
  const out = new Float64Array(m.length);
  for (let i = 0, at = 0; i < N; i++)
    for (let j = 0; j < N; j++, at++) out[at] = factors[i]! * m[at]!;
  return out;
}

/** Σ_r p_r outer^r · sum(innerʳ · m), place by place. */
function series(
  p: readonly number[],
  outer: Symmetric,
  inner: Symmetric,
  m: Symmetric,
  sum: (m: Symmetric, out: Symmetric) => Symmetric,
): Symmetric {
  const total = new Float64Array(m.length);
  const summed = sum(m, new Float64Array(m.length));
  for (let at = 0; at < total.length; at++) total[at] = p[0]! * summed[at]!;
  const [out, within] = [outer.slice(), m.slice()];
  for (const factor of p.slice(1)) {
    for (let at = 0; at < within.length; at++) within[at]! *= inner[at]!;
    sum(within, summed);
    for (let at = 0; at < out.length; at++) {
      total[at]! += factor * out[at]! * summed[at]!;
      out[at]! *= outer[at]!;
    }
  }
  return total;
}
