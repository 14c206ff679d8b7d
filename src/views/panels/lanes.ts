import { laneNames } from '../../config/naming';
import { MARKS, type Mark } from '../../plot/marks';
import { LANE_IDS, type Lane, type LaneId } from '../../runs/state';

/** How a lane is drawn: the same colour and shape wherever it appears. */
export const laneLook = (id: LaneId): { colour: string; mark: Mark } => ({
  colour: `var(--lane-${id})`,
  mark: MARKS[LANE_IDS.indexOf(id)]!,
});

export interface NamedLane {
  lane: Lane;
  name: string;
}

/** The lanes with what sets each apart. */
export function named(lanes: readonly Lane[]): NamedLane[] {
  const names = laneNames(lanes.map(({ config }) => config));
  return lanes.map((lane, i) => ({ lane, name: names[i]! }));
}

/**
 * Layers that the shared axis spans. Asked for and not yet built counts: the drawing of the stack
 * changes with the setting, and the panels stand under it.
 */
export const deepest = (lanes: readonly Lane[]): number =>
  Math.max(1, ...lanes.map(({ config }) => config.n_layers));
