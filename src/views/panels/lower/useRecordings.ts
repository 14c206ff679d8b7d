import { useMemo } from 'react';
import type { Recording } from '../../../runs/histories';
import { useActions, useScope } from '../../scope';
import { lanesOnShow, named, type NamedLane } from '../lanes';

export interface RecordedLane extends NamedLane {
  recording: Recording;
}

/** The lanes with what was recorded of them; others whenever there is more. */
export function useRecordings(): RecordedLane[] {
  const { recorded } = useActions();
  const all = useScope(lanesOnShow);
  return useMemo(
    () =>
      named(all).map((lane) => ({
        ...lane,
        recording: {
          segments: recorded(lane.lane.id),
          brokenFrom: lane.lane.divergence?.step ?? null,
        },
      })),
    [all, recorded],
  );
}
