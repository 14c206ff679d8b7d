import { extent as range, least, sum } from 'd3-array';
import type { Across, Ground } from './ground';
import { spreadLabels } from './labels';
import type { Point } from './trace';

interface Wanted {
  /** Height of what is read; null where it has no place on the axis. */
  y: number | null;
  width: number;
  points: readonly Point[];
  own?: { across: Across };
}

export interface Plate {
  /** Left edge and middle. */
  x: number;
  y: number;
}

type Interval = readonly [number, number];

/** Pixels between a plate and the vertical line, and between a plate and what it must not cover. */
const ASIDE = 8;
const CLEAR = 3;

/**
 * Places for the plates of a readout at x: on the side, and at the heights, where they lie nearest to what is
 * read and cover neither a curve nor one another. Where there is no such place they stand one below another.
 */
export function placePlates(
  x: number,
  wanted: readonly Wanted[],
  height: number,
  ground: Ground,
): Plate[] {
  const sides = [false, true].map((leftward) => beside(x, leftward, wanted, height, ground));
  return least(sides, ({ cost }) => cost)!.plates;
}

/** The places on one side, and how bad they are: pixels off what is read; far worse are a covered curve, and no room. */
function beside(
  x: number,
  leftward: boolean,
  wanted: readonly Wanted[],
  height: number,
  ground: Ground,
) {
  const { rows, across } = ground;
  const bounds: Interval = [rows.groundTop + height / 2, rows.groundBottom - height / 2];
  const width = Math.max(0, ...wanted.map((plate) => plate.width));
  const leftOf = (width: number) => (leftward ? x - ASIDE - width : x + ASIDE);
  const left = leftOf(width);
  const half = height / 2 + CLEAR;
  const taken = wanted.flatMap(({ points, own }): Interval[] => {
    const reached = extent(points, [left, left + width], { ...ground, ...own });
    return reached ? [[reached[0] - half, reached[1] + half]] : [];
  });
  const heights = wanted.map(({ y }) => Math.min(Math.max(y ?? bounds[1], bounds[0]), bounds[1]));
  const found: number[] = [];
  for (const i of heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)) {
    const y = nearestFree(heights[i]!, taken, bounds);
    if (y === null) break;
    found[i] = y;
    taken.push([y - height, y + height]);
  }
  const isFree = Object.keys(found).length === wanted.length;
  const ys = isFree ? inOrderOf(heights, found) : spreadLabels(heights, height, bounds);
  const isOver = left < across.left || left + width > across.right;
  return {
    plates: ys.map((y, i) => ({ x: leftOf(wanted[i]!.width), y })),
    cost: sum(ys, (y, i) => Math.abs(y - heights[i]!)) + (isFree ? 0 : 1e3) + (isOver ? 1e4 : 0),
  };
}

/** The places dealt out anew, so that they stand in the order of what is read. */
function inOrderOf(heights: readonly number[], places: readonly number[]): number[] {
  const byHeight = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!);
  const byPlace = places.toSorted((a, b) => a - b);
  return places.map((_, i) => byPlace[byHeight.indexOf(i)]!);
}

/** The place nearest to a height that no interval holds, or null where they leave none. */
export function nearestFree(
  wanted: number,
  taken: readonly Interval[],
  [top, bottom]: Interval,
): number | null {
  const free = [wanted, ...taken.flat()]
    .filter((y) => y >= top && y <= bottom)
    .filter((y) => taken.every(([from, to]) => y <= from || y >= to));
  return least(free, (y) => Math.abs(y - wanted)) ?? null;
}

/** The heights that a curve passes between two x; null where nothing of it is drawn there. */
export function extent(
  points: readonly Point[],
  [from, to]: Interval,
  { across, y }: Pick<Ground, 'across' | 'y'>,
): Interval | null {
  const placed = points.map((point) => ({ x: across.x(point.x), y: y(point.y) }));
  const heights = placed.flatMap((a, i) => {
    const own = a.x >= from && a.x <= to ? [a.y ?? NaN] : [];
    const b = placed[i + 1];
    if (!b || a.y === null || b.y === null) return own;
    const slope = (b.y - a.y) / (b.x - a.x);
    const edges = [from, to].filter((edge) => edge > a.x && edge < b.x);
    return [...own, ...edges.map((edge) => a.y! + (edge - a.x) * slope)];
  });
  const [highest, lowest] = range(heights);
  return highest === undefined ? null : [highest, lowest];
}
