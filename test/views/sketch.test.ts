import { expect, test } from 'vitest';
import { SKETCH, sketchOf } from '../../src/views/claims/sketch';

const lane = (mean: (number | null)[], spread = 0) => ({
  name: 'a',
  mean,
  low: mean.map((value) => value && value - spread),
  high: mean.map((value) => value && value + spread),
});

test('curves fill the room from the least to the greatest of the seeds, at their places', () => {
  const { lanes, low, high, from, to } = sketchOf(
    { x: [0, 1, 4], lanes: [lane([2, 4, 3], 1)] },
    'linear',
  )!;
  expect([low, high, from, to]).toEqual([1, 5, 0, 4]);
  const { width, height } = SKETCH;
  expect(lanes[0]!.line).toBe(
    `M0.0 ${height * 0.75}.0L${width / 4}.0 ${height * 0.25}.0L${width}.0 ${height / 2}.0`,
  );
  expect(lanes[0]!.band).toMatch(/^M0\.0 96\.0L.*Z$/);
});

test('a number that is missing, or has no logarithm, leaves a gap', () => {
  const { lanes, low, high } = sketchOf(
    { x: [0, 1, 2, 3], lanes: [lane([1, null, 0, 100])] },
    'log',
  )!;
  expect([low, high]).toEqual([1, 100]);
  expect(lanes[0]!.line.match(/M/g)).toHaveLength(2);
});

test('values at one place are levels', () => {
  const { lanes } = sketchOf({ x: [0], lanes: [lane([1]), lane([3])] }, 'linear')!;
  expect(lanes.map(({ line }) => line)).toEqual(['M0.0 96.0L240.0 96.0', 'M0.0 0.0L240.0 0.0']);
});

test('equal numbers lie in the middle; where none is finite there is nothing', () => {
  const { lanes } = sketchOf({ x: [0, 1], lanes: [lane([5, 5])] }, 'linear')!;
  expect(lanes[0]!.line).toBe('M0.0 48.0L240.0 48.0');
  expect(sketchOf({ x: [0], lanes: [lane([null])] }, 'log')).toBeNull();
});
