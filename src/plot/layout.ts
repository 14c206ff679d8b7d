import type { Frame } from './axis';

/** Heights of a plot of this height: where its values, its ground and the names under it lie. */
export interface Rows extends Frame {
  /** The plot's ground, overscan included. */
  groundTop: number;
  groundBottom: number;
  /** Baseline of the numbers under the ground. */
  tickY: number;
}

const OVERSCAN = 10;
const FOOT = 22;

export function rowsOf(height: number): Rows {
  const groundTop = 2;
  const groundBottom = height - FOOT;
  return {
    groundTop,
    groundBottom,
    top: groundTop + OVERSCAN,
    bottom: groundBottom - OVERSCAN,
    overscan: OVERSCAN,
    tickY: groundBottom + 16,
  };
}
