import type { Config } from '../config/fields';
import { halves } from './halves';
import type { Task } from './task';

/** Random symbols, a separator, the same symbols again: `abca|abca`. */
export const copy = (config: Config): Task => halves(config, (symbols) => symbols);
