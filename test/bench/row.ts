import type { Backend, Size } from './sizes';

/** This engine, and the two ways in which it may run. */
export type OwnEngine = 'replayed' | 'unrecorded';
export type BrowserEngine = OwnEngine | 'plain_tfjs' | 'jax_js';
export type EngineId = BrowserEngine | 'pytorch';

/** In the order of preference: the first that took part is the one to hold others against. */
export const OWN_ENGINES: OwnEngine[] = ['replayed', 'unrecorded'];

/** One engine at one size: a line of the results. What an engine does not have is left out. */
export interface Row extends Size {
  engine: EngineId;
  backend: Backend;
  /** As the browser names it; the processor’s model on wasm. */
  adapter: string;
  /** Whether every step is measured, site by site. */
  statistics: boolean;
  /** Medians over steps. */
  step_ms: number;
  js_ms?: number;
  dispatches?: number;
  submits?: number;
  readback_bytes?: number;
  device_bytes?: number;
  /** What the first step took longer than the median. */
  compile_ms: number;
}
