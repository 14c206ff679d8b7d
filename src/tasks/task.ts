import type { Batch, LossLevels } from '../lib/batch';
import type { Config } from '../config/fields';
import { stream, type Stream } from '../lib/random';

/** The purpose of a batch. The two never share a draw: what is evaluated was not trained on. */
export type Split = 'train' | 'eval';

/** The source of what a model reads and predicts. Any step's batch can be drawn at any time, in any order. */
export interface Task {
  /** Each token as it is shown; tokens are places in this list. It does not depend on the length. */
  vocabulary: string[];
  levels: LossLevels;
  /** The batch of step `step`, to train on unless said otherwise; a function of seed, step and split. */
  batch(step: number, split?: Split): Batch;
}

/** T + 1 tokens: the first T are inputs, the last T are targets. */
export interface Sequence {
  tokens: ArrayLike<number>;
  /** The token at a place, 1 … T, is counted as a target. At least one must be. */
  counts: (place: number) => boolean;
}

/** Counts what stands at a place or after it: 1 counts all targets, T the last alone. */
export const from = (first: number) => (place: number) => place >= first;

const STREAMS: Record<Split, string> = { train: 'batch', eval: 'eval' };

/**
 * The batches of a task whose sequences are drawn one like the other: sequence after sequence from one
 * stream for each step, so that a larger batch begins with the smaller one.
 */
export function drawBatch(
  { seed, batch_size: B, seq_len: T }: Config,
  sequence: (draw: Stream) => Sequence,
): Task['batch'] {
  return (step, split = 'train') => {
    const draw = stream(seed, `${STREAMS[split]}/${step}`);
    const inputs = new Int32Array(B * T);
    const targets = new Int32Array(B * T);
    for (let b = 0; b < B; b++) {
      const { tokens, counts } = sequence(draw);
      for (let t = 0; t < T; t++) {
        inputs[b * T + t] = tokens[t]!;
        targets[b * T + t] = counts(t + 1) ? tokens[t + 1]! : -1;
      }
    }
    return { inputs, targets, B, T };
  };
}

/** `count` symbols to show: a, b, … z, A, B, … Z. */
export const letters = (count: number): string[] =>
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].slice(0, count);
