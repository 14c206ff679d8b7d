import type { Trace } from '../../../plot/trace';
import type { Lane } from '../../../runs/state';
import type { NamedLane } from '../lanes';
import type { Hold, Series } from '../series';

/** The part of theory in a panel against depth. */
export interface TheoryOverlay {
  /** Values are held against their predictions. */
  isRatio: boolean;
  /** The lane at the measurement that its prediction is of. */
  matched(lane: Lane): Lane;
  /** The predicted curve; none where there is none. */
  predicted(lane: Lane): Series[];
  /** @param hold holds curves against those of the baseline, where there is one */
  traces(lanes: readonly NamedLane[], hold: Hold, n_layers: number): Trace[];
  /** @param means over seeds of lanes, where these are on show */
  tell(lanes: readonly NamedLane[], means?: readonly Trace[]): string;
}
