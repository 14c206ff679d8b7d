import { describe, expect, test } from 'vitest';
import {
  contour,
  contourLevels,
  marginals,
  nearestThere,
  type HeatGrid,
} from '../../src/plot/heat';

const grid = (rows: number, columns: number, values: number[]): HeatGrid => ({
  ...{ rows, columns, values },
  lost: values.map(() => 0),
  empty: values.map(() => false),
});

describe('cells to come', () => {
  test('have the nearest one that is there', () => {
    const all = [1, NaN, NaN, NaN, NaN, 2];
    expect([...nearestThere(grid(2, 3, all))]).toEqual([0, 0, 5, 0, 5, 5]);
    expect([...nearestThere(grid(1, 2, [NaN, NaN]))]).toEqual([-1, -1]);
  });
});

describe('contours', () => {
  test('of a plane are straight, between the middles of cells', () => {
    const lines = contour(grid(3, 3, [0, 1, 2, 0, 1, 2, 0, 1, 2]), 'linear', 0.5);
    expect(lines).toHaveLength(2);
    for (const line of lines) for (const [x] of line) expect(x).toBeCloseTo(1);
    const ys = lines.flat().map(([, y]) => y);
    expect([Math.min(...ys), Math.max(...ys)]).toEqual([0.5, 2.5]);
  });
  test('on a logarithmic axis are of decades', () => {
    const [line] = contour(grid(2, 2, [1, 100, 1, 100]), 'log', 1);
    expect(line!.map(([x]) => x)).toEqual([1, 1]);
  });
  test('stop where a value is not finite or not there', () => {
    expect(contour(grid(2, 2, [0, 1, Infinity, 1]), 'linear', 0.5)).toEqual([]);
    expect(contour(grid(2, 2, [0, 1, NaN, 1]), 'linear', 0.5)).toEqual([]);
  });
  test('of a saddle do not cross', () => {
    // High at two corners that face each other, and in the middle: the low corners are cut off.
    const lines = contour(grid(2, 2, [3, 0, 0, 3]), 'linear', 1);
    expect(lines).toHaveLength(2);
    for (const [[ax, ay], [bx, by]] of lines) {
      const [x, y] = [(ax + bx) / 2 - 1, (ay + by) / 2 - 1];
      expect(x * y).toBeLessThan(0);
    }
  });
  test('are of round values inside of the axis', () => {
    expect(contourLevels({ kind: 'linear', domain: [0, 10] })).toEqual([2, 4, 6, 8]);
  });
});

test('means of rows and columns leave out what is not finite', () => {
  const { rows, columns } = marginals(grid(2, 2, [1, 3, Infinity, NaN]), 'linear');
  expect(rows).toEqual([{ mean: 2, low: 1, high: 3 }, null]);
  expect(columns.map((one) => one?.mean)).toEqual([1, 3]);
  expect(marginals(grid(1, 2, [1, 100]), 'log').rows[0]).toEqual({ mean: 1, low: 0, high: 2 });
});
