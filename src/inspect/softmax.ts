/** One row of logits as a distribution over symbols: ln Σ eᶻ, and what follows from it. NaN where the row is not finite. */
export interface RowReading {
  /** ln Σ eᶻ */
  logSum: number;
  /** −Σ p ln p, in nats. */
  entropy: number;
  /** The likeliest symbol, the first of equal ones, and its probability. */
  best: number;
  confidence: number;
}

/** z: V logits from `start` on. */
export function readRow(z: ArrayLike<number>, start: number, V: number): RowReading {
  let best = 0;
  for (let v = 1; v < V; v++) if (z[start + v]! > z[start + best]!) best = v;
  const max = z[start + best]!;
  let sum = 0;
  let weighted = 0;
  for (let v = 0; v < V; v++) {
    const below = z[start + v]! - max;
    const weight = Math.exp(below);
    sum += weight;
    if (weight > 0) weighted += weight * below;
    else if (Number.isNaN(weight)) weighted = NaN;
  }
  return {
    logSum: max + Math.log(sum),
    entropy: Math.log(sum) - weighted / sum,
    best,
    confidence: 1 / sum,
  };
}

/** 1 + the number of symbols with a higher logit. */
export function rankOf(symbol: number, z: ArrayLike<number>, start: number, V: number): number {
  const own = z[start + symbol]!;
  let rank = 1;
  for (let v = 0; v < V; v++) if (z[start + v]! > own) rank++;
  return rank;
}
