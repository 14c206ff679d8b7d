import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkText, decodeText, MAX_TEXT_BYTES, MAX_TEXT_KINDS } from '../../src/runs/text';

const kinds = (count: number) =>
  Array.from({ length: count }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');

describe('a text', () => {
  test.each([
    ['line ends of Windows and of old Macs', 'a\r\nb\rc\n', 'a\nb\nc\n'],
    ['a byte order mark', '\uFEFFa', 'a'],
    ['emoji', 'norm 📈 family 👩‍👩‍👧', 'norm 📈 family 👩‍👩‍👧'],
    ['as many kinds of characters as fit', kinds(MAX_TEXT_KINDS), kinds(MAX_TEXT_KINDS)],
  ])('may have %s', (_, content, value) => {
    expect(checkText('my.txt', content)).toEqual({ value });
  });

  test.each([
    ['', 'is empty'],
    [' \r\n\t\u00a0', 'is empty'],
    ['\uFEFF', 'is empty'],
    ['a\0b', 'binary'],
    [kinds(MAX_TEXT_KINDS + 1), '2049 different characters; at most 2048'],
    ['é'.repeat(MAX_TEXT_BYTES / 2 + 1), '10.01 MB; a text may have at most 10 MB'],
  ])('that cannot be used is refused by name', (content, reason) => {
    const checked = checkText('my.txt', content);
    expect(checked).toHaveProperty('problem');
    expect((checked as { problem: string }).problem).toContain(reason);
    expect((checked as { problem: string }).problem).toContain('my.txt');
  });

  test('is read from UTF-8 alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(decodeText('t', bytes)).toEqual({ value: text.replace(/^\uFEFF/, '') });
      }),
    );
    for (const bytes of [[0xff, 0xfe, 0x61, 0], [0xc3], [0xed, 0xa0, 0x80], [0x80]]) {
      expect(decodeText('t.bin', Uint8Array.from(bytes))).toEqual({
        problem: 't.bin is not a text in UTF-8. Save it as UTF-8 and try again.',
      });
    }
  });
});
