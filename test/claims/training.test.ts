import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/claims/claim';
import { spreadOf } from '../../src/claims/judge';
import { TRAINING_CLAIMS } from '../../src/claims/training';
import {
  below,
  fails,
  isStuck,
  LARGEST_LOSS,
  lossOf,
  stepsOf,
  trains,
  UNIGRAM_ENTROPY,
  WINDOW,
} from '../../src/claims/training/loss';
import { DEFAULTS } from '../../src/config/fields';
import type { Measurement } from '../../src/protocol/frame';
import { makeTask } from '../../src/tasks';

const opticks = readFileSync(new URL('../../public/text/opticks.txt', import.meta.url), 'utf8');

const runOf = (losses: readonly number[]): Run => ({
  config: DEFAULTS,
  moments: losses.map((loss, step) => ({
    step,
    measured: { config: DEFAULTS, layout: {}, frame: { loss } } as unknown as Measurement,
  })),
});

describe('the loss of a run', () => {
  test('is stuck at the entropy of the letters of the text that is read', () => {
    expect(makeTask(DEFAULTS, opticks).levels.unigram).toBeCloseTo(UNIGRAM_ENTROPY, 3);
    expect(isStuck(spreadOf([3.05, 3.1]))).toBe(true);
    expect(isStuck(spreadOf([3.05, 3.2]))).toBe(false);
    expect(fails(spreadOf([3.05, 3.1, 20]))).toBe(true);
    expect(fails(spreadOf([20, 2.9]))).toBe(false);
    expect(isStuck(spreadOf([3.05, 2.5]))).toBe(false);
    expect(trains(spreadOf([3.05, 2.5]))).toBe(false);
    expect(trains(spreadOf([2.6, 2.5]))).toBe(true);
  });

  test('is the mean of the last steps, each measured', () => {
    const steps = stepsOf(100);
    expect(steps.slice(-WINDOW)).toEqual(Array.from({ length: WINDOW }, (_, i) => 80 + i));
    expect(lossOf(runOf([...Array<number>(50).fill(9), ...Array<number>(WINDOW).fill(2)]))).toBe(2);
  });

  test('counts no more than the largest, also where it is no number', () => {
    for (const loss of [NaN, Infinity, 1e9]) {
      expect(lossOf(runOf(Array<number>(WINDOW).fill(loss)))).toBe(LARGEST_LOSS);
    }
  });
});

test('one measure is below another under every seed, or it is not', () => {
  expect(below(spreadOf([1, 5]), spreadOf([2, 6]))).toBe(true);
  expect(below(spreadOf([1, 5]), spreadOf([6, 2]))).toBe(false);
  expect(below(spreadOf([1, 5]), spreadOf([2, 6]), 1.5)).toBe(false);
});

test('claims of training are run under three seeds or more', () => {
  for (const { seeds } of TRAINING_CLAIMS) expect(seeds).toBeGreaterThanOrEqual(3);
});
