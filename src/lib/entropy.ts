/** Entropy in nats of a distribution given by weights ≥ 0 that need not sum to 1. */
export function entropy(weights: Iterable<number>): number {
  const all = Float64Array.from(weights);
  const total = all.reduce((sum, weight) => sum + weight, 0);
  return all.reduce((sum, weight) => {
    const p = weight / total;
    return p > 0 ? sum - p * Math.log(p) : sum;
  }, 0);
}
