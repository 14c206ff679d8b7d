import { mean } from 'd3-array';
import type { Point } from './trace';

/** From here on a position is past what a model was trained on, where that is within the axis. */
export interface TrainedLength {
  tokens: number;
  /** Whose it is, where not everyone's. */
  colour?: string;
}

/** The mean of a trace's finite values from one position up to another one, or null without any. */
export function meanBetween(points: readonly Point[], from: number, to: number): number | null {
  const counted = points.filter(({ x, y }) => x >= from && x < to && Number.isFinite(y));
  return mean(counted, ({ y }) => y) ?? null;
}
