import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHOICES, type ChoiceKey } from '../../src/config/choices';
import { field, FIELDS, KEYS } from '../../src/config/fields';
import { norms } from '../../src/config/norms';
import { STATISTIC_IDS } from '../../src/config/statistics';

const formats = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
const science = readFileSync(new URL('../../docs/science.md', import.meta.url), 'utf8');

/** The cells of the settings table's row of a key. */
const row = (key: string): string[] =>
  (new RegExp(`^\\| \`${key}\` .*$`, 'm').exec(formats)?.[0] ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('docs/formats.md', () => {
  test.each(KEYS)('says of %s what the schema says', (key) => {
    const f = field(key);
    const [, initial, allowed, anew] = row(key);
    expect(anew).toBe(FIELDS[key].restarts ? 'yes' : '');
    if (f.kind === 'choice') {
      expect(initial).toBe(`\`${f.default}\``);
      const ids = Object.keys(CHOICES[key as ChoiceKey]);
      expect(allowed!.split(' ').map((id) => id.slice(1, -1))).toEqual(ids);
    } else if (f.kind === 'text') {
      expect(initial).toBe('empty');
    } else if (f.kind === 'flag') {
      expect(initial).toBe(String(f.default));
    } else {
      expect(Number(initial)).toBe(f.default);
      const [min, max] = /([\d.e]+) to ([\d.e]+)/.exec(allowed!)!.slice(1).map(Number);
      expect([min, max]).toEqual([f.min, f.max]);
    }
  });

  test.each([
    ...STATISTIC_IDS.head,
    ...STATISTIC_IDS.norm,
    ...STATISTIC_IDS.output,
    ...STATISTIC_IDS.param,
    ...STATISTIC_IDS.site.map((id) => id.replace(/_[01]$/, '_m')),
  ])('defines %s', (id) => expect(formats).toMatch(new RegExp(`^\\|[^|]*\`${id}\``, 'm')));
});

describe('docs/science.md', () => {
  test.each([
    ...Object.keys(CHOICES.placement),
    ...Object.keys(norms),
    ...Object.keys(CHOICES.residual_scale),
  ])('has %s in its tables', (id) => expect(science).toMatch(new RegExp(`^\\| \`${id}\` `, 'm')));
});
