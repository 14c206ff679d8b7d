import { describe, expect, it } from 'vitest';
import type { Cost } from '../../src/runs/cost';
import { COST_ROWS, formatBytes } from '../../src/views/header/costRows';
import { costText, formatRate, slowest } from '../../src/views/header/costText';

const COST: Cost = {
  stepMs: 20,
  jsMs: 0.3,
  dispatches: 1370,
  submits: 2,
  readbackBytes: 4096,
  deviceBytes: 2.5e8,
  compileMs: 900,
  statisticsMs: 2.4,
  replayed: false,
  threads: 1,
};
const NOTHING = Object.fromEntries(Object.keys(COST).map((key) => [key, null])) as unknown as Cost;

describe('costText', () => {
  it('tells dispatches and the share of the statistics', () => {
    expect(costText(COST)).toBe('1370 dispatches · statistics 2.40 ms, 12\u00A0%');
  });
  it('says so where nothing is dispatched', () => {
    expect(costText({ ...COST, dispatches: null })).toContain('kernels on CPU · statistics');
  });
  it('tells the time alone where nothing else is known, and nothing before a step', () => {
    expect(costText({ ...NOTHING, stepMs: 20 })).toBe('20.0 ms a step');
    expect(costText(null)).toBe('');
  });
});

it('the lane that is told of is the one that the others wait for', () => {
  expect(slowest([COST, null, { ...COST, stepMs: 30 }])?.stepMs).toBe(30);
  expect(slowest([null])).toBeNull();
});

it('every quantity has its line, and none where it is not known', () => {
  for (const { of } of COST_ROWS) expect(of(COST)).not.toBeNull();
  expect(COST_ROWS.filter(({ of }) => of({ ...NOTHING, stepMs: 1 }) !== null)).toHaveLength(1);
});

it('bytes and rates keep their width', () => {
  expect([512, 4100, 12_345_678, 2.5e9].map(formatBytes)).toEqual([
    '512 B',
    '4.10 kB',
    '12.3 MB',
    '2.50 GB',
  ]);
  expect([0, 0.43, 9.94, 9.96, 250].map(formatRate)).toEqual([null, '0.4', '9.9', '10', '250']);
});
