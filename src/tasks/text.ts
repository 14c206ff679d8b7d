import type { Config } from '../config/fields';
import { entropy } from '../lib/entropy';
import { drawBatch, from, type Task } from './task';

/** Most characters that a text may have, and most kinds of them. */
export const MAX_CHARACTERS = 10_000_000;
export const MAX_KINDS = 2048;

/** A text that cannot be learned from; the message says why, in one sentence. */
export class TextError extends Error {
  override name = 'TextError';
}

interface Reading {
  vocabulary: string[];
  tokens: Int32Array;
}

const tooLong = () =>
  new TextError(
    `The text is longer than ${MAX_CHARACTERS.toLocaleString('en')} characters, the most that can be used.`,
  );

/** The text as Unicode code points; an emoji outside the basic plane is one. */
function codePoints(text: string): Int32Array {
  // Each code point takes at most two of the units that a string's length counts.
  if (text.length > 2 * MAX_CHARACTERS) throw tooLong();
  const points = new Int32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    const point = text.codePointAt(at)!;
    points[count] = point;
    at += point > 0xffff ? 2 : 1;
  }
  if (count > MAX_CHARACTERS) throw tooLong();
  return points.subarray(0, count);
}

/** The characters of a text as tokens, the vocabulary in the order of the code points. */
function read(text: string): Reading {
  if (text === '') throw new TextError('The text is empty; it must have at least one character.');
  const points = codePoints(text);
  const kinds = Int32Array.from(new Set(points)).sort();
  if (kinds.length > MAX_KINDS) {
    throw new TextError(
      `The text has ${kinds.length} different characters; at most ${MAX_KINDS} can be used.`,
    );
  }
  const tokenOf = new Map(Array.from(kinds, (point, token) => [point, token]));
  return {
    vocabulary: Array.from(kinds, (point) => String.fromCodePoint(point)),
    tokens: points.map((point) => tokenOf.get(point)!),
  };
}

/** The last text read: while a slider is dragged the same one comes again and again. */
let last: { text: string; reading: Reading } | null = null;

function reading(text: string): Reading {
  if (last?.text !== text) last = { text, reading: read(text) };
  return last.reading;
}

/**
 * The frequency of each token as a target, up to a factor: in how many of the windows of T + 1 characters it
 * stands past the first place. That is T in all but the ends of a text; every place counts alike where
 * the text is repeated.
 */
function targetWeights({ vocabulary, tokens }: Reading, T: number): Float64Array {
  const N = tokens.length;
  const windows = N - T;
  const weights = new Float64Array(vocabulary.length);
  for (let i = 0; i < N; i++) {
    weights[tokens[i]!]! += windows < 1 ? 1 : Math.min(i, T, windows, N - i);
  }
  return weights;
}

/**
 * The next character of a text: random windows of T + 1 characters. A text that is shorter than a
 * window is repeated, its end followed by its beginning. Throws a TextError.
 */
export function text(config: Config, content: string): Task {
  const characters = reading(content);
  const { vocabulary, tokens } = characters;
  const T = config.seq_len;
  const N = tokens.length;
  const starts = N > T ? N - T : N;
  return {
    vocabulary,
    levels: {
      uniform: Math.log(vocabulary.length),
      unigram: entropy(targetWeights(characters, T)),
    },
    batch: drawBatch(config, (draw) => {
      const start = draw.integer(starts);
      return {
        tokens: Int32Array.from({ length: T + 1 }, (_, i) => tokens[(start + i) % N]!),
        counts: from(1),
      };
    }),
  };
}
