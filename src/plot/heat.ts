import { ticks } from 'd3-array';
import { toUnits, type Axis } from './axis';
import { pixelScale, type Ramp } from './colours';
import { hatching } from './waterfall';

/** Values in rows downwards; NaN is one that is not there, ∞ one that is not finite. */
export interface HeatGrid {
  rows: number;
  columns: number;
  values: readonly number[];
  /** The share of a cell’s numbers that are not finite, 0 to 1. */
  lost: readonly number[];
  /** Cells that are not there and are not to come. */
  empty: readonly boolean[];
}

/** Where the cells of a map lie. */
export interface HeatPlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Of each cell the place of the nearest one that is there, by steps to a neighbour; −1 where there is none at all. */
export function nearestThere({ rows, columns, values }: HeatGrid): Int32Array {
  const nearest = new Int32Array(rows * columns).fill(-1);
  let edge = values.flatMap((value, i) => {
    if (Number.isNaN(value)) return [];
    nearest[i] = i;
    return [i];
  });
  while (edge.length) {
    const next: number[] = [];
    for (const i of edge) {
      const [row, column] = [Math.floor(i / columns), i % columns];
      for (const [down, right] of [
        [0, -1],
        [0, 1],
        [-1, 0],
        [1, 0],
      ] as const) {
        const [r, c] = [row + down, column + right];
        const at = r * columns + c;
        if (r < 0 || r >= rows || c < 0 || c >= columns || nearest[at] !== -1) continue;
        nearest[at] = nearest[i]!;
        next.push(at);
      }
    }
    edge = next;
  }
  return nearest;
}

/** `#rrggbb` of a pixel, red first. */
export const hexOf = (pixel: number): string =>
  `#${[0, 8, 16].map((shift) => ((pixel >> shift) & 255).toString(16).padStart(2, '0')).join('')}`;

/** A cell that is still to come has the colour of the nearest one so faintly. */
const TO_COME = 0.3;

/** Draws the cells: those to come faintly, and the share that is not finite hatched from below. */
export function drawHeat(
  context: CanvasRenderingContext2D,
  grid: HeatGrid,
  { left, top, width, height }: HeatPlace,
  ramp: Ramp,
  axis: Axis,
): void {
  const { rows, columns, values, lost, empty } = grid;
  const [w, h] = [width / columns, height / rows];
  const colourOf = pixelScale(ramp, axis);
  const nearest = nearestThere(grid);
  // Edges on whole pixels leave no seams between cells.
  const [x, y] = [
    (column: number) => Math.round(left + column * w),
    (row: number) => Math.round(top + row * h),
  ];
  const box = (i: number, share = 1) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [x0, y1] = [x(column), y(row + 1)];
    const size = (y1 - y(row)) * share;
    context.rect(x0, y1 - size, x(column + 1) - x0, size);
  };
  context.save();
  for (let i = 0; i < values.length; i++) {
    const from = nearest[i]!;
    const value = from < 0 ? NaN : values[from]!;
    if (!Number.isFinite(value) || empty[i]) continue;
    context.globalAlpha = from === i ? 1 : TO_COME;
    context.fillStyle = hexOf(colourOf(value));
    context.beginPath();
    box(i);
    context.fill();
  }
  context.globalAlpha = 1;
  if (lost.some((share) => share > 0)) {
    context.fillStyle = hatching(context);
    context.beginPath();
    lost.forEach((share, i) => {
      if (share > 0) box(i, share < 1 ? Math.max(0.2, share) : 1);
    });
    context.fill();
  }
  context.restore();
}

/** About so many contours. */
const CONTOURS = 5;

/** Round values of an axis in its units, of which a map has contours. */
export const contourLevels = ({ domain: [low, high] }: Axis): number[] =>
  ticks(low, high, CONTOURS).filter((level) => level > low && level < high);

type Point = readonly [x: number, y: number];

/**
 * The lines at which the values of neighbouring cells, straight between their middles, are of a level: as pairs of
 * points in cells (marching squares). They stop where a value is not there or not finite.
 *
 * @param level in the axis’s units
 */
export function contour(
  { rows, columns, values }: HeatGrid,
  kind: Axis['kind'],
  level: number,
): [Point, Point][] {
  const lines: [Point, Point][] = [];
  const at = (row: number, column: number) => toUnits(kind, values[row * columns + column]!);
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const corners = [
        { x: column, y: row, value: at(row, column) },
        { x: column + 1, y: row, value: at(row, column + 1) },
        { x: column + 1, y: row + 1, value: at(row + 1, column + 1) },
        { x: column, y: row + 1, value: at(row + 1, column) },
      ];
      if (corners.some(({ value }) => value === null)) continue;
      const crossings = corners.flatMap((a, i): Point[] => {
        const b = corners[(i + 1) % 4]!;
        const [va, vb] = [a.value!, b.value!];
        if (va >= level === vb >= level) return [];
        const share = (level - va) / (vb - va);
        return [[a.x + share * (b.x - a.x) + 0.5, a.y + share * (b.y - a.y) + 0.5]];
      });
      // A saddle has four: its middle says which two belong together.
      if (crossings.length === 2) lines.push([crossings[0]!, crossings[1]!]);
      else if (crossings.length === 4) {
        const middle = corners.reduce((sum, { value }) => sum + value!, 0) / 4;
        const isJoined = middle >= level === corners[0]!.value! >= level;
        const [a, b, c, d] = crossings as [Point, Point, Point, Point];
        lines.push(
          ...(isJoined
            ? ([
                [a, b],
                [c, d],
              ] as const)
            : ([
                [d, a],
                [b, c],
              ] as const)
          ).map(([one, other]): [Point, Point] => [one, other]),
        );
      }
    }
  }
  return lines;
}

/** The middle of a row or column, and its ends; null where it has no finite value. */
export type Summary = { mean: number; low: number; high: number } | null;

const summaryOf = (kind: Axis['kind'], values: readonly number[]): Summary => {
  const units = values.flatMap((value) => toUnits(kind, value) ?? []);
  if (!units.length) return null;
  const mean = units.reduce((sum, one) => sum + one, 0) / units.length;
  return { mean, low: Math.min(...units), high: Math.max(...units) };
};

/** The mean of each row and of each column, with its range, in the axis’s units. */
export function marginals({ rows, columns, values }: HeatGrid, kind: Axis['kind']) {
  return {
    rows: Array.from({ length: rows }, (_, row) =>
      summaryOf(kind, values.slice(row * columns, (row + 1) * columns)),
    ),
    columns: Array.from({ length: columns }, (_, column) =>
      summaryOf(
        kind,
        values.filter((_, i) => i % columns === column),
      ),
    ),
  };
}
