import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueScale } from '../../src/plot/axis';
import { depthScale } from '../../src/plot/depth';
import type { Ground } from '../../src/plot/ground';
import { rowsOf } from '../../src/plot/layout';
import { extent, nearestFree, placePlates } from '../../src/plot/plates';

const rows = rowsOf(160);
const across = depthScale(6, 600);
const ground: Ground = {
  rows,
  across,
  kind: 'linear',
  y: valueScale({ kind: 'linear', domain: [0, 1] }, rows),
  clip: '',
  drawing: '',
  isZoomed: false,
};
const curve = (values: number[]) => values.map((y, x) => ({ x, y }));
const PLATE = { width: 44, height: 17 };

describe('the nearest free height', () => {
  it('is the wanted one, or the nearest edge of what is taken', () => {
    expect(nearestFree(50, [], [0, 100])).toBe(50);
    expect(nearestFree(50, [[40, 70]], [0, 100])).toBe(40);
    expect(
      nearestFree(
        50,
        [
          [40, 70],
          [20, 45],
        ],
        [0, 100],
      ),
    ).toBe(70);
    expect(nearestFree(50, [[-10, 110]], [0, 100])).toBeNull();
  });
});

describe('the heights of a curve between two x', () => {
  const heights = (values: number[], from: number, to: number) =>
    extent(curve(values), [across.x(from), across.x(to)], ground)?.map(Math.round);
  const y = (value: number) => Math.round(ground.y(value)!);

  it('are those of its points and of the line between them', () => {
    expect(heights([0, 1, 0], 0, 1)).toEqual([y(1), y(0)]);
    expect(heights([0, 1, 0], 0.25, 0.5)).toEqual([y(0.5), y(0.25)]);
    expect(heights([0, 1, 0], 0.5, 1.5)).toEqual([y(1), y(0.5)]);
  });
  it('are none where nothing is drawn', () => {
    expect(heights([0, NaN, 1], 0.2, 1.8)).toBeUndefined();
    expect(heights([0, 1], 3, 4)).toBeUndefined();
  });
});

describe('plates of a readout', () => {
  it('cover neither a curve nor one another, and stay in the ground', () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    const values = fc.array(value, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 5 }), (values, at) => {
        const points = curve(values);
        // Beside a gentle curve there is always room.
        const gentle = points.map((point, i) => ({ ...point, y: values[0]! * 0.3 + i * 0.04 }));
        const wanted = [
          { y: ground.y(gentle[at]!.y), width: PLATE.width, points: gentle },
          { y: ground.y(gentle[at]!.y), width: PLATE.width, points: gentle },
        ];
        const plates = placePlates(across.x(at), wanted, PLATE.height, ground);
        for (const { x, y } of plates) {
          expect(y - PLATE.height / 2).toBeGreaterThanOrEqual(rows.groundTop);
          expect(y + PLATE.height / 2).toBeLessThanOrEqual(rows.groundBottom);
          const covered = extent(gentle, [x, x + PLATE.width], ground);
          if (covered) {
            const isClear =
              y + PLATE.height / 2 <= covered[0] || y - PLATE.height / 2 >= covered[1];
            expect(isClear).toBe(true);
          }
        }
        expect(Math.abs(plates[0]!.y - plates[1]!.y)).toBeGreaterThanOrEqual(PLATE.height);
      }),
    );
  });
  it('stand on the side that has room', () => {
    const points = curve([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    const wanted = [{ y: ground.y(0.5), width: 300, points }];
    expect(placePlates(across.x(0), wanted, 17, ground)[0]!.x).toBeGreaterThan(across.x(0));
    expect(placePlates(across.x(5), wanted, 17, ground)[0]!.x).toBeLessThan(across.x(5));
  });
  it('stand in the order of what is read, however close the curves lie', () => {
    const level = fc.double({ min: 0.45, max: 0.55, noNaN: true });
    fc.assert(
      fc.property(fc.array(level, { minLength: 2, maxLength: 4 }), (levels) => {
        const wanted = levels.map((y) => {
          return { y: ground.y(y), width: PLATE.width, points: curve(Array<number>(6).fill(y)) };
        });
        const plates = placePlates(across.x(2), wanted, PLATE.height, ground);
        for (const [i, a] of wanted.entries()) {
          for (const [j, b] of wanted.entries()) {
            if (a.y! < b.y!) expect(plates[i]!.y).toBeLessThan(plates[j]!.y);
          }
        }
      }),
    );
  });
  it('stand one below another where there is no other room', () => {
    const points = curve([0, 1, 0, 1, 0, 1]);
    const wanted = Array.from({ length: 3 }, () => ({ y: 60, width: 300, points }));
    const heights = placePlates(across.x(2), wanted, 17, ground).map(({ y }) => y);
    expect(new Set(heights).size).toBe(3);
  });
});
