import { changesLabel } from '../../config/naming';
import type { PlotEvent } from '../../plot/EventLines';
import { laneLook, type NamedLane } from './lanes';

/** Settings changed under way, and the alarms of a lane’s run, as lines on an axis of steps. */
export const plotEvents = ({ lane: { id, events, alarms } }: NamedLane): PlotEvent[] =>
  [
    ...events.map(({ step, changes }) => ({ at: step, what: changesLabel(changes) })),
    ...alarms.map(({ step, title, at }) => ({ at: step, what: `${title} (${at})` })),
  ].map(({ at, what }) => ({
    at,
    text: `${id.toUpperCase()}: ${what}`,
    colour: laneLook(id).colour,
  }));
