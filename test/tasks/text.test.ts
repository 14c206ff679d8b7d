import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { MAX_CHARACTERS, MAX_KINDS, text, TextError } from '../../src/tasks/text';

const config = (settings: Partial<Config> = {}): Config => ({ ...DEFAULTS, ...settings });

/** A batch's first sequence with its last target, as text. */
function windowOf(content: string, settings: Partial<Config> = {}, step = 0): string {
  const { vocabulary, batch } = text(config(settings), content);
  const { inputs, targets, T } = batch(step);
  return [...inputs.subarray(0, T), targets[T - 1]!].map((token) => vocabulary[token]).join('');
}

describe('windows', () => {
  test('are pieces of the text', () => {
    const content =
      'Nature is pleased with simplicity, and affects not the pomp of superfluous causes.';
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 81 }), fc.nat(1000), (seq_len, step) => {
        expect(content).toContain(windowOf(content, { seq_len }, step));
      }),
    );
  });

  test('reach both ends', () => {
    const starts = Array.from({ length: 100 }, (_, step) =>
      windowOf('abcdefg', { seq_len: 4 }, step),
    );
    expect(new Set(starts)).toEqual(new Set(['abcde', 'bcdef', 'cdefg']));
  });

  test('of a short text go on from its end to its beginning', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }), (content) => {
        const length = [...content].length;
        expect(content.repeat(Math.ceil(40 / length))).toContain(
          windowOf(content, { seq_len: 32 }),
        );
      }),
    );
  });

  test('of one character', () => {
    const task = text(config(), 'x');
    expect(task.vocabulary).toEqual(['x']);
    expect(task.levels).toEqual({ uniform: 0, unigram: 0 });
    expect(windowOf('x', { seq_len: 4 })).toBe('xxxxx');
  });

  test('a text that fits exactly has one window', () => {
    expect(windowOf('abcde', { seq_len: 4 }, 17)).toBe('abcde');
  });
});

describe('the vocabulary', () => {
  test('is the characters in the order of their code points; an emoji is one', () => {
    const { vocabulary } = text(config(), 'z😀a\uffee😀\n');
    expect(vocabulary).toEqual(['\n', 'a', 'z', '\uffee', '😀']);
  });

  test('takes half a surrogate pair as it comes', () => {
    expect(text(config(), 'a\ud83d').vocabulary).toEqual(['a', '\ud83d']);
  });

  test('gives the unigram entropy', () => {
    expect(text(config(), 'aab😀').levels.unigram).toBeCloseTo(1.5 * Math.LN2, 12);
    // One window: its first character is never a target.
    expect(text(config({ seq_len: 4 }), 'zaabb').levels.unigram).toBeCloseTo(Math.LN2, 12);
  });

  test('follows the text when another one comes', () => {
    expect(text(config(), 'ab').vocabulary).toEqual(['a', 'b']);
    expect(text(config(), 'bc').vocabulary).toEqual(['b', 'c']);
  });
});

describe('a text that cannot be used', () => {
  const kinds = (count: number) =>
    String.fromCodePoint(...Array.from({ length: count }, (_, i) => 0x4e00 + i));

  test('is empty', () => {
    expect(() => text(config(), '')).toThrow(TextError);
    expect(() => text(config(), '')).toThrow('empty');
  });

  test('has too many kinds of characters', () => {
    expect(text(config(), kinds(MAX_KINDS)).vocabulary.length).toBe(MAX_KINDS);
    expect(() => text(config(), kinds(MAX_KINDS + 1))).toThrow(TextError);
    expect(() => text(config(), kinds(MAX_KINDS + 1))).toThrow(/2049 .* at most 2048/);
  });

  test('is too long', () => {
    expect(text(config(), 'ab'.repeat(MAX_CHARACTERS / 2)).vocabulary.length).toBe(2);
    expect(() => text(config(), 'x'.repeat(MAX_CHARACTERS + 1))).toThrow(TextError);
    expect(() => text(config(), 'x'.repeat(2 * MAX_CHARACTERS + 1))).toThrow('10,000,000');
  });
});

test('the app’s own text is what its README says', () => {
  const folder = new URL('../../public/text/', import.meta.url);
  const content = readFileSync(new URL('opticks.txt', folder), 'utf8');
  const readme = readFileSync(new URL('README.md', folder), 'utf8').replace(/ +/g, ' ');
  const { vocabulary, levels } = text(config(), content);
  expect(readme).toContain(`| ${content.length.toLocaleString('en')} |`);
  expect(readme).toContain(`| ${vocabulary.length} |`);
  expect(readme).toContain(`| ${levels.uniform!.toFixed(4)} nats |`);
  const entropy = text(config({ seq_len: 1 }), content + content[0]!).levels.unigram!;
  expect(readme).toContain(`| ${entropy.toFixed(4)} nats |`);
  // Windows reach the ends of the text less often than its middle: no difference that could be seen.
  expect(levels.unigram).toBeCloseTo(entropy, 3);
  expect(/^[\n -~]+$/.test(content)).toBe(true);
});
