import type { Measurement } from '../protocol/frame';
import type { LaneId } from './laneId';

/** The measurements of all lanes at a moment that somebody pinned. They stay whatever becomes of the lanes. */
export interface Ghost {
  id: number;
  /** Of what was guessed; a moment is named by its step. */
  name?: string;
  lanes: { id: LaneId; shown: Measurement }[];
}
