import type { Operation, UpdateGraph } from './graph';

export interface Point {
  x: number;
  y: number;
}

/** A mark on a line, which glides when it moves. */
export type MarkName = Exclude<Operation, 'f' | 'cut'>;
/** The marks of placements, which stay in the drawing and glide; those of scales come and go. */
export const PLACED_MARKS: readonly MarkName[] = ['norm', 'norm_out', 'amplify'];
export const SCALE_MARKS: readonly MarkName[] = ['scale_x', 'scale_f'];

/** The box in which one residual update is drawn. */
export interface Cell {
  width: number;
  stream: number;
  /** Heights of the branches above it: one, or one above the other where two run side by side. */
  rails: readonly number[];
}

/** Where things stand along the cell, as shares of its width; the stream ends at the next one’s fork. */
const AT = { fork: 0.16, boxStart: 0.25, boxEnd: 0.65, add: 0.74, end: 1.16 };

const between = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});

/** The cell's lines: everything that stays where it is whatever the placement. */
export interface Lines {
  start: Point;
  fork: Point;
  /** Corners of the branch next to the stream, above fork and add. */
  rise: Point;
  fall: Point;
  /** Every branch from fork to add, and the middle of its box. */
  branches: Point[][];
  boxes: { x: number; width: number; y: number }[];
  add: Point;
  end: Point;
}

export function linesOf({ width, stream, rails }: Cell): Lines {
  const on = (share: number, y: number): Point => ({ x: share * width, y });
  const [fork, add] = [on(AT.fork, stream), on(AT.add, stream)];
  const nearest = Math.max(...rails);
  return {
    start: on(0, stream),
    fork,
    rise: on(AT.fork, nearest),
    fall: on(AT.add, nearest),
    branches: rails.map((y) => [fork, on(AT.fork, y), on(AT.add, y), add]),
    boxes: rails.map((y) => ({
      x: AT.boxStart * width,
      width: (AT.boxEnd - AT.boxStart) * width,
      y,
    })),
    add,
    end: on(AT.end, stream),
  };
}

/**
 * Where each mark of the update stands. What comes before f stands on the line that rises to it, what
 * comes after on the line that falls to the add; the rest on the stream.
 */
export function markPoints(graph: UpdateGraph, cell: Cell): { name: MarkName; at: Point }[] {
  const lines = linesOf(cell);
  const f = graph.branch.indexOf('f');
  const split = f < 0 ? graph.branch.length : f;
  const segments: [Operation[], Point, Point][] = [
    [graph.stem, lines.start, lines.fork],
    [graph.skip, lines.fork, lines.add],
    [graph.branch.slice(0, split), lines.fork, lines.rise],
    [graph.branch.slice(split + 1), lines.fall, lines.add],
    [graph.after, lines.add, lines.end],
  ];
  // A short line holds two marks where the first one stands on the corner that it begins at.
  const share = (from: Point, i: number, count: number) =>
    from === lines.fall && count > 1 ? i / count : (i + 1) / (count + 1);
  return segments.flatMap(([parts, from, to]) =>
    parts.flatMap((name, i) =>
      name === 'f' || name === 'cut'
        ? []
        : [{ name, at: between(from, to, share(from, i, parts.length)) }],
    ),
  );
}

/** The detail of a block in a column of this width. */
export type Detail = 'boxes' | 'arches' | 'block' | 'mark';

const DETAILS: [atLeast: number, Detail][] = [
  [56, 'boxes'],
  [30, 'arches'],
  [15, 'block'],
];

export const detailOf = (columnWidth: number): Detail =>
  DETAILS.find(([atLeast]) => columnWidth >= atLeast)?.[1] ?? 'mark';
