import { difference } from '../config/check';
import type { Segment } from './segment';
import type { RunEvent } from './state';

/** What was changed of a run under way: a segment begins with every setting that was. */
export const eventsOf = (
  segments: readonly Pick<Segment, 'config' | 'frames'>[],
): readonly RunEvent[] =>
  segments.slice(1).flatMap(({ config, frames: [first] }, i) => {
    const changes = difference(segments[i]!.config, config);
    return first && Object.keys(changes).length > 0 ? [{ step: first.step, changes }] : [];
  });
