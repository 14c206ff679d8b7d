import type { Config } from '../config/fields';
import type { Quantity } from '../config/quantity';
import type { Measurement } from '../protocol/frame';
import type { Curve } from '../protocol/read';
import type { LaneId } from '../runs/laneId';

/** The runs that an expression is evaluated on: the lanes of the page, or of a report, run again. */
export type Evidence = Partial<Record<LaneId, LaneEvidence>>;

export interface LaneEvidence {
  /** At the step where it stands. */
  config: Config;
  step: number;
  /** Null where that step was not measured. */
  measured(step: number): Measurement | null;
  /** Steps of changes under way. */
  changes: readonly number[];
  /** The step of the first alarm that pauses a run: `firstAlarm`. */
  alarm: number | null;
  isDiverged: boolean;
  /** The prediction at initialization; null where there is no law. */
  theory(quantity: Quantity): Curve | null;
}

/** The run of a lane, as it can be made again: seeds are settings. */
export interface LaneRun {
  /** Rising steps; the first is of step 0 and has all settings that are no defaults. */
  changes: readonly { step: number; settings: Partial<Config> }[];
  /** Where it stands. */
  step: number;
  /** The fingerprint of the text that it reads, and its name; null where it reads none. */
  text: { name: string; print: string } | null;
  /** It began with the weights of a file, which a report does not hold: it cannot be made again. */
  hasWeights: boolean;
}
export type LaneRuns = Partial<Record<LaneId, LaneRun>>;
