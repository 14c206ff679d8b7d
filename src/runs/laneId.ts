export const LANE_IDS = ['a', 'b', 'c', 'd'] as const;
export type LaneId = (typeof LANE_IDS)[number];
