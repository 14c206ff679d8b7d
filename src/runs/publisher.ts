import type { StoreApi } from 'zustand/vanilla';
import type { Frames } from '../lib/frames';
import { changedBy, mapChanged } from '../lib/objects';
import type { Checkpoints } from './checkpoints';
import type { EngineLane } from './engineLane';
import type { FrameLog } from './log';
import type { EngineState, LaneId, Moment, RecordedLane, Scope } from './state';

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

  /** The step at which the engines have measured last. */
  const present = () => Math.max(0, ...store.getState().lanes.map(({ id }) => log.last(id)));
  /** The step is where the engines stand, or past all that was recorded. */
  const isPresent = (step: number) => step === present() || step > (log.recorded(Infinity) ?? -1);
  /** A run that cannot be stepped is shown where the engines are or, where it has nothing of then, at its nearer end. */
  const ofMoment = (lane: RecordedLane, moment: Moment): RecordedLane => {
    const [first, last] = [lane.loss.records[0]?.step ?? 0, log.last(lane.id)];
    const step = moment === 'live' ? Math.max(first, Math.min(present(), last)) : moment;
    const logged = log.at(lane.id, step);
    return lane.shown === (logged?.shown ?? null)
      ? lane
      : { ...lane, shown: null, evaluation: null, ...logged };
  };

  const publish = (only?: LaneId) => {
    const { moment } = store.getState();
    // Of runs that began anew, or went back, nothing is left after the step on show.
    if (moment !== 'live' && isPresent(moment)) {
      showMoment('live');
      return;
    }
    store.setState((scope) =>
      changedBy(scope, {
        recordings: mapChanged(scope.recordings, (one) => ofMoment(one, moment)),
        lanes: mapChanged(scope.lanes, (lane) => {
          const { id } = lane;
          const engine = only === undefined || only === id ? engineOf(id)?.state() : undefined;
          if (!engine) return lane;
          return changedBy(lane, {
            engine,
            ...shownAt(moment, id, engine),
            ...log.summary(id),
            checkpoints: checkpoints.steps(id),
          });
        }),
      }),
    );
  };
  const publishAll = () => publish();
  /** Changes of single lanes wait for the end of a change of several. */
  let isTogether = false;
  const now = () => {
    frames.drop(publishAll);
    publish();
  };
  const showMoment = (moment: Moment) => {
    store.setState({ moment });
    now();
  };

  return {
    lane(id: LaneId): void {
      if (!isTogether) publish(id);
    },
    /** All lanes in one change, at once. */
    now,
    /** Shows in one change all that becomes of the lanes meanwhile. */
    together(change: () => void): void {
      isTogether = true;
      try {
        change();
      } finally {
        isTogether = false;
      }
      publish();
    },
    /** With the next picture: steps that follow one another faster show the newest of them. */
    soon: () => frames.update(publishAll),
    showMoment,
    present,
    dispose: () => frames.drop(publishAll),
  };
}
