import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { dyck } from './dyck';
import { copy, reverse, sort } from './halves';
import { induction } from './induction';
import { markov } from './markov';
import { modularAddition } from './modular_addition';
import { parity } from './parity';
import { random } from './random';
import type { Task } from './task';
import { text } from './text';
import { twoModality } from './two_modality';

export type { Split, Task } from './task';
export { TextError } from './text';

/** A task that has tokens: all but `gaussian`, whose stack reads noise. */
export type TokenTask = Exclude<Chosen['task'], 'gaussian'>;

export const TASKS = {
  text,
  copy,
  reverse,
  sort,
  induction,
  modular_addition: modularAddition,
  parity,
  dyck,
  markov,
  two_modality: twoModality,
  random,
} satisfies Record<TokenTask, (config: Config, text: string) => Task>;

/**
 * The task that a configuration names, at its `seq_len`; the same task at another length has the same
 * vocabulary, and draws from the same source. `text` is what the text task reads; the others leave it alone.
 * Throws a TextError where the text cannot be used, and an Error for `gaussian`, which has no tokens.
 */
export function makeTask(config: Config, text: string): Task {
  if (config.task === 'gaussian') throw new Error('Task gaussian has no tokens to draw.');
  return TASKS[config.task](config, text);
}
