import type { Backend, HostId, Size } from './sizes';

/** This engine, and the two ways in which it may run. */
export type OwnEngine = 'replayed' | 'unrecorded';
/** Engines in JavaScript, which a browser or Node is the host of. */
export type HostedEngine = OwnEngine | 'plain_tfjs' | 'jax_js';
export type EngineId = HostedEngine | 'pytorch' | 'pytorch_compile';

/** In the order of preference: the first that took part is the one to hold others against. */
export const OWN_ENGINES: OwnEngine[] = ['replayed', 'unrecorded'];

/** Where a comparison is made. What a device does not have is left out. */
export interface Place extends Size {
  host: HostId;
  backend: Backend;
  /** As the browser or the driver names it; the processor’s model on wasm. */
  adapter: string;
  /** Lanes of a subgroup at least and at most. */
  subgroups?: [least: number, most: number];
}

/** One engine at one size: a line of the results. What an engine does not have is left out. */
export interface Row extends Place {
  engine: EngineId;
  /** Where the engine computes, if not on the adapter. */
  device?: string;
  /** How lanes of our kernels put a row together, of the ways that WebGPU leaves open. */
  rows?: string;
  /** Whether every step is measured, site by site. */
  statistics: boolean;
  /** Medians over steps. */
  step_ms: number;
  js_ms?: number;
  dispatches?: number;
  submits?: number;
  readback_bytes?: number;
  device_bytes?: number;
  /** Compiled until after the last step. */
  pipelines?: number;
  /** Of this engine. */
  pipeline_names?: string[];
  /** What the first step took longer than the median. */
  compile_ms: number;
}
