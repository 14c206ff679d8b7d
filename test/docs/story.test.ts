import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';

const docs = new URL('../../docs/', import.meta.url);
const story = readFileSync(new URL('story.md', docs), 'utf8');
const shown = [...story.matchAll(/\((story\/[^)]+)\)/g)].map(([, file]) => file!);

test('docs/story.md shows every picture of its folder, and no other', () => {
  const taken = readdirSync(new URL('story/', docs)).map((file) => `story/${file}`);
  expect(shown.toSorted()).toEqual(taken.toSorted());
});

test('its pictures are small enough for a repository', () => {
  const bytes = shown.map((file) => statSync(new URL(file, docs)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(900_000);
});
