import { changesLabel } from '../../config/naming';
import type { Lane, LaneId } from '../../runs/state';

/** Something that happened to a lane at a step. */
export interface TimeMark {
  step: number;
  lane: LaneId;
  kind: 'change' | 'alarm' | 'fork';
  text: string;
}

type Marked = Pick<Lane, 'id' | 'events' | 'alarms' | 'fork'> & {
  /** Where it goes on from, in words; null where it began at step 0. */
  from: string | null;
};

/** The events of the lanes, in the order of steps. */
export const marksOf = (lanes: readonly Marked[]): TimeMark[] =>
  lanes
    .flatMap(({ id, events, alarms, fork, from }): TimeMark[] => [
      // A fork begins with its change.
      ...(fork && from
        ? [{ step: fork.step, lane: id, kind: 'fork' as const, text: `goes on from ${from}` }]
        : []),
      ...events.map(({ step, changes }): TimeMark => {
        return { step, lane: id, kind: 'change', text: changesLabel(changes) };
      }),
      ...alarms.map(({ step, title, at }): TimeMark => {
        return { step, lane: id, kind: 'alarm', text: `${title} (${at})` };
      }),
    ])
    .sort((a, b) => a.step - b.step);

export const sayMark = ({ lane, text }: TimeMark): string => `${lane.toUpperCase()}: ${text}`;
