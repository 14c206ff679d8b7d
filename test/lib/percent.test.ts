import { expect, test } from 'vitest';
import { percent } from '../../src/lib/percent';

test.each([
  [0, '0'],
  [0.27, '27'],
  [0.0312, '3.1'],
  [0.00045, '0.045'],
  [1.5, '150'],
  [1e-7, 'under 0.001'],
])('%d of something is %s per cent', (share, text) => {
  expect(percent(share)).toBe(`${text}\u00A0%`);
});

test('what is no share stays what it is', () => {
  expect(percent(NaN)).toBe('NaN');
  expect(percent(Infinity)).toBe('∞');
});
