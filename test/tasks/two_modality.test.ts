import { describe, expect, test } from 'vitest';
import { modalityOf } from '../../src/config/fields';
import { drawSource } from '../../src/tasks/source';
import { drawn, LENGTHS, taskOf } from './support';

const S = 8;
const sourcesOf = (seed: number) =>
  [0, 1].map((m) => drawSource(seed, `task/two_modality/${m}`, S, 1));

describe('two_modality', () => {
  test('even places have the first half of the vocabulary, odd ones the second', () => {
    const { vocabulary } = taskOf({ task: 'two_modality' });
    expect(vocabulary.join('')).toBe('abcdefghABCDEFGH');
    for (const seq_len of LENGTHS) {
      for (const { tokens, counted } of drawn({ task: 'two_modality', seq_len }, 2)) {
        tokens.forEach((token, place) => {
          expect(Math.floor(token / S)).toBe(modalityOf(place, 2));
        });
        expect(counted).toEqual(Array.from({ length: seq_len - 1 }, (_, i) => i + 2));
      }
    }
  });

  test('the modalities have sources of their own, the same at any length', () => {
    const [first, second] = sourcesOf(3);
    expect(first!.rows).not.toEqual(second!.rows);
  });

  test.each([
    [0, 4],
    [1, 5],
    [7, 33],
  ])('the floor is the loss of the true sources: seed %i, length %i', (seed, seq_len) => {
    const sources = sourcesOf(seed);
    const shape = { task: 'two_modality', seed, seq_len, batch_size: 256 } as const;
    const losses: number[] = [];
    for (const { tokens, counted } of drawn(shape, Math.ceil(1600 / seq_len))) {
      for (const place of counted) {
        const { rows } = sources[place % 2]!;
        losses.push(-Math.log(rows[tokens[place - 2]! % S]![tokens[place]! % S]!));
      }
    }
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    // At least 300,000 draws with a standard deviation below 1.5: five standard errors and correlation.
    expect(Math.abs(mean - taskOf(shape).levels.floor!)).toBeLessThan(0.015);
  });
});
