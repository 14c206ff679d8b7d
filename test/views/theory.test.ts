import { describe, expect, test } from 'vitest';
import { briefly } from '../../src/views/panels/theory/failing';
import { residualSentence } from '../../src/views/panels/theory/overlay';
import { residual } from '../../src/views/panels/theory/residual';

const curve = (values: number[], first = 0) => values.map((y, i) => ({ x: first + i, y }));
const ONES = curve(Array<number>(12).fill(1));
const off = (values: number[]) => residual(curve(values), ONES, 'ratio');

describe('how far a measurement is from theory', () => {
  test.each<[string, number[]]>([
    ['within 0.1\u00A0%', Array<number>(12).fill(1)],
    ['within 2\u00A0%', [1, 1.01, 0.99, 1.015, 1, 1, 1, 1, 1, 1, 1, 0.985]],
    [
      'within 3\u00A0% up to layer 9, 12\u00A0% at the top',
      [1, 1.01, 1.02, 1.02, 1.03, 1, 1, 1, 1, 1.03, 1.07, 1.12],
    ],
    [
      'within 3\u00A0% from layer 1, 16\u00A0% at layer 0',
      [1.16, 1.03, 1.02, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
    ['within 10\u00A0%', [1.1, 1.08, 1.1, 1.09, 1.1, 1.1, 1.1, 1.1, 1.1, 1.07, 1.06, 1.05]],
    [
      'within 5\u00A0% up to layer 10, 3.1 times too small at the top',
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.05, 1 / 3.1],
    ],
    ['40 times too large at layer 5', [9, 12, 14, 20, 30, 40, 35, 30, 28, 20, 20, 18]],
    ['not finite at layer 3', [1, 1, 1, Infinity, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('%s', (told, values) => expect(off(values)).toBe(told));

  test('the embedding is not a layer; layers that one of both lacks are left out', () => {
    expect(residual(curve([5, 1.01, 1.01], -1), curve([1, 1], 0), 'ratio')).toBe('within 1\u00A0%');
    expect(residual([], ONES, 'ratio')).toBeNull();
  });

  test('cosines and entropies are off by a difference', () => {
    const told = residual(curve([0.013, 0.5, 0.9, 0.7]), curve([0, 0.5, 0.9, 0.9]), 'difference');
    expect(told).toBe('within 0.02 up to layer 2, 0.20 off at the top');
  });
});

test.each([
  [
    'width',
    'The width is 64: single seeds scatter by about 17.7 % in mean squares.',
    'width 64 < 128',
  ],
  [
    'head_width',
    'A head has 8 features: the excess kurtosis of its scores is 0.75.',
    'head width 8 < 16',
  ],
  [
    'scores',
    'It is 3.2 in some layer: single keys have most of a row, and 1/n of the law is not small.',
    'variance of scores 3.2 > 2',
  ],
  [
    'scores',
    'It is NaN in some layer: single keys have most of a row, and 1/n of the law is not small.',
    'the scores’ variance is NaN in some layer',
  ],
  ['initialization', '12 updates have been made.', '12 updates have been made'],
  ['precision', 'They are rounded to bf16.', 'numbers are rounded to bf16'],
  [
    'positions',
    'ALiBi makes near tokens more likely, head by head. Nothing is predicted.',
    'ALiBi makes near tokens more likely, head by head',
  ],
])('%s fails in a few words: “%s”', (id, reason, told) => {
  expect(briefly({ id, reason })).toBe(told);
});

test('reasons that all lanes share are said once, others of their lane', () => {
  const told = (name: string, residual: string, ...failing: string[]) => ({
    name,
    residual,
    failing,
  });
  expect(residualSentence([told('pre-LN', 'within 3 %')])).toBe('Theory within 3 %.');
  expect(residualSentence([told('pre-LN', 'within 3 %')], false)).toBe(
    'Theory: pre-LN within 3 %.',
  );
  expect(residualSentence([told('pre-LN', 'within 3 %', 'width 64 < 128')])).toBe(
    'Theory does not hold (width 64 < 128): within 3 %.',
  );
  expect(residualSentence([told('pre', 'within 3 %'), told('post', 'within 9 %', 'x')])).toBe(
    'Theory: pre within 3 %; post within 9 %, does not hold (x).',
  );
  expect(
    residualSentence([
      told('pre', 'within 3 %', 'w'),
      told('post', 'within 9 %', 'w', 'x', 'y', 'z'),
    ]),
  ).toBe('Theory does not hold (w): pre within 3 %; post within 9 % (x, y, 1 more).');
});
