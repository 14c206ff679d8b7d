import type { Measurement } from '../protocol/frame';
import type { LaneId } from './laneId';

/** The measurements of all lanes at a moment that somebody pinned. They stay whatever becomes of the lanes. */
export interface Ghost {
  id: number;
  lanes: { id: LaneId; shown: Measurement }[];
}
