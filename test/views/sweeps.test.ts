import { describe, expect, test } from 'vitest';
import { DEFAULTS, KEYS } from '../../src/config/fields';
import { readAxis } from '../../src/sweeps/axis';
import type { HeldSweep, MadeRun } from '../../src/sweeps/desk/held';
import { readResult } from '../../src/sweeps/result';
import { readSweep, runKey, runsOf } from '../../src/sweeps/sweep';
import { DEFAULT_SWEEP, defaultAxis, RESULTS } from '../../src/views/sweeps/defaults';
import { drawn, drawnPlace, kindOf, placeOf, scaleOf } from '../../src/views/sweeps/grid';
import { cellLine, failuresText, sentence } from '../../src/views/sweeps/words';

describe('the form', () => {
  test.each(KEYS)('offers values of %s that can be', (key) => {
    const read = readAxis(defaultAxis(key));
    expect('axis' in read ? read.axis.values.length : read.problem).toBeGreaterThan(1);
  });
  test('begins with a sweep, and offers results, that can be', () => {
    expect(readSweep(DEFAULT_SWEEP, DEFAULTS)).toHaveProperty('sweep');
    for (const { typed } of RESULTS) expect(readResult(typed)).toHaveProperty('result');
  });
});

const maker = { backend: 'wasm', app: '0' };

/** A sweep of 3 × 2 cells and two seeds, with these results by key. */
function held(results: Record<string, number | null>, result = 'loss@last'): HeldSweep {
  const read = readSweep(
    { grid: ['lr=1e-3..1e-1:3log', 'n_layers=2|4'], seeds: 2, steps: 9, result },
    DEFAULTS,
  );
  if ('problems' in read) throw new Error(read.problems.join());
  const planned = runsOf(read.sweep);
  const made = planned.flatMap((run): [string, MadeRun][] => {
    const value = results[runKey(run)];
    if (value === undefined) return [];
    const alarm = {
      rule: 'loss',
      step: 3 + run.seed,
      at: 'loss',
      layer: null,
      direction: 'forward',
    } as const;
    return [
      [runKey(run), { ...run, result: value, alarm: value === 4 ? alarm : null, time: 1, maker }],
    ];
  });
  const { typed, base } = read.sweep;
  return {
    ...{ id: 'a', typed, base, text: null, began: 0, failed: {}, error: null },
    sweep: read.sweep,
    planned,
    made: new Map(made),
  };
}

describe('the map', () => {
  const one = held({
    '0,0#0': 1,
    '0,0#1': 4,
    '1,0#0': NaN,
    '1,0#1': 2,
    '2,1#0': Infinity,
    '0,1#0': 400,
  });

  test('has the last value of the second axis on top, means over seeds, and what diverged', () => {
    const { grid, signs } = drawn(one, 'mean', 'log');
    expect([grid.rows, grid.columns]).toEqual([2, 3]);
    expect(grid.values).toEqual([
      expect.closeTo(400),
      NaN,
      Infinity,
      expect.closeTo(2),
      expect.closeTo(2),
      NaN,
    ]);
    expect(grid.lost).toEqual([0, 0, 1, 0, 0.5, 0]);
    expect(signs).toEqual([null, null, null, '▲4', null, null]);
    expect(drawn(one, 'spread', 'log').grid.values[3]).toBe(4);
    expect(drawn(one, 'spread', 'linear').grid.values[3]).toBe(3);
  });
  test('is logarithmic where results span decades, on one scale for all that are compared', () => {
    expect(kindOf([one])).toBe('log');
    const near = held({ '0,0#0': 2, '1,0#0': 3 });
    expect(kindOf([near])).toBe('linear');
    expect(kindOf([near, one])).toBe('log');
    expect(scaleOf([drawn(near, 'mean', 'linear')], 'linear').domain).toEqual([2, 3]);
    const [low, high] = scaleOf(
      [drawn(near, 'mean', 'log'), drawn(one, 'mean', 'log')],
      'log',
    ).domain;
    expect([low <= Math.log10(2), high >= Math.log10(400)]).toEqual([true, true]);
  });
  test('without an alarm ends with the run', () => {
    expect(
      drawn(held({ '0,0#0': null, '1,0#0': 5 }, 'alarm'), 'mean', 'linear').grid.values.slice(3, 5),
    ).toEqual([9, 5]);
  });
  test('says of a cell that it could not be made, and leaves it empty', () => {
    const failed = {
      '1,1#0': 'It has no rms.',
      '1,1#1': 'It has no rms.',
      '2,1#1': 'Out of memory.',
      '0,0#0': 'That was before.',
    };
    const some = { ...one, failed };
    const { grid, signs } = drawn(some, 'mean', 'log');
    expect(grid.empty).toEqual([false, true, false, false, false, false]);
    expect(signs).toEqual([null, '✕', null, '▲4', null, null]);
    expect(cellLine(some, [1, 1])).toBe(
      'Learning rate 0.01, Layers 4: could not be made: It has no rms.',
    );
    expect(cellLine(some, [2, 1])).toMatch(/: ∞; another seed could not be made: Out of memory\.$/);
    expect(sentence(some)).toContain('2 diverged. 3 could not be made. 1 raised');
    expect(failuresText(some)).toEqual([
      'Learning rate 0.01, Layers 4 and 1 more: It has no rms.',
      'Learning rate 0.1, Layers 4: Out of memory.',
    ]);
  });
  test('leads from a place to a cell and back, and says it', () => {
    for (const cell of [
      [0, 0],
      [2, 1],
    ])
      expect(placeOf(one.sweep, drawnPlace(one.sweep, cell))).toEqual(cell);
    expect(cellLine(one, [0, 0])).toBe(
      'Learning rate 0.001, Layers 2: 1.000, 4.000; alarm at step 4',
    );
    expect(cellLine(one, [1, 1])).toBe('Learning rate 0.01, Layers 4: not there yet');
    expect(sentence(one)).toMatch(
      /^Final loss from 1\.00 to 400 in 6 of 12 runs\. 2 diverged\. 1 raised an alarm\. /,
    );
  });
});
