import type { Point } from './trace';

/** The horizontal layout of what is drawn token by token: positions 0 … tokens − 1, evenly spaced. */
export interface PositionScale {
  tokens: number;
  left: number;
  right: number;
  x(position: number): number;
  /** The position nearest to x. */
  at(x: number): number;
}

export function positionScale(tokens: number, left: number, right: number): PositionScale {
  const last = Math.max(1, tokens - 1);
  const step = (right - left) / last;
  return {
    tokens,
    left,
    right,
    x: (position) => left + position * step,
    at: (x) => Math.min(Math.max(Math.round((x - left) / step), 0), tokens - 1),
  };
}

/** From here on a position is past what a model was trained on, where that is within the axis. */
export interface TrainedLength {
  tokens: number;
  /** Whose it is, where not everyone's. */
  colour?: string;
}

/** The mean of a trace's finite values from one position up to another one, or null without any. */
export function meanBetween(points: readonly Point[], from: number, to: number): number | null {
  const values = points
    .filter(({ x, y }) => x >= from && x < to && Number.isFinite(y))
    .map(({ y }) => y);
  return values.length ? values.reduce((sum, y) => sum + y, 0) / values.length : null;
}
