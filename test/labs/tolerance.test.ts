import { expect, test } from 'vitest';
import { isClose, toleranceAt } from '../../src/labs/grading/tolerance';
import { readExpression } from '../../src/labs/language/read';
import type { ReadingNode } from '../../src/labs/language/expression';

const nodeOf = (text: string): ReadingNode => {
  const read = readExpression(text, 'number');
  if ('problem' in read) throw new Error(read.problem);
  return read.expression.node as ReadingNode;
};
const close = (text: string, reported: number, again: number, shaken: number[] = []) =>
  isClose({ reported, again, shaken }, nodeOf(text), {});

test('tolerance grows with the step', () => {
  expect([0, 100, 101].map(toleranceAt)).toEqual([1e-3, 0.02, 0.05]);
});
test.each<[boolean, string, number, number, number[]]>([
  [true, 'A.loss@0', 4.9, 4.9001, []],
  [false, 'A.loss@0', 4.9, 4.91, []],
  [true, 'A.loss@100', 2.5, 2.54, []],
  [false, 'A.loss@100', 2.5, 2.6, []],
  // A run that a millionth moves is not held to more than it can hold.
  [true, 'A.loss@100', 2.5, 2.6, [2.55, 2.62]],
  [false, 'A.loss@100', 2.5, 2.6, [2.6001, 2.5999]],
  // Nothing is proved by a run that explodes.
  [false, 'A.rms@resid_post[0]@100', 1, 1e6, [5e6, NaN]],
  [true, 'A.rms@resid_post[0]@100', 2e6, 1e6, [5e6, NaN]],
  [true, 'A.loss@100', NaN, NaN, []],
  [true, 'A.loss@100', NaN, 1e20, []],
  [false, 'A.loss@100', NaN, 3, []],
  [false, 'A.loss@100', 3, NaN, []],
  [true, 'A.loss@100', 1e20, NaN, []],
  // Next to nothing beside what entropies are.
  [true, 'A.entropy@attn[0]@0', 1e-5, 2e-5, []],
  // Rounding, and nothing else.
  [true, 'A.param_grad_rms@attn.bk[0]@0', 4.7e-10, 3.9e-10, []],
  [false, 'A.param_grad_rms@attn.wk[0]@0', 4.7e-10, 3.9e-10, []],
])('%s: %s is told to be %f, and is %f again', (isSo, text, reported, again, shaken) => {
  expect(close(text, reported, again, shaken)).toBe(isSo);
});
