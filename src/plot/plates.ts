import type { Ground } from './ground';
import { spreadLabels } from './labels';
import type { Point } from './trace';

interface Wanted {
  /** Height of what is read; null where it has no place on the axis. */
  y: number | null;
  width: number;
  points: readonly Point[];
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
  const { left, right } = ground.across;
  const sides = [x + ASIDE, x - ASIDE].map((edge, side) => {
    const placed = besides(edge, side === 1, wanted, height, ground);
    const over = placed.plates.some((plate, i) => {
      return plate.x < left || plate.x + wanted[i]!.width > right;
    });
    return { ...placed, cost: placed.cost + (over ? 1e4 : 0) };
  });
  return (sides[1]!.cost < sides[0]!.cost ? sides[1]! : sides[0]!).plates;
}

function besides(
  edge: number,
  leftward: boolean,
  wanted: readonly Wanted[],
  height: number,
  ground: Ground,
) {
  const { rows } = ground;
  const bounds: Interval = [rows.groundTop + height / 2, rows.groundBottom - height / 2];
  const width = Math.max(0, ...wanted.map((plate) => plate.width));
  const from = leftward ? edge - width : edge;
  const half = height / 2 + CLEAR;
  const taken = wanted.flatMap(({ points }) => {
    const reached = extent(points, [from, from + width], ground);
    return reached ? [[reached[0] - half, reached[1] + half] as const] : [];
  });
  const heights = wanted.map(({ y }) => Math.min(Math.max(y ?? bounds[1], bounds[0]), bounds[1]));
  const order = wanted.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!);
  const found: number[] = [];
  for (const i of order) {
    const y = nearestFree(heights[i]!, taken, bounds);
    if (y === null) break;
    found[i] = y;
    taken.push([y - height, y + height]);
  }
  const isFree = found.filter((y) => y !== undefined).length === wanted.length;
  const ys = isFree ? found : spreadLabels(heights, height, bounds);
  const distance = ys.reduce((sum, y, i) => sum + Math.abs(y - heights[i]!), 0);
  return {
    plates: ys.map((y, i) => ({ x: leftward ? edge - wanted[i]!.width : edge, y })),
    cost: distance + (isFree ? 0 : 1e3),
  };
}

/** The place nearest to a height that no interval holds, or null where they leave none. */
export function nearestFree(
  wanted: number,
  taken: readonly Interval[],
  [top, bottom]: Interval,
): number | null {
  const edges = [wanted, ...taken.flat()].filter((y) => y >= top && y <= bottom);
  const free = edges.filter((y) => taken.every(([from, to]) => y <= from || y >= to));
  if (!free.length) return null;
  return free.reduce((best, y) => (Math.abs(y - wanted) < Math.abs(best - wanted) ? y : best));
}

/** The heights that a curve passes between two x; null where nothing of it is drawn there. */
export function extent(
  points: readonly Point[],
  [from, to]: Interval,
  { across, y }: Pick<Ground, 'across' | 'y'>,
): Interval | null {
  let [least, most] = [Infinity, -Infinity];
  const take = (height: number) => {
    least = Math.min(least, height);
    most = Math.max(most, height);
  };
  for (let i = 0; i < points.length; i++) {
    const [ax, ay] = [across.x(points[i]!.x), y(points[i]!.y)];
    if (ax > to && i === 0) break;
    if (ay !== null && ax >= from && ax <= to) take(ay);
    const next = points[i + 1];
    if (!next) break;
    const [bx, by] = [across.x(next.x), y(next.y)];
    if (ay !== null && by !== null && bx > ax) {
      for (const edge of [from, to]) {
        if (edge > ax && edge < bx) take(ay + ((by - ay) * (edge - ax)) / (bx - ax));
      }
    }
    if (ax > to) break;
  }
  return least <= most ? [least, most] : null;
}
