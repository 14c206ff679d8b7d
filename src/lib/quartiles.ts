/** The middle of many measurements, and the quartiles around it. */
export interface Spread {
  low: number;
  median: number;
  high: number;
}

/** Between two of the sorted values in proportion (Hyndman, Fan 1996, definition 7). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [a, b] = [sorted[below]!, sorted[Math.ceil(at)]!];
  return a + (at - below) * (b - a);
}

export function quartiles(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => quantile(sorted, share);
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
