import { quantile } from './quartiles';

/** The shares of values below the lower end of a band and below its upper one. */
const ENDS = [0.1, 0.9] as const;

export interface Spread {
  mean: number;
  low: number;
  high: number;
}

/** Mean and band of values: on logarithms, with the geometric mean, where that is asked for and all are above 0. */
export function spread(values: readonly number[], isLog: boolean): Spread {
  const isGeometric = isLog && values.every((value) => value > 0);
  const [to, from] = isGeometric ? [Math.log, Math.exp] : [Number, Number];
  const sorted = values.map((value) => to(value)).sort((a, b) => a - b);
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const [low, high] = ENDS.map((share) => from(quantile(sorted, share)));
  return { mean: from(mean), low: low!, high: high! };
}
