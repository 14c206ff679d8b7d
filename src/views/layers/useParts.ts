import type { LaneId } from '../../runs/state';
import { useConfigsOf } from '../lanes/useLane';
import type { Part } from './edits';

/** Lanes whose layers are to change, with their configurations. */
export const useParts = (lanes: readonly LaneId[]): Part[] =>
  useConfigsOf(lanes).map((config, i) => ({ id: lanes[i]!, config }));
