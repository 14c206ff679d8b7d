import { describe, expect, test } from 'vitest';
import { LENGTHS, shown } from './support';

/** What the second half is of the first, written otherwise than the tasks do. */
const SECOND: Record<'copy' | 'reverse' | 'sort', (first: string) => string> = {
  copy: (first) => first,
  reverse: (first) => Array.from(first, (_, i) => first.at(-1 - i)).join(''),
  sort: (first) =>
    Array.from('abcdefghijklmnop', (c) => c.repeat(first.split(c).length - 1)).join(''),
};

describe.each(Object.keys(SECOND) as (keyof typeof SECOND)[])('%s', (task) => {
  test('the second half follows from the first and alone is counted, at any length', () => {
    for (const T of LENGTHS) {
      const half = Math.floor(T / 2);
      for (const { text, counted } of shown({ task, seq_len: T, batch_size: 16 })) {
        const first = text.slice(T % 2, (T % 2) + half);
        expect(first).toMatch(/^[a-p]+$/);
        expect(text).toBe(`${T % 2 ? '|' : ''}${first}|${SECOND[task](first)}`);
        expect(counted).toEqual(Array.from({ length: half }, (_, i) => T - half + 1 + i));
      }
    }
  });
});

test('the three differ in the second half alone', () => {
  const [copy, reverse, sort] = (['copy', 'reverse', 'sort'] as const).map((task) =>
    shown({ task, batch_size: 8 }).map(({ text }) => text.slice(0, 17)),
  );
  expect(reverse).toEqual(copy);
  expect(sort).toEqual(copy);
});
