import { expect, test } from 'vitest';
import { entropy } from '../../src/lib/entropy';

test('of equal weights it is the logarithm of their number', () => {
  expect(entropy([1, 1, 1, 1])).toBeCloseTo(Math.log(4), 12);
  expect(entropy([7])).toBe(0);
});

test('weights of 0 add nothing, and the sum of the weights does not matter', () => {
  expect(entropy([2, 0, 2, 0])).toBeCloseTo(Math.LN2, 12);
  expect(entropy([0.1, 0.3])).toBeCloseTo(entropy(new Float64Array([10, 30])), 12);
});
