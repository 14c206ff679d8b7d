import { expect, test } from 'vitest';
import { addedIn } from '../../src/engine/tapedSteps';

test('what measuring adds is between the quickest of either kind, and not said where noise hides it', () => {
  // Bare: 10, 40, 12; measured: 30, 13, 90.
  expect(addedIn([5, 15, 55, 67, 97, 110, 200])).toBe(3);
  expect(addedIn([0, 10, 20, 30, 40, 50, 60])).toBe(null);
  expect(addedIn([0, 10, 20, 30, 39, 48, 57])).toBe(null);
});
