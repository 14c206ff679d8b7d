import type { Chosen } from '../config/choices';
import type { Config } from '../config/fields';
import { copy } from './copy';
import { induction } from './induction';
import { markov } from './markov';
import { random } from './random';
import type { Task } from './task';
import { text } from './text';

export type { Task } from './task';
export { TextError } from './text';

/** A task that has tokens: all but `gaussian`, whose stack reads noise. */
export type TokenTask = Exclude<Chosen['task'], 'gaussian'>;

export const TASKS = { text, copy, induction, markov, random } satisfies Record<
  TokenTask,
  (config: Config, text: string) => Task
>;

/**
 * The task that a configuration names. `text` is what the text task reads; the others leave it alone.
 * Throws a TextError where the text cannot be used, and an Error for `gaussian`, which has no tokens.
 */
export function makeTask(config: Config, text: string): Task {
  if (config.task === 'gaussian') throw new Error('Task gaussian has no tokens to draw.');
  return TASKS[config.task](config, text);
}
