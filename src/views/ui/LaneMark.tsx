import type { CSSProperties } from 'react';
import { MARKS, markPath } from '../../plot/marks';
import { LANE_IDS, type LaneId } from '../../runs/state';

/** A lane's shape in its colour, as it stands on the lane's traces. */
export function LaneMark({ id, size = 12 }: { id: LaneId; size?: number }) {
  const mark = MARKS[LANE_IDS.indexOf(id)]!;
  return (
    <svg
      className="ui-lane-mark"
      viewBox="-6 -6 12 12"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path d={markPath(mark, 0, 0, 4)} fill={`var(--lane-${id})`} />
    </svg>
  );
}

export const laneLetter = (id: LaneId) => id.toUpperCase();

/** Gives what is inside a lane's colour under one name, `--lane`. */
export const laneStyle = (id: LaneId) => ({ '--lane': `var(--lane-${id})` }) as CSSProperties;
