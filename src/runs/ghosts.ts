import type { Ghost } from './ghost';
import type { Lane } from './state';

export const MOST_GHOSTS = 3;

/** With what is seen now, as long as there is room for it. */
export function pinned(ghosts: readonly Ghost[], lanes: readonly Lane[]): Ghost[] {
  const seen = lanes.flatMap(({ id, shown }) => (shown ? [{ id, shown }] : []));
  if (!seen.length || ghosts.length >= MOST_GHOSTS) return [...ghosts];
  return [...ghosts, { id: (ghosts.at(-1)?.id ?? 0) + 1, lanes: seen }];
}
