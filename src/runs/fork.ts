import type { LaneId } from './laneId';

/** The lane, and the step of its run, that another run goes on from. */
export interface Fork {
  of: LaneId;
  step: number;
  /** The name of that lane by then. */
  name: string;
  /** Where that run itself went on from. */
  before: Fork | null;
}
