import { changesLabel } from '../../config/naming';
import type { PlotEvent } from '../../plot/EventLines';
import { laneLook, type NamedLane } from './lanes';

/** What was changed of a lane under way, as lines on an axis of steps. */
export const plotEvents = ({ lane: { id, events } }: NamedLane): PlotEvent[] =>
  events.map(({ step, changes }) => ({
    at: step,
    text: `${id.toUpperCase()}: ${changesLabel(changes)}`,
    colour: laneLook(id).colour,
  }));
