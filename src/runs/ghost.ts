import type { Measurement } from '../protocol/frame';
import type { LaneId } from './laneId';

/** What all lanes measured at a moment that somebody pinned. It stays whatever becomes of the lanes. */
export interface Ghost {
  id: number;
  lanes: { id: LaneId; shown: Measurement }[];
}
