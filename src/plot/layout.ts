import type { Frame } from './axis';

/** Heights of a plot of this height: where its values, its ground and the names under it lie. */
export interface Rows extends Frame {
  /** The plot's ground, overscan included. */
  groundTop: number;
  groundBottom: number;
  /** Baseline of the numbers under the ground. */
  tickY: number;
  text: number;
}

/** Pixels of text where nothing else is said: the size of a tick. */
export const TEXT = 12;

export const axisHeight = (text = TEXT) => text + 10;

/** The lowest ground, in which values still have a pixel between its overscans. */
const LEAST = 11;

export function rowsOf(height: number, text = TEXT, ticks = true): Rows {
  const groundTop = 2;
  // In a window that is too low for it the ground goes on past the edge: no size is below 0.
  const groundBottom = Math.max(groundTop + LEAST, height - (ticks ? axisHeight(text) : 2));
  // A share of the ground, in pixels no less than half a number is high and no more than a mark needs.
  const overscan = Math.min(10, Math.max(5, Math.round((groundBottom - groundTop) * 0.1)));
  return {
    groundTop,
    groundBottom,
    top: groundTop + overscan,
    bottom: groundBottom - overscan,
    overscan,
    tickY: groundBottom + text + 4,
    text,
  };
}
