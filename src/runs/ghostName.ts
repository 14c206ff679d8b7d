import { laneNames } from '../config/naming';
import { counted } from '../lib/words';
import type { Ghost } from './ghost';
import { sameConfig } from './link';
import type { Lane } from './state';

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
