import { expect, test } from 'vitest';
import { ENTRIES, KINDS } from '../../src/config/glossary';
import { found } from '../../src/views/glossary/search';

const titles = (query: string) =>
  found(query).flatMap(({ kind, entries }) => entries.map(({ title }) => `${kind} ${title}`));

test('nothing searched for is everything, by kind, words by the alphabet', () => {
  const groups = found(' ');
  expect(groups.map(({ kind }) => kind)).toEqual(Object.keys(KINDS));
  expect(groups.flatMap(({ entries }) => entries).length).toBe(ENTRIES.length);
  const [words] = groups;
  const all = words!.entries.map(({ title }) => title);
  expect(all).toEqual(all.toSorted((a, b) => a.localeCompare(b, 'en')));
});

test('names come before definitions, and every word of a query counts', () => {
  expect(titles('Unigram ENTROPY')[0]).toBe('word unigram entropy');
  expect(titles('entropy')).toContain('statistic entropy');
  const of = titles('entropy').filter((title) => title.startsWith('word'));
  expect(of.indexOf('word unigram entropy')).toBeLessThan(of.indexOf('word nat'));
  expect(titles('resid_post')).toContain('site resid_post');
  expect(titles('adamw optimizer')).toEqual(['choice AdamW', 'choice Muon']);
  expect(titles('no such term')).toEqual([]);
});
