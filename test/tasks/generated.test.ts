import { describe, expect, test } from 'vitest';
import { LENGTHS, shown } from './support';

describe('modular_addition', () => {
  const digits = '0123456789abc';

  test('every sum in the window is right modulo 13, and its c alone is counted', () => {
    for (const T of LENGTHS) {
      for (const { text, counted } of shown({ task: 'modular_addition', seq_len: T }, 4)) {
        // Rows stand at the end; what is left in front is the end of one.
        const rows = Math.floor((T + 1) / 5);
        const front = (T + 1) % 5;
        const sums = text.slice(front).match(/.{5}/g)!;
        expect(sums).toHaveLength(rows);
        for (const sum of sums) {
          const [, a, b, c] = /^([0-9a-c])\+([0-9a-c])=([0-9a-c])$/.exec(sum)!;
          const residue = (digits.indexOf(a!) + digits.indexOf(b!)) % 13;
          expect(c).toBe(digits[residue]);
        }
        expect('0+0=0'.slice(5 - front)).toHaveLength(front);
        expect(text.slice(0, front).replace(/[0-9a-c]/g, '0')).toBe('0+0=0'.slice(5 - front));
        expect(counted).toEqual(sums.map((_, row) => front + 5 * row + 4));
      }
    }
  });

  test('all sums come', () => {
    const texts = shown({ task: 'modular_addition', batch_size: 64 }, 10).map(({ text }) => text);
    const sums = new Set(texts.flatMap((text) => text.match(/.\+.=./g)!.map((s) => s.slice(0, 3))));
    expect(sums.size).toBe(169);
  });
});

describe('parity', () => {
  test('what follows a bit is the parity of all bits so far, and alone is counted', () => {
    for (const T of LENGTHS) {
      for (const { text, counted } of shown({ task: 'parity', seq_len: T, batch_size: 16 })) {
        expect(text).toMatch(/^e?([01][eo])+$/);
        expect(text.startsWith('e')).toBe(T % 2 === 0);
        const parities = Array.from(text, (_, place) => place).filter(
          (place) => place > 0 && 'eo'.includes(text[place]!),
        );
        for (const place of parities) {
          const ones = text.slice(0, place).split('1').length - 1;
          expect(text[place]).toBe(ones % 2 ? 'o' : 'e');
        }
        expect(counted).toEqual(parities);
      }
    }
  });
});

describe('dyck', () => {
  /** Takes pairs away until none is left. */
  const reduced = (text: string): string => {
    const next = text.replace(/\(\)|\[\]|\{\}|<>/g, '');
    return next === text ? text : reduced(next);
  };
  const depths = (text: string): number[] => {
    let depth = 0;
    return Array.from(text, (c) => (depth += '([{<'.includes(c) ? 1 : ')]}>'.includes(c) ? -1 : 0));
  };

  test('words are well-formed, and what closes is counted', () => {
    for (const T of LENGTHS) {
      for (const { text, counted } of shown({ task: 'dyck', seq_len: T, batch_size: 16 })) {
        expect(reduced(text)).toBe(T % 2 ? '' : '|');
        expect(text.lastIndexOf('|')).toBe(T % 2 ? -1 : 0);
        expect(counted).toEqual(
          Array.from(text, (c, place) => (')]}>'.includes(c) ? place : -1)).filter((p) => p >= 0),
        );
      }
    }
  });

  test('reach a depth of eight, and no more at any length', () => {
    for (const seq_len of [33, 255, 1024]) {
      const texts = shown({ task: 'dyck', seq_len, batch_size: 16 }, 8).map(({ text }) => text);
      expect(Math.max(...texts.map((text) => Math.max(...depths(text))))).toBe(8);
    }
  });
});
