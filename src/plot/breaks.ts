import { EMBED } from './depth';
import { formatSignificant } from './format';
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
export type PlaceName = string;

/** The places where a trace is not finite, with the value that stands there in words. */
export function breaksOf(points: readonly Point[], name: PlaceName = 'layer'): Break[] {
  const runs: { first: number; last: number }[] = [];
  points.forEach(({ y }, i) => {
    if (Number.isFinite(y)) return;
    const open = runs.at(-1);
    if (open?.last === i - 1) open.last = i;
    else runs.push({ first: i, last: i });
  });
  return runs.map(({ first, last }) => ({
    from: points[first]!.x,
    to: points[last]!.x,
    whole: first === 0 && last === points.length - 1,
    text: `${formatSignificant(points[first]!.y)} ${where(first, last, points, name)}`,
  }));
}

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

/** Height of a strip along the top of the ground; its text stands under it. */
export const STRIP = 8;

/**
 * The strip of the nth broken trace begins here: in it that trace goes on, off the scale. Those that a low plot
 * has no room for share its last one.
 */
export const stripTop = ({ groundTop, groundBottom, text }: Rows, strip: number): number =>
  Math.min(groundTop + strip * (STRIP + text + 3), groundBottom - STRIP);
