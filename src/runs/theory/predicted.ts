import type { Config } from '../../config/fields';
import type { Measurement } from '../../protocol/frame';
import type { Prediction } from '../../theory/predict';
import type { LaneId } from '../laneId';

/** A prediction of step 0, and the measurement on show when it was asked for. */
export interface Predicted {
  /** Of the configuration, and of the text where it reads one. */
  key: string;
  config: Config;
  /** The number of the text that it reads among all that there were; null where it reads none. */
  edition: number | null;
  measured: Measurement;
  /** Null where there is none, and `error` says why. */
  prediction: Prediction | null;
  error: string | null;
}

/** Predictions of lanes: each stays until that of the lane's next configuration has come. */
export interface Predictions {
  lanes: Partial<Record<LaneId, Predicted>>;
  /** Lanes whose predictions take over a second. */
  slow: readonly LaneId[];
  /** The number of the text that lanes read now. */
  edition: number;
}

export const NOTHING_PREDICTED: Predictions = { lanes: {}, slow: [], edition: 0 };
