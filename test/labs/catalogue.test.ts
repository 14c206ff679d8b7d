import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LABS, STORIES, type CatalogueEntry } from '../../src/labs/catalogue';
import { readLab } from '../../src/labs/parse';

const FOLDER = 'public/labs';
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.md')) : [];

describe('the labs that ship', () => {
  test('are those of the catalogue, which says of them what their files say, and have no mistakes', () => {
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    const read = files.map((name): CatalogueEntry & { kind: string } => {
      const { lab, mistakes } = readLab(
        readFileSync(`${FOLDER}/${name}`, 'utf8'),
        name.replace(/\.md$/, ''),
      );
      expect(mistakes.map(({ line, reason }) => `${name}:${line}: ${reason}`)).toEqual([]);
      const { id, kind, title, question, minutes, level } = lab!;
      return { id, kind, title, question, minutes, level };
    });
    const told = [
      ...LABS.map((entry) => ({ ...entry, kind: 'lab' })),
      ...STORIES.map((entry) => ({ ...entry, kind: 'story' })),
    ];
    expect(told.sort(byId)).toEqual(read.sort(byId));
  });
});
