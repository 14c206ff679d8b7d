import type { Config } from '../../config/fields';
import type { Obstacle, Section } from '../section';

/**
 * Settings, batches, loss, statistics, optimizer, schedule, record and `main()`:
 *
 * - `CONFIG`, every setting by its name;
 * - `batch(step)` returns `(inputs, targets)` as the engine has them;
 * - `Meter`, whose `tap` measures what the model tells it, forward and backward;
 * - `main()` reads the flags and trains.
 */
export function trainingSections(_config: Config): Section[] {
  return [];
}

export function trainingObstacles(_config: Config): Obstacle[] {
  return [];
}
