import { useShallow } from 'zustand/shallow';
import type { Config } from '../../config/fields';
import { drawnConfig, type Lane, type LaneId } from '../../runs/state';
import { useScope } from '../scope';

/** One thing about one lane; undefined in the moment in which the lane goes. */
export const useLane = <T>(id: LaneId, pick: (lane: Lane) => T): T | undefined =>
  useScope((s) => {
    const lane = s.lanes.find((l) => l.id === id);
    return lane && pick(lane);
  });

export const useLaneIds = (): LaneId[] => useScope(useShallow((s) => s.lanes.map((l) => l.id)));
/** The configurations of some of the lanes: others when one of them changes, and not at every step. */
export const useConfigsOf = (ids: readonly LaneId[]): Config[] =>
  useScope(
    useShallow((s) => s.lanes.filter(({ id }) => ids.includes(id)).map(({ config }) => config)),
  );
export const useConfigs = (): Config[] => useScope(useShallow((s) => s.lanes.map((l) => l.config)));
export const useDrawnConfigs = (): Config[] =>
  useScope(useShallow((s) => s.lanes.map(drawnConfig)));

/** The step on show where a drawing depends on it, else 0. */
export const drawnStep = (lane: Lane): number =>
  (drawnConfig(lane).interventions && lane.shown?.frame.step) || 0;
