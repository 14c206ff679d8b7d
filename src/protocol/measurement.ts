import type { Config } from '../config/fields';
import type { Frame, Layout } from './frame';

/** One measured step: its numbers, the layout that names them, and the configuration of the model measured. */
export interface Measurement {
  config: Config;
  layout: Layout;
  frame: Frame;
}
