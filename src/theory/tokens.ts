import { diagonal, rowAt, type Symmetric } from './matrix';

/** The tokens that a matrix over tokens speaks of: whole sequences of one length, one after the other. */
export interface Tokens {
  /** Sequences. */
  S: number;
  /** Tokens of a sequence. */
  T: number;
  /** A token reads itself and what came before it in its sequence; else all of its sequence. */
  causal: boolean;
}

export const countOf = ({ S, T }: Tokens): number => S * T;

/** The number of tokens that each token reads, [N]. */
export const keysOf = (tokens: Tokens): Float64Array =>
  Float64Array.from({ length: countOf(tokens) }, (_, t) =>
    tokens.causal ? (t % tokens.T) + 1 : tokens.T,
  );

/** Σ over all of both sequences, which every pair of their tokens shares. */
function overAll(m: Symmetric, { S, T }: Tokens, out: Symmetric): Symmetric {
  const sums = new Float64Array(S * S);
  const visit = (act: (at: number, block: number) => void) => {
    for (let i = 0, at = 0; i < S * T; i++) {
      const block = Math.floor(i / T) * S;
      for (let j = 0; j <= i; j++, at++) act(at, block + Math.floor(j / T));
    }
  };
  visit((at, block) => (sums[block]! += m[at]!));
  // Of a sequence with itself only the lower half was visited.
  for (let s = 0; s < S; s++) {
    let own = 0;
    for (let i = s * T; i < (s + 1) * T; i++) own += m[rowAt(i) + i]!;
    sums[s * S + s] = 2 * sums[s * S + s]! - own;
  }
  visit((at, block) => (out[at] = sums[block]!));
  return out;
}

/**
 * Σ_ij over the keys i of token t and j of token u: from sums over rows so far of every column, sums along the row.
 *
 * @param out where the result is put
 */
export function overBothKeys(
  m: Symmetric,
  tokens: Tokens,
  out: Symmetric = new Float64Array(m.length),
): Symmetric {
  if (!tokens.causal) return overAll(m, tokens, out);
  const { S, T } = tokens;
  const columns = new Float64Array(S * T);
  let at = 0;
  for (let t = 0; t < S * T; t++) {
    const start = t - (t % T);
    if (t === start) columns.fill(0);
    for (let first = 0; first < start; first += T) {
      let sum = 0;
      for (let u = first; u < first + T; u++, at++) {
        columns[u]! += m[at]!;
        sum += columns[u]!;
        out[at] = sum;
      }
    }
    let [row, sum] = [0, 0];
    for (let u = start; u < t; u++, at++) {
      row += m[at]!;
      columns[u]! += m[at]!;
      sum += columns[u]!;
      out[at] = sum;
    }
    columns[t] = row + m[at]!;
    out[at++] = sum + columns[t]!;
  }
  return out;
}

/** Its transpose: Σ_tu over the readers t of token i and u of token j. */
export function overBothReaders(
  m: Symmetric,
  tokens: Tokens,
  out: Symmetric = new Float64Array(m.length),
): Symmetric {
  if (!tokens.causal) return overAll(m, tokens, out);
  const { S, T } = tokens;
  const columns = new Float64Array(S * T);
  let own = 0;
  for (let i = S * T - 1; i >= 0; i--) {
    const start = i - (i % T);
    let at = rowAt(i) + i;
    if (i === start + T - 1) {
      columns.fill(0);
      own = 0;
    }
    own += 2 * columns[i]! + m[at]!;
    out[at--] = own;
    let sum = own;
    for (let j = i - 1; j >= start; j--, at--) {
      columns[j]! += m[at]!;
      sum += columns[j]!;
      out[at] = sum;
    }
    for (let last = start - 1; last >= 0; last -= T) {
      sum = 0;
      for (let j = last; j > last - T; j--, at--) {
        columns[j]! += m[at]!;
        sum += columns[j]!;
        out[at] = sum;
      }
    }
  }
  return out;
}

/** Σ_st a_st b_st over all B sequences of a batch; those that are not computed are like those that are. */
export function overBatch(a: Symmetric, b: Symmetric, { S, T }: Tokens, B: number): number {
  let [own, cross] = [0, 0];
  for (let i = 0, at = 0; i < S * T; i++) {
    const start = i - (i % T);
    for (let j = 0; j < start; j++, at++) cross += 2 * a[at]! * b[at]!;
    for (let j = start; j < i; j++, at++) own += 2 * a[at]! * b[at]!;
    own += a[at]! * b[at++]!;
  }
  const pairs = S > 1 ? (B * (B - 1)) / (S * (S - 1)) : 0;
  return (own * B) / S + cross * pairs;
}

/* Sums on one side, of whole matrices, [N, N] → [N, N]. */

type Axis = 'over' | 'along';

/**
 * Sums along one axis within every sequence, `over` the rows of each column or `along` the columns of each row: up to every
 * place from the first, or from the last back to it; without a mask the sum of all of the sequence at each.
 */
function running(
  m: Float64Array,
  { S, T, causal }: Tokens,
  axis: Axis,
  isBack: boolean,
): Float64Array {
  const N = S * T;
  const step = axis === 'over' ? N : 1;
  const out = new Float64Array(m.length);
  /** Of an element, in its sequence. */
  const placeOf = (at: number) => (axis === 'over' ? Math.floor(at / N) : at) % T;
  if (causal && isBack) {
    for (let at = m.length - 1; at >= 0; at--) {
      out[at] = m[at]! + (placeOf(at) < T - 1 ? out[at + step]! : 0);
    }
    return out;
  }
  for (let at = 0; at < m.length; at++) out[at] = m[at]! + (placeOf(at) > 0 ? out[at - step]! : 0);
  if (causal) return out;
  for (let at = 0; at < m.length; at++) out[at] = out[at + (T - 1 - placeOf(at)) * step]!;
  return out;
}

/** Σ over the keys i of token t: from m_ij the matrix of t and j. */
export const overKeys = (m: Float64Array, tokens: Tokens) => running(m, tokens, 'over', false);
/** Σ over the readers t of token i: from m_tj the matrix of i and j. */
export const overReaders = (m: Float64Array, tokens: Tokens) => running(m, tokens, 'over', true);
/** Σ over the keys j of token u along every row: from m_tj the matrix of t and u. */
export const alongKeys = (m: Float64Array, tokens: Tokens) => running(m, tokens, 'along', false);
/** Σ over the readers u of token j along every row: from m_tu the matrix of t and j. */
export const alongReaders = (m: Float64Array, tokens: Tokens) => running(m, tokens, 'along', true);

/** Mean cosine between two tokens of a sequence, and then over sequences. */
export function tokenCosine(second: Symmetric, { S, T }: Tokens): number {
  const sizes = diagonal(second).map(Math.sqrt);
  let total = 0;
  for (let s = 0; s < S; s++) {
    for (let i = s * T; i < (s + 1) * T; i++) {
      const row = rowAt(i);
      for (let j = s * T; j < i; j++) total += second[row + j]! / (sizes[i]! * sizes[j]!);
    }
  }
  return total / ((S * T * (T - 1)) / 2);
}
