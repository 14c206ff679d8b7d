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

/**
 * Every row the sum of the rows that its token reads (or, `back`, of those that read it). m: [N, N] → [N, N]
 */
function summed(m: Float64Array, { S, T, causal }: Tokens, back: boolean): Float64Array {
  const N = S * T;
  const out = new Float64Array(m.length);
  const running = new Float64Array(N);
  for (let s = 0; s < S; s++) {
    running.fill(0);
    for (let step = 0; step < T; step++) {
      const row = (s * T + (back ? T - 1 - step : step)) * N;
      for (let j = 0; j < N; j++) running[j]! += m[row + j]!;
      if (causal) out.set(running, row);
    }
    if (!causal) for (let t = 0; t < T; t++) out.set(running, (s * T + t) * N);
  }
  return out;
}

export function transposed(m: Float64Array): Float64Array {
  const N = Math.sqrt(m.length);
  const out = new Float64Array(m.length);
  for (let i = 0; i < N; i++) for (let j = 0; j < N; j++) out[j * N + i] = m[i * N + j]!;
  return out;
}

/** Σ over the keys i of token t: from m_ij the matrix of t and j. [N, N] → [N, N] */
export const overKeys = (m: Float64Array, tokens: Tokens) => summed(m, tokens, false);
/** Its transpose: Σ over the tokens t that read i. [N, N] → [N, N] */
export const overReaders = (m: Float64Array, tokens: Tokens) => summed(m, tokens, true);

/** Σ_ij over the keys i of token t and j of token u. [N, N] → [N, N] */
export const overBothKeys = (m: Float64Array, tokens: Tokens) =>
  transposed(overKeys(transposed(overKeys(m, tokens)), tokens));
/** Its transpose: Σ_tu over the readers t of token i and u of token j. [N, N] → [N, N] */
export const overBothReaders = (m: Float64Array, tokens: Tokens) =>
  transposed(overReaders(transposed(overReaders(m, tokens)), tokens));
