import { EMBED } from './depth';
import type { Across } from './ground';
import { textWidth } from './labels';
import type { Rows } from './layout';
import type { Point } from './trace';

/** Neighbouring depths whose values are not finite. */
export interface Break {
  from: number;
  to: number;
  /** Nothing of the trace is finite. */
  whole: boolean;
  text: string;
}

/** One place along a horizontal axis. */
export type PlaceName = 'layer' | 'position';

/** The places where a trace is not finite, with the value that stands there in words. */
export function breaksOf(points: readonly Point[], name: PlaceName = 'layer'): Break[] {
  const runs: { first: number; last: number }[] = [];
  points.forEach(({ y }, i) => {
    if (Number.isFinite(y)) return;
    const open = runs.at(-1);
    if (open?.last === i - 1) open.last = i;
    else runs.push({ first: i, last: i });
  });
  return runs.map(({ first, last }) => {
    const from = points[first]!.x;
    const to = points[last]!.x;
    const whole = first === 0 && last === points.length - 1;
    return {
      from,
      to,
      whole,
      text: `${kindOf(points[first]!.y)} ${where(first, last, points, name)}`,
    };
  });
}

const kindOf = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞');

function where(first: number, last: number, points: readonly Point[], name: PlaceName): string {
  const say = (position: number) => (position === EMBED ? 'embed' : `${name} ${position}`);
  const from = say(points[first]!.x);
  const toEnd = last === points.length - 1;
  if (first === 0 && toEnd) return points.length > 1 ? `at every ${name}` : `at ${from}`;
  if (first === last) return `at ${from}`;
  if (toEnd) return `from ${from}`;
  if (first === 0) return `up to ${say(points[last]!.x)}`;
  return `from ${from} to ${points[last]!.x}`;
}

/** Heights of the strip along the top of the ground, and of a strip with the text under it. */
const STRIP = 8;
const COLUMN = 24;
const rowOf = ({ text }: Rows) => STRIP + text + 3;

/** The middle of the strip of the nth broken trace: where that trace goes on, off the scale. */
export const stripHeight = (rows: Rows, strip: number): number =>
  rows.groundTop + strip * rowOf(rows) + STRIP / 2;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface BreakShapes {
  /** At the first place that is not finite; not where nothing is finite at all. */
  column: Box | null;
  /** Over all that are not. */
  strip: Box;
  label: { x: number; y: number; anchor: 'start' | 'end' };
}

/** Hatching from `first` to `end`, with its text beside the first column, on the side that has room. */
export function hatching(
  { first, end, column, whole, text }: Extent,
  [left, right]: readonly [number, number],
  rows: Rows,
  strip: number,
): BreakShapes {
  const half = Math.min(COLUMN, column) / 2;
  const top = rows.groundTop + strip * rowOf(rows);
  const width = textWidth(text, rows.text) + 4;
  const y = top + STRIP + rows.text;
  const start = whole ? first : first + half + 4;
  return {
    column: whole
      ? null
      : { x: first - half, y: top, width: 2 * half, height: rows.groundBottom - top },
    strip: { x: first - half, y: top, width: end - first + 2 * half, height: STRIP },
    label:
      start + width <= right
        ? { x: start, y, anchor: 'start' }
        : { x: Math.min(right - 2, Math.max(first - half - 4, left + width)), y, anchor: 'end' },
  };
}

interface Extent {
  /** Middles of the first and the last place that is not finite. */
  first: number;
  end: number;
  /** Width of a place. */
  column: number;
  whole: boolean;
  text: string;
}

export const breakShapes = (gap: Break, across: Across, rows: Rows, strip: number) =>
  hatching(
    { ...gap, first: across.x(gap.from), end: across.x(gap.to), column: across.column },
    [across.left, across.right],
    rows,
    strip,
  );
