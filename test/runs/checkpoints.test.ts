import { describe, expect, test } from 'vitest';
import { bytesOf, createCheckpoints, thinned } from '../../src/runs/checkpoints';
import type { Checkpoint } from '../../src/runs/run';

const SIZE = 100;
const checkpoint = (step: number, bytes = new Uint8Array(SIZE)): Checkpoint => ({
  ...{ step, bytes, changes: 1 },
});
const stepsOf = (row: readonly Checkpoint[]) => row.map(({ step }) => step);

describe('checkpoints past their budget', () => {
  const kept = createCheckpoints<string>(12 * SIZE, () => false);
  for (let step = 0; step <= 5000; step += 20) kept.add('a', checkpoint(step));

  test('are as many as fit, with the first and the newest', () => {
    expect(bytesOf([kept.of('a')])).toBe(12 * SIZE);
    expect(kept.steps('a')[0]).toBe(0);
    expect(kept.steps('a').at(-1)).toBe(5000);
    expect(kept.steps('a')).toBe(kept.steps('a'));
  });

  test('stand further apart the older they are', () => {
    const steps = kept.steps('a');
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
    // Never more than what lies between a gap and the newest, or the past would be one gap.
    gaps.forEach((gap, i) => expect(gap).toBeLessThanOrEqual(5000 - steps[i]!));
    const half = (from: number, to: number) =>
      gaps.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
    expect(half(0, 5)).toBeGreaterThan(2 * half(6, 11));
  });

  test('of forks count once, and ends go only where nothing else is left', () => {
    const shared = new Uint8Array(SIZE);
    expect(bytesOf([[checkpoint(0, shared)], [checkpoint(0, shared)]])).toBe(SIZE);
    const rows = [
      [checkpoint(0), checkpoint(9)],
      [checkpoint(0), checkpoint(5), checkpoint(9)],
    ];
    expect(thinned(rows, 4 * SIZE, true).map(stepsOf)).toEqual([
      [0, 9],
      [0, 9],
    ]);
    expect(thinned(rows, 2 * SIZE, true).map(stepsOf)).toEqual([
      [0, 9],
      [0, 9],
    ]);
    expect(thinned(rows, 2 * SIZE, false).map(stepsOf)).toEqual([[9], [9]]);
    expect(bytesOf(thinned(rows, SIZE / 2, false))).toBe(0);
  });
});
