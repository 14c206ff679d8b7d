import type { CSSProperties } from 'react';
import type { LaneId } from '../../runs/state';

/** Gives what is inside a lane's colour under one name, `--lane`. */
export const laneStyle = (id: LaneId) => ({ '--lane': `var(--lane-${id})` }) as CSSProperties;
