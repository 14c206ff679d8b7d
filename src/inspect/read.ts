import type { Config } from '../config/fields';
import type { Raw, RawRequest } from '../protocol/raw';
import type { Looking, Reading } from './readings';

/**
 * The tensors that a view of a place is made of, of a model of this configuration. Of a lane whose model has no such place,
 * those that it has.
 */
export function wantedBy(looking: Looking, config: Config): RawRequest {
  void looking;
  void config;
  throw new Error('to be written');
}

/**
 * A view, read from the tensors of every lane; null for a lane of which there are none.
 * Where a lane’s tensors do not have what the view shows, its entry is null.
 */
export function read(looking: Looking, lanes: readonly (Raw | null)[]): Reading {
  void looking;
  void lanes;
  throw new Error('to be written');
}
