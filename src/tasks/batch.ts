import type { Config } from '../config/fields';
import { stream, type Stream } from '../lib/random';
import type { Batch } from '../lib/batch';

/** T + 1 tokens: the first T are inputs, the last T are targets. */
export interface Sequence {
  tokens: ArrayLike<number>;
  /** The first token that is counted as a target: 1 counts all of them, T the last alone. */
  countedFrom: number;
}

/**
 * The batch of one step, sequence after sequence from one stream: a larger batch begins with the
 * smaller one.
 */
export function drawBatch(
  { seed, batch_size: B, seq_len: T }: Config,
  step: number,
  sequence: (draw: Stream) => Sequence,
): Batch {
  const draw = stream(seed, `batch/${step}`);
  const inputs = new Int32Array(B * T);
  const targets = new Int32Array(B * T);
  for (let b = 0; b < B; b++) {
    const { tokens, countedFrom } = sequence(draw);
    for (let t = 0; t < T; t++) {
      inputs[b * T + t] = tokens[t]!;
      targets[b * T + t] = t + 1 < countedFrom ? -1 : tokens[t + 1]!;
    }
  }
  return { inputs, targets, B, T };
}

/** `count` symbols to show: a, b, … z, A, B, … Z. */
export const letters = (count: number): string[] =>
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].slice(0, count);
