import { expect, test } from 'vitest';
import { isCurrent, readPrinted } from '../../src/labs/printed';
import { valuesOf } from '../../src/labs/walk';
import { readLab } from '../../src/labs/parse';
import { TINY_LAB } from './tiny';

test.each<[string, number, number]>([
  ['3.3', 3.3, 0.05],
  ['about 3.30 times', 3.3, 0.005],
  ['−0.2', -0.2, 0.05],
  ['94,100', 94100, 0.5],
  ['6.60×10⁻⁴', 6.6e-4, 5e-7],
  ['2e-5', 2e-5, 5e-6],
  ['12 %', 0.12, 0.005],
])('“%s” is a number and half its last place', (words, value, half) => {
  const read = readPrinted(words)!;
  expect(read.value).toBeCloseTo(value, 12);
  expect(read.half).toBeCloseTo(half, 12);
});
test('words without a number are none', () => {
  expect(readPrinted('twice')).toBeNull();
  expect(isCurrent({ printed: 'twice', within: null }, 2)).toBe(false);
});
test.each<[string, string | null, number, boolean]>([
  ['3.3', null, 3.3499, true],
  ['3.3', null, 3.36, false],
  ['3.3', '10%', 3.6, true],
  ['3.3', '0.1', 3.39, true],
  ['3.3', '0.1', 3.41, false],
])('%s within %s of %f: %s', (words, within, measured, isSo) => {
  expect(isCurrent({ printed: words, within }, measured)).toBe(isSo);
});
test('every number of a lab is found with its line', () => {
  const { lab, mistakes } = readLab(TINY_LAB, 'tiny');
  expect(mistakes).toEqual([]);
  expect(valuesOf(lab!).map(({ line, printed, within }) => ({ line, printed, within }))).toEqual([
    { line: 11, printed: '1.8', within: null },
    { line: 11, printed: '3.6', within: '2%' },
  ]);
});
