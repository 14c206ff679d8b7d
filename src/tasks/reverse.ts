import type { Config } from '../config/fields';
import { halves } from './halves';
import type { Task } from './task';

/**
 * Random symbols, a separator, the same symbols backward: `abcd|dcba`. What is to be read stands ever
 * farther back, so that no one distance gives the answer.
 */
export const reverse = (config: Config): Task =>
  halves(config, (symbols) => [...symbols].reverse());
