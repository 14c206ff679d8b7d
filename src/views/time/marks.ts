import { changesLabel } from '../../config/naming';
import { divergenceWords } from '../../runs/divergence';
import type { Lane, LaneId } from '../../runs/state';

/** Something that happened to a lane at a step. */
export interface TimeMark {
  step: number;
  lane: LaneId;
  kind: 'change' | 'alarm' | 'fork';
  text: string;
}

type Marked = Pick<Lane, 'id' | 'events' | 'divergence' | 'fork'>;

const alarm = (lane: LaneId, divergence: NonNullable<Lane['divergence']>): TimeMark => {
  const { step, site } = divergence;
  const [before, after] = divergenceWords(divergence);
  return { step, lane, kind: 'alarm', text: `${before} ${site}${after}` };
};

const forked = (lane: LaneId, { of, step }: NonNullable<Lane['fork']>): TimeMark => {
  return { step, lane, kind: 'fork', text: `goes on from lane ${of.toUpperCase()}` };
};

/** What happened to the lanes, in the order of steps. */
export const marksOf = (lanes: readonly Marked[]): TimeMark[] =>
  lanes
    .flatMap(({ id, events, divergence, fork }): TimeMark[] => [
      ...(fork ? [forked(id, fork)] : []),
      ...events.map(({ step, changes }): TimeMark => {
        return { step, lane: id, kind: 'change', text: changesLabel(changes) };
      }),
      ...(divergence ? [alarm(id, divergence)] : []),
    ])
    .sort((a, b) => a.step - b.step);

export const sayMark = ({ lane, text }: TimeMark): string => `${lane.toUpperCase()}: ${text}`;
