import { expect, test } from 'vitest';
import { readingsApart } from './agree';
import { CASES, RANDOM } from './cases';
import { modelOf } from './support';

test.each([...CASES, ...RANDOM])('$name', async ({ settings }) => {
  const model = await modelOf(settings);
  expect(await readingsApart(model)).toEqual([]);
  model.dispose();
});
