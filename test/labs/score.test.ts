import { describe, expect, test } from 'vitest';
import type { Asks } from '../../src/labs/lab';
import { readExpression } from '../../src/labs/language/read';
import { readTyped } from '../../src/config/quantity';
import { curveDistance, scoreOf } from '../../src/labs/score';

const measure = readExpression('A.loss@0', 'number');
if (!('expression' in measure)) throw new Error(measure.problem);
const number = (decades: number, within: number | null): Asks => ({
  ...{ kind: 'number', unit: '', measure: measure.expression, decades, within },
});
const curve: Asks = {
  ...{ kind: 'curve', panel: 'magnitude', lane: 'a', step: 0, decades: 0.2 },
  quantity: readTyped('rms@resid_post')!,
};

describe('scores of predictions', () => {
  test('a choice is right or not', () => {
    const asks: Asks = { kind: 'choice', options: [], answer: 1 };
    expect(scoreOf(asks, 1, null)).toEqual({ isRight: true, distance: null, unit: null });
    expect(scoreOf(asks, 0, null)?.isRight).toBe(false);
  });

  test('a number is off by a factor, told in decades', () => {
    expect(scoreOf(number(0.3, null), 10, 5)?.distance).toBeCloseTo(Math.log10(2), 12);
    expect(scoreOf(number(0.31, null), 10, 5)?.isRight).toBe(true);
    expect(scoreOf(number(0.31, null), 5, 10)?.isRight).toBe(true);
    expect(scoreOf(number(0.3, null), 10, 5)?.isRight).toBe(false);
    // Signs that differ, 0 against something, and a number that is not defined are as far off as can be.
    for (const [given, measured] of [
      [-1, 1],
      [0, 1],
      [1, 0],
      [1, NaN],
      [NaN, 1],
      [1, Infinity],
    ] as const)
      expect(scoreOf(number(9, null), given, measured)).toEqual({
        ...{ isRight: false, distance: null, unit: 'decades' },
      });
    expect(scoreOf(number(0.1, null), 0, 0)?.isRight).toBe(true);
  });

  test('a number that may be 0 is off by a difference', () => {
    expect(scoreOf(number(0, 0.25), -0.25, 0)).toEqual({
      ...{ isRight: true, distance: 0.25, unit: 'difference' },
    });
    expect(scoreOf(number(0, 0.2), -0.25, 0)?.isRight).toBe(false);
    expect(scoreOf(number(0, 0.2), 1, NaN)?.isRight).toBe(false);
  });

  test('a curve is off by the mean of its layers', () => {
    expect(curveDistance([1, 10, 100], [1, 1, 1])).toBeCloseTo(1, 12);
    expect(scoreOf(curve, [1, 2, 4], [1, 2, 5])?.isRight).toBe(true);
    expect(scoreOf(curve, [1, 1, 1], [1, 2, 5])?.isRight).toBe(false);
    // Where nothing is measured nothing is asked for; where nothing is drawn, it is not right.
    expect(curveDistance([1, 5], [1, NaN])).toBe(0);
    expect(scoreOf(curve, [1], [1, 2])?.isRight).toBe(false);
    expect(scoreOf(curve, [], [])?.isRight).toBe(false);
  });

  test('what was not measured yet has no score, nor has an answer of another kind', () => {
    expect(scoreOf(curve, [1], null)).toBeNull();
    expect(scoreOf(curve, 1, [1])).toBeNull();
    expect(scoreOf(number(1, null), [1], 1)).toBeNull();
  });
});
