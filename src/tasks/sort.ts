import type { Config } from '../config/fields';
import { halves } from './halves';
import type { Task } from './task';

/** Random symbols, a separator, the same symbols in the order of the alphabet: `cabc|abcc`. */
export const sort = (config: Config): Task =>
  halves(config, (symbols) => [...symbols].sort((a, b) => a - b));
