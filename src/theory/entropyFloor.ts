/**
 * The least entropy that a row of T attention weights can have where the matrix of scores has spectral norm σ: no row of
 * scores is longer than σ then, and the sharpest has one score above T − 1 equal ones (Zhai et al. 2023, Stabilizing
 * Transformer Training by Preventing Attention Entropy Collapse). In nats.
 */
export function entropyFloor(sigma: number, T: number): number {
  if (T === 1) return 0;
  const b = Math.exp(-sigma * Math.sqrt(T / (T - 1)));
  const Z = 1 + (T - 1) * b;
  return Math.log1p((T - 1) * b) + (sigma * Math.sqrt(T * (T - 1)) * b) / Z;
}
