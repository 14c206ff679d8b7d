/** Entropy in nats of a distribution given by weights ≥ 0 that need not sum to 1. */
export function entropy(weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const p = weights[i]! / total;
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}
