import type { Config } from '../../config/fields';
import type { LaneId } from '../../runs/state';

/** What the bar of layers needs of a lane that it changes. */
export interface Part {
  id: LaneId;
  config: Config;
}
