import { difference } from '../config/check';
import type { Segment } from './run';
import type { RunEvent } from './state';

/** The changes of a run under way: a segment begins with every setting that was changed. */
export const eventsOf = (
  segments: readonly Pick<Segment, 'config' | 'frames'>[],
): readonly RunEvent[] =>
  segments.slice(1).flatMap(({ config, frames: [first] }, i) => {
    const changes = difference(segments[i]!.config, config);
    return first && Object.keys(changes).length > 0 ? [{ step: first.step, changes }] : [];
  });
