import { expect, test } from 'vitest';
import { readingsApart } from './agree';
import { CASES, RANDOM } from './cases';
import { modelOf } from './support';

test.each([...CASES, ...RANDOM])('$name', async ({ settings }) => {
  expect(readingsApart(await modelOf(settings))).toEqual([]);
});
