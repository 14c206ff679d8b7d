import { whyLocked } from '../../runs/access';
import { shallow, useShallow } from 'zustand/shallow';
import { DEFAULTS, field, KEYS, type Config } from '../../config/fields';
import { perObject } from '../../lib/objects';
import { rememberingLast } from '../../lib/remembering';
import { drawnConfig, type Lane, type LaneId } from '../../runs/state';
import { namesOf } from '../panels/lanes';
import { useScope } from '../scope';

/** One thing about one lane; undefined in the moment in which the lane goes. */
export const useLane = <T>(id: LaneId, pick: (lane: Lane) => T): T | undefined =>
  useScope((s) => {
    const lane = s.lanes.find((l) => l.id === id);
    return lane && pick(lane);
  });

export const useLaneIds = (): LaneId[] => useScope(useShallow((s) => s.lanes.map((l) => l.id)));
/** The configurations of some of the lanes: others when one of them changes, and not at every step. */
export const useConfigsOf = (ids: readonly LaneId[]): Config[] =>
  useScope(
    useShallow((s) => s.lanes.filter(({ id }) => ids.includes(id)).map(({ config }) => config)),
  );

/** One thing about the configurations of some of the lanes, a number, a text or a list of such. */
export const useOfConfigs = <T>(ids: readonly LaneId[], pick: (configs: Config[]) => T): T =>
  useScope(
    useShallow((s) =>
      pick(s.lanes.filter(({ id }) => ids.includes(id)).map(({ config }) => config)),
    ),
  );

/** Settings that the drawing of a model has no sign for. */
const UNDRAWN = Object.fromEntries(
  KEYS.filter((key) => field(key).group === 'Initialization').map((key) => [key, DEFAULTS[key]]),
);

/**
 * A configuration as the drawing of its model takes it, with its initialization at the defaults: the same object for
 * those that are drawn alike, so that a slider over the size of weights draws no model again.
 */
export const asDrawn = perObject((config: Config) => alike({ ...config, ...UNDRAWN }));
const alike = rememberingLast(8, shallow<Config>, (config) => config);

/** The model of a lane as it is drawn. */
export const useDrawnModel = (id: LaneId): Config | undefined =>
  useLane(id, (lane) => asDrawn(drawnConfig(lane)));
export const useDrawnModels = (): Config[] =>
  useScope(useShallow((s) => s.lanes.map((lane) => asDrawn(drawnConfig(lane)))));
/** The lanes’ names as they are set. */
export const useLaneNames = (): string[] =>
  useScope(useShallow((s) => namesOf(s.lanes.map(drawnConfig))));

/** The step on show where a drawing depends on it, else 0. */
export const drawnStep = (lane: Lane): number =>
  (drawnConfig(lane).interventions && lane.shown?.frame.step) || 0;

/** The page’s link locks the number of lanes. */
export const useFixedLanes = (): boolean =>
  useScope(({ view }) => whyLocked(view, 'lanes') !== null);
