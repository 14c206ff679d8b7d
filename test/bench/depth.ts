import { fittedSlope, segmentSlopes, type Point } from './numbers';
import type { Row } from './row';

/** What a layer costs: a quantity of one engine against depth, all else being equal. */
export interface DepthLine {
  engine: Row['engine'];
  statistics: boolean;
  /** Of the fitted line, per layer. */
  slope: number;
  /** From each depth to the next. */
  segments: number[];
  /** How far a segment’s slope is from the line’s at most, as a share of it. */
  spread: number;
}

/**
 * Depths that count: from 4 on, where what does not depend on depth is the smaller part, and twice as large
 * from one to the next, because between neighbours noise is as large as the difference.
 */
const counts = ({ n_layers: L }: Row): boolean => L >= 4 && Number.isInteger(Math.log2(L));

const groupOf = ({ engine, statistics, d_model, seq_len, batch_size }: Row): string =>
  [engine, statistics, d_model, seq_len, batch_size].join();

/** The lines of all engines and widths that have at least three depths. */
export function depthLines(rows: Row[], quantity: 'step_ms' | 'dispatches'): DepthLine[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows.filter(counts)) {
    groups.set(groupOf(row), [...(groups.get(groupOf(row)) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const points = group
      .map((row): [number, number | undefined] => [row.n_layers, row[quantity]])
      .filter((point): point is Point => point[1] !== undefined)
      .toSorted(([a], [b]) => a - b);
    if (points.length < 3) return [];
    const slope = fittedSlope(points);
    const segments = segmentSlopes(points);
    const spread = Math.max(...segments.map((one) => Math.abs(one / slope - 1)));
    const { engine, statistics } = group[0]!;
    return [{ engine, statistics, slope, segments, spread }];
  });
}
