/** What one residual update x ← N(αx + N_out(f(N_in(x)))) has of its parts. */
export interface Placement {
  /** N_in: the branch reads a normalized stream. */
  before: boolean;
  /** N_out: what the branch adds is normalized. */
  out: boolean;
  /** N: the sum is normalized. */
  after: boolean;
  /** α, what the stream is multiplied by. */
  alpha: (L: number) => number;
  /** `final_norm: auto`. */
  endsInNorm: boolean;
  normsEmbedding: boolean;
}

const plain: Placement = {
  before: false,
  out: false,
  after: false,
  alpha: () => 1,
  endsInNorm: false,
  normsEmbedding: false,
};

export const placements: Record<string, Placement> = {
  none: plain,
  pre: { ...plain, before: true, endsInNorm: true },
  post: { ...plain, after: true },
  sandwich: { ...plain, before: true, out: true, endsInNorm: true },
  peri: { ...plain, before: true, out: true, endsInNorm: true, normsEmbedding: true },
  reordered: { ...plain, out: true, endsInNorm: true },
  deepnorm: { ...plain, after: true, alpha: (L) => (2 * L) ** 0.25 },
  residual: { ...plain, after: true, endsInNorm: true },
};
