import type { Looking, Reading } from '../../inspect/readings';
import type { Measurement } from '../../protocol/frame';
import type { LaneId } from '../laneId';

/** A view of a place, and the lane that it is of where it shows one alone. */
export interface Inspecting extends Looking {
  lane: LaneId;
}

export const FIRST_LOOK: Inspecting = {
  ...{ view: 'distribution', place: 'blocks.0.resid_post', lane: 'a' },
  ...{ head: 0, sequence: 0, token: 0 },
};

/** The last that was read, and what is done for the next. */
export interface Inspection {
  reading: Reading | null;
  /** The view and place that the reading is of; its lanes, each with its measurement of the step; and the step. */
  of: Inspecting | null;
  lanes: readonly { id: LaneId; measurement: Measurement | null }[];
  step: number | null;
  /** Lanes of which nothing can be read, and why; or what is to be known of a reading. */
  remarks: readonly { lane: LaneId; text: string }[];
  /** A lane that is brought to a step of the past, by an engine of the inspector’s own. */
  travel: { lane: LaneId; step: number; to: number } | null;
  /** Tensors are being read for over a second. */
  isReading: boolean;
  error: string | null;
  /** It stays at its step, whatever is on show. */
  isHeld: boolean;
}

export const NOTHING_READ: Inspection = {
  reading: null,
  of: null,
  lanes: [],
  step: null,
  remarks: [],
  travel: null,
  isReading: false,
  error: null,
  isHeld: false,
};
