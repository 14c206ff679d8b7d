import type { Config } from '../config/fields';
import { drawBatch, from, letters, type Task } from './task';

const SYMBOLS = 32;

/** Independent, equally likely symbols: nothing to learn, and ln V is the floor. */
export function random(config: Config): Task {
  const nats = Math.log(SYMBOLS);
  return {
    vocabulary: letters(SYMBOLS),
    levels: { uniform: nats, unigram: nats, floor: nats },
    batch: drawBatch(config, (draw) => ({
      tokens: Array.from({ length: config.seq_len + 1 }, () => draw.integer(SYMBOLS)),
      counts: from(1),
    })),
  };
}
