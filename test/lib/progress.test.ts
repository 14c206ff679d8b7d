import { expect, test } from 'vitest';
import { createProgress, INTERVAL, percentDone, type Progress } from '../../src/lib/progress';

test('progress is told now and then, ever further, and not of what is quick', () => {
  let at = 0;
  const told: (Progress<'draw' | 'pass'> & { at: number })[] = [];
  const begin = createProgress<'draw' | 'pass'>(
    (progress) => told.push({ at, ...progress }),
    () => at,
  );
  /** Counts to `of` by `by`, with a count every `ms`. */
  const run = (phase: 'draw' | 'pass', of: number, by: number, ms: number) => {
    const advance = begin(phase, of);
    for (let done = 0; done < of; done += by) {
      at += ms;
      advance(by);
    }
  };
  run('draw', 90, 1, 1);
  expect(told).toEqual([]);
  run('draw', 1000, 1, 1);
  run('pass', 100, 30, 80);
  expect(told.length).toBeGreaterThan(9);
  told.slice(1).forEach((now, i) => {
    const before = told[i]!;
    expect(now.at - before.at).toBeGreaterThanOrEqual(INTERVAL);
    if (now.phase === before.phase) expect(now.done).toBeGreaterThan(before.done);
  });
  // Counts beyond the end are the end.
  expect(told.at(-1)).toEqual({ at, phase: 'pass', done: 100, of: 100 });
  expect(told.map(percentDone).every((n) => Number.isInteger(n) && n >= 0 && n <= 100)).toBe(true);
});
