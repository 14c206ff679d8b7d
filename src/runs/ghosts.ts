import { laneNames } from '../config/naming';
import { counted } from '../lib/words';
import type { Ghost } from './ghost';
import { sameConfig } from './link';
import type { Lane } from './state';

export const MOST_GHOSTS = 3;

/** With what is seen now, as long as there is room for it. */
export function pinned(ghosts: readonly Ghost[], lanes: readonly Lane[]): Ghost[] {
  const seen = lanes.flatMap(({ id, shown }) => (shown ? [{ id, shown }] : []));
  if (!seen.length || ghosts.length >= MOST_GHOSTS) return [...ghosts];
  return [...ghosts, { id: (ghosts.at(-1)?.id ?? 0) + 1, lanes: seen }];
}

/** The moment, and what sets the settings of then apart from those of now: `step 120 · lr 1e-3`. */
export function ghostName({ name, lanes: seen }: Ghost, lanes: readonly Lane[]): string {
  if (name) return name;
  const step = Math.max(...seen.map(({ shown }) => shown.frame.step));
  const changes = seen.flatMap(({ id, shown }) => {
    const now = lanes.find((lane) => lane.id === id);
    return now && !sameConfig(now.config, shown.config)
      ? [laneNames([now.config, shown.config])[1]!]
      : [];
  });
  return [`step ${counted(step)}`, ...new Set(changes)].join(' · ');
}
