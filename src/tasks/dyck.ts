import type { Config } from '../config/fields';
import type { Stream } from '../lib/random';
import { drawBatch, type Task } from './task';

const KINDS = 4;
const START = 2 * KINDS;
/** Most brackets that are open at once, so that longer sequences are no deeper. */
const DEPTH = 8;

/** Tests of a next bracket that opens, with `depth` open and `left` places to fill: a coin where both can be. */
function opens(draw: Stream, depth: number, left: number): boolean {
  if (depth === 0) return true;
  if (depth === Math.min(DEPTH, left)) return false;
  return draw.integer(2) === 0;
}

/** A word of well-formed brackets. Kind k opens as k and closes as KINDS + k. */
function word(draw: Stream, length: number): number[] {
  const tokens: number[] = [];
  const open: number[] = [];
  while (tokens.length < length) {
    if (opens(draw, open.length, length - tokens.length)) {
      open.push(draw.integer(KINDS));
      tokens.push(open.at(-1)!);
    } else tokens.push(KINDS + open.pop()!);
  }
  return tokens;
}

/**
 * A word of brackets of four kinds, well-formed and at most eight deep: `([]{<>})`. It has an even
 * length; where T is even, `|` stands in front. Counted are the brackets that close: whether one will is
 * a coin's throw, which the loss does not ask for, but if one does its kind is that of the last one still
 * open; so the floor is 0. Kinds are drawn alike.
 *
 * Hewitt et al. 2020, RNNs Can Generate Bounded Hierarchical Languages with Optimal Memory (Dyck-(k, m))
 */
export function dyck(config: Config): Task {
  const T = config.seq_len;
  const lead = T % 2 ? [] : [START];
  return {
    vocabulary: [...'([{<)]}>|'],
    levels: { uniform: Math.log(2 * KINDS + 1), unigram: Math.log(KINDS), floor: 0 },
    batch: drawBatch(config, (draw) => {
      const tokens = [...lead, ...word(draw, T + 1 - lead.length)];
      return { tokens, counts: (place) => tokens[place]! >= KINDS };
    }),
  };
}
