import { complete } from '../config/check';
import type { Config } from '../config/fields';
import { NOTHING_YET } from './engineState';
import { sameConfig } from './files';
import { lettersFor } from './history';
import { nextPlacement } from './link';
import { engineStep, LANE_IDS, type Lane, type LaneId } from './state';

/** A lane and the configuration that it is to have. */
export type WantedLane = Pick<Lane, 'id' | 'config'>;

const newLane = (id: LaneId, config: Config): Lane => ({
  id,
  config,
  engine: NOTHING_YET,
  shown: null,
  evaluation: null,
  loss: [],
  divergence: null,
});

/** The lanes wanted, in their order: those that were there stay, the same objects where nothing changed. */
export const arranged = (before: readonly Lane[], wanted: readonly WantedLane[]): Lane[] =>
  wanted.map(({ id, config }) => {
    const old = before.find((lane) => lane.id === id);
    if (!old) return newLane(id, config);
    return sameConfig(old.config, config) ? old : { ...old, config };
  });

/** The lane that is added to others: as the last one, with a placement that none has. */
export function addedTo(lanes: readonly Lane[]): WantedLane | null {
  const last = lanes.at(-1);
  if (!last || lanes.length === LANE_IDS.length) return null;
  const used = lanes.map(({ config }) => config.placement);
  const { config } = complete({ placement: nextPlacement(used) }, last.config);
  const ids = lanes.map(({ id }) => id);
  return { id: lettersFor(lanes.length + 1, ids).at(-1)!, config };
}

/** The lanes that take the next step. At step 0 all leave together: those that still start are waited for. */
export function walkersOf(lanes: readonly Lane[]): LaneId[] {
  const able = lanes.filter(({ engine }) => engine.status !== 'failed');
  const started = able.filter(({ engine }) => engine.status !== 'starting');
  const isUnderWay = started.some((lane) => engineStep(lane) > 0);
  return (isUnderWay ? started : able).map(({ id }) => id);
}
