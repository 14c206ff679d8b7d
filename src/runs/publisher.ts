import type { StoreApi } from 'zustand/vanilla';
import type { Frames } from '../lib/frames';
import type { Checkpoints } from './checkpoints';
import type { EngineLane } from './engineLane';
import type { FrameLog } from './log';
import type { EngineState, LaneId, Moment, Scope } from './state';

/** Brings into the page's state what engines have measured: at once, or with the next picture. */
export function createPublisher(
  store: StoreApi<Scope>,
  { log, checkpoints }: { log: FrameLog<LaneId>; checkpoints: Pick<Checkpoints<LaneId>, 'steps'> },
  frames: Frames,
  engineOf: (id: LaneId) => EngineLane | undefined,
) {
  const shownAt = (moment: Moment, id: LaneId, { latest, evaluation }: EngineState) =>
    moment === 'live'
      ? { shown: latest, evaluation }
      : (log.at(id, moment) ?? { shown: null, evaluation: null });

  const publish = (only?: LaneId) => {
    const { moment } = store.getState();
    // Of runs that began anew, or went back, nothing is left after the step on show.
    if (moment !== 'live' && moment >= (log.recorded(Infinity) ?? -1)) {
      showMoment('live');
      return;
    }
    store.setState(({ lanes }) => ({
      lanes: lanes.map((lane) => {
        const { id } = lane;
        const engine = only === undefined || only === id ? engineOf(id)?.state() : undefined;
        return engine
          ? {
              ...lane,
              engine,
              ...shownAt(moment, id, engine),
              ...log.summary(id),
              checkpoints: checkpoints.steps(id),
            }
          : lane;
      }),
    }));
  };
  const publishAll = () => publish();
  const now = () => {
    frames.drop(publishAll);
    publish();
  };
  const showMoment = (moment: Moment) => {
    store.setState({ moment });
    now();
  };

  return {
    lane: (id: LaneId) => publish(id),
    /** All lanes in one change, at once. */
    now,
    /** With the next picture: steps that follow one another faster show the newest of them. */
    soon: () => frames.update(publishAll),
    showMoment,
    dispose: () => frames.drop(publishAll),
  };
}
