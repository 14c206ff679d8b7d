import {
  bucketOf,
  extremes,
  lastOf,
  outline,
  trailingMean,
  type Mean,
  type Recorded,
  type TimeSeries,
} from '../lib/timeSeries';
import type { Axis } from './axis';

/** The number of steps in a mean: 10, fewer while a run is short, about a fiftieth of a long one. */
export function windowOf(steps: number): number {
  const most = Math.max(1, Math.min(10, steps / 8), steps / 50);
  const decade = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].find((lead) => lead * decade <= most)! * decade;
}

/** The mean that lies right on an axis; the geometric one needs values above 0. */
export const meanOn = (kind: Axis['kind'], all: readonly TimeSeries[]): Mean =>
  kind === 'log' && all.every((series) => (extremes(series).least?.value ?? 1) > 0)
    ? 'geometric'
    : 'arithmetic';

/** Pixels that a bucket of steps takes at least. */
const BUCKET = 2;

/** Buckets of a drawing so many pixels wide. */
const bucketsIn = (width: number) => Math.max(1, width / BUCKET);

/**
 * Names the drawing of a series: another one where the drawing would differ or, live, differ by more than a part of a
 * pixel, which it does once a bucket is full.
 */
export function drawingOf(series: TimeSeries, width: number, isLive: boolean): string {
  const { length } = series;
  const { lost } = extremes(series);
  if (!isLive) return `${length} ${lastOf(series)?.value}`;
  return `${Math.floor(length / bucketOf(series, bucketsIn(width)))} ${lost?.step}`;
}

/** A lane's values as they are drawn, `width` pixels wide: each, and their mean, which is of one alone without a `window`. */
export function stepCurve(series: TimeSeries, width: number, mean: Mean, window: number) {
  const { line, ends } = outline(series, bucketsIn(width));
  const raw = line.map((i) => series.records[i]!);
  const meanAt = (i: number): Recorded => {
    const { step } = series.records[i]!;
    return { step, value: trailingMean(series, i, window, mean) };
  };
  const means = window > 1 ? ends.map(meanAt) : raw;
  return {
    raw,
    mean: means,
    /** The end of the curve, and the record at which it broke off. */
    end: means.findLast(({ value }) => Number.isFinite(value)),
    ...extremes(series),
  };
}
