import type { Part, UpdateGraph } from './graph';

export interface Point {
  x: number;
  y: number;
}

export type NormName = Exclude<Part, 'f'>;
export const NORM_NAMES: readonly NormName[] = ['norm', 'norm_out'];

/** The box in which one residual update is drawn. */
export interface Cell {
  width: number;
  /** Heights of the stream and of the branch above it. */
  stream: number;
  branch: number;
}

/** Where things stand along the cell, as shares of its width; the stream ends at the next one’s fork. */
const AT = { fork: 0.16, boxStart: 0.27, boxEnd: 0.63, add: 0.74, end: 1.16 };

const between = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});

/** The cell's lines: everything that stays where it is whatever the placement. */
export interface Lines {
  start: Point;
  fork: Point;
  /** Corners of the branch, above fork and add. */
  rise: Point;
  fall: Point;
  box: { x: number; width: number; y: number };
  add: Point;
  end: Point;
}

export function linesOf({ width, stream, branch }: Cell): Lines {
  const on = (share: number, y: number): Point => ({ x: share * width, y });
  return {
    start: on(0, stream),
    fork: on(AT.fork, stream),
    rise: on(AT.fork, branch),
    box: { x: AT.boxStart * width, width: (AT.boxEnd - AT.boxStart) * width, y: branch },
    fall: on(AT.add, branch),
    add: on(AT.add, stream),
    end: on(AT.end, stream),
  };
}

/**
 * Where each norm of the update stands. What comes before f stands on the line that rises to it, what
 * comes after on the line that falls to the add; the rest on the stream.
 */
export function normPoints(graph: UpdateGraph, cell: Cell): { name: NormName; at: Point }[] {
  const lines = linesOf(cell);
  const f = graph.branch.indexOf('f');
  const split = f < 0 ? graph.branch.length : f;
  const segments: [Part[], Point, Point][] = [
    [graph.stem, lines.start, lines.fork],
    [graph.skip, lines.fork, lines.add],
    [graph.branch.slice(0, split), lines.fork, lines.rise],
    [graph.branch.slice(split + 1), lines.fall, lines.add],
    [graph.after, lines.add, lines.end],
  ];
  return segments.flatMap(([parts, from, to]) =>
    parts.flatMap((name, i) =>
      name === 'f' ? [] : [{ name, at: between(from, to, (i + 1) / (parts.length + 1)) }],
    ),
  );
}

/** How much is drawn of a block in a column of this width. */
export type Detail = 'boxes' | 'arches' | 'block' | 'mark';

const DETAILS: [atLeast: number, Detail][] = [
  [56, 'boxes'],
  [30, 'arches'],
  [15, 'block'],
];

export const detailOf = (columnWidth: number): Detail =>
  DETAILS.find(([atLeast]) => columnWidth >= atLeast)?.[1] ?? 'mark';
