import { bisector } from 'd3-array';
import type { StoreApi } from 'zustand/vanilla';
import { complete, restarts } from '../config/check';
import { unpack, type Measurement, type PackedFrame } from '../protocol/frame';
import type { Alarm, Remedy } from './alarms/alarm';
import { outcomeOf, PAST, remediesFor } from './alarms/remedies';
import { LOOKED_BACK, RULES, WINDOW } from './alarms/rules';
import { stuckOf } from './alarms/stuck';
import { createWatch, isPausing, type Watch } from './alarms/watch';
import { alarmSentence } from './alarms/words';
import type { FrameLog } from './log';
import type { Segment } from './run';
import {
  LANE_IDS,
  type Actions,
  type Lane,
  type LaneId,
  type Scope,
  type ToldAlarm,
  type Trial,
  type Trouble,
} from './state';

interface AlarmDeskOptions {
  store: StoreApi<Scope>;
  log: Pick<FrameLog<LaneId>, 'segments'>;
  pause(): void;
  trainTo(step: number): void;
  showMoment: Actions['showMoment'];
  fork: Actions['fork'];
}

interface Seen {
  packed: PackedFrame;
  measurement: Measurement;
}

/** The run of a lane as it was last looked at. */
interface Sight {
  watch: Watch;
  /** The last frames that the watch was shown. */
  seen: Seen[];
  alarms: readonly ToldAlarm[];
  isStuck: boolean;
}

/** So many frames are shown again to a watch that begins in the middle of a run. */
const REPLAYED = LOOKED_BACK + 8;

const byStep = bisector<PackedFrame, number>(({ step }) => step);

const told = (alarm: Alarm): ToldAlarm => ({
  ...alarm,
  title: RULES[alarm.rule].title,
  note: RULES[alarm.rule].note,
  formula: RULES[alarm.rule].formula,
  pauses: isPausing(alarm),
  sentence: alarmSentence(alarm),
});

/** The frames after a step, oldest first; of the last so many alone. */
function framesAfter(segments: readonly Segment[], step: number, most = Infinity): Seen[] {
  const found: Seen[] = [];
  for (let s = segments.length - 1; s >= 0; s--) {
    const { config, layout, frames } = segments[s]!;
    for (let i = frames.length - 1; i >= 0; i--) {
      const packed = frames[i]!;
      if (packed.step <= step || found.length >= most) return found.reverse();
      found.push({ packed, measurement: { config, layout, frame: unpack(layout, packed) } });
    }
  }
  return found.reverse();
}

const holds = (segments: readonly Segment[], { packed }: Seen) =>
  segments.some(({ frames }) => frames[byStep.left(frames, packed.step)] === packed);

/** Looks for alarms in what lanes record, brings training to rest at them, and tries remedies on forks. */
export function createAlarmDesk(options: AlarmDeskOptions) {
  const { store, log } = options;
  const sights = new Map<LaneId, Sight>();
  /** The alarms that each frame raised: an alarm is in every run that has its frame, after a return, in a fork, and brought back. */
  const raisedBy = new WeakMap<PackedFrame, readonly ToldAlarm[]>();

  const alarmsOf = (segments: readonly Segment[]) =>
    segments.flatMap(({ frames }) => frames.flatMap((frame) => raisedBy.get(frame) ?? []));

  /** The sight that a run goes on from, with the frames that it has not seen. */
  function goOn(id: LaneId, segments: readonly Segment[]): { sight: Sight; unseen: Seen[] } {
    const sight = sights.get(id);
    // The last step may have been measured again, which a watch counts once.
    const last = sight?.seen.slice(-2).findLast((one) => holds(segments, one));
    if (sight && last) return { sight, unseen: framesAfter(segments, last.packed.step) };
    const fresh: Sight = { watch: createWatch(), seen: [], alarms: [], isStuck: false };
    sights.set(id, fresh);
    return { sight: fresh, unseen: framesAfter(segments, -1, REPLAYED) };
  }

  /** Shows the frames that came to the watch of their lane; the alarms that are new. */
  function follow({ id, loss }: Lane, others: readonly Lane[]): ToldAlarm[] {
    const segments = log.segments(id).filter(({ frames }) => frames.length > 0);
    const newest = segments.at(-1)?.frames.at(-1);
    if (!newest) {
      sights.delete(id);
      return [];
    }
    if (sights.get(id)?.seen.at(-1)?.packed === newest) return [];
    const { sight, unseen } = goOn(id, segments);
    // Of frames that were there before, such as those of a run that was brought back, alarms are known.
    const isKnown = unseen.some(({ packed }) => raisedBy.has(packed));
    const fresh = unseen.flatMap(({ packed, measurement }) => {
      const raised = sight.watch.add(measurement).map(told);
      if (raisedBy.has(packed)) return [];
      raisedBy.set(packed, raised);
      return raised;
    });
    const stuck = stuckOf(
      loss,
      others.map((other) => other.loss),
    );
    if (stuck && !sight.isStuck) {
      const alarm = told(stuck);
      raisedBy.set(newest, [...raisedBy.get(newest)!, alarm]);
      fresh.push(alarm);
    }
    sight.isStuck = !!stuck;
    sight.seen = [...sight.seen, ...unseen].slice(-REPLAYED);
    const alarms = fresh.length || isKnown ? alarmsOf(segments) : sight.alarms;
    sight.alarms = alarms.filter(({ step }) => step <= newest.step);
    return fresh;
  }

  /** A trouble with the ways on that a fork can take: a model that starts anew is none. */
  function troubleOf(alarm: ToldAlarm, { seen }: Sight): Trouble {
    const history = seen.map(({ measurement }) => measurement);
    const { config } = history.at(-1)!;
    const remedies = remediesFor(alarm, config, history).filter(
      ({ changes }) => !restarts(config, complete(changes, config).config),
    );
    return { alarm, remedies, trials: [] };
  }

  const trialNow = (trouble: Trouble, trial: Trial): Trial => {
    if (trial.outcome !== 'open') return trial;
    const { seen, alarms } = sights.get(trial.lane)!;
    const step = seen.at(-1)!.packed.step;
    const outcome = outcomeOf(trouble.alarm, trial.remedy, { step, alarms });
    return outcome === 'open' ? trial : { ...trial, outcome, step };
  };
  /** The trouble that is told of a lane, by now. */
  const troubleNow = (lane: Lane, fresh: readonly ToldAlarm[], isOnTrial: boolean) => {
    const sight = sights.get(lane.id);
    const { alarms = [] } = sight ?? {};
    let trouble = lane.trouble && alarms.includes(lane.trouble.alarm) ? lane.trouble : null;
    if (trouble) {
      const trials = trouble.trials
        .filter((trial) => sights.has(trial.lane))
        .map((trial) => trialNow(trouble!, trial));
      const isSame =
        trials.length === trouble.trials.length &&
        trials.every((trial, i) => trial === trouble!.trials[i]);
      if (!isSame) trouble = { ...trouble, trials };
    }
    if (!sight || isOnTrial) return trouble;
    // An alarm that follows a first sign within the steps of a band is the same trouble.
    const isFirst = (alarm: ToldAlarm) =>
      !alarms.some((one) => one.pauses && one.step < alarm.step && one.step >= alarm.step - WINDOW);
    const first = fresh.find((alarm) => alarm.pauses && isFirst(alarm));
    const said = trouble?.alarm.pauses ? undefined : fresh[0];
    const next = first ?? said;
    return next ? troubleOf(next, sight) : trouble;
  };

  const openTrials = (lanes: readonly Lane[]) =>
    lanes.flatMap(({ id, trouble }) =>
      (trouble?.trials ?? []).flatMap(({ lane, outcome }) =>
        outcome === 'open' ? [id, lane] : [],
      ),
    );

  /** Looks at all that was recorded since the last time. */
  function look() {
    const { lanes, playing, pausesAtAlarms } = store.getState();
    for (const id of sights.keys()) if (!lanes.some((lane) => lane.id === id)) sights.delete(id);
    const fresh = lanes.map((lane) =>
      follow(
        lane,
        lanes.filter((other) => other !== lane),
      ),
    );
    const onTrial = openTrials(lanes);
    const next = lanes.map((lane, i) => {
      const alarms = sights.get(lane.id)?.alarms ?? [];
      const trouble = troubleNow(lane, fresh[i]!, onTrial.includes(lane.id));
      const isSame =
        trouble === lane.trouble &&
        alarms.length === lane.alarms.length &&
        alarms.every((alarm, k) => alarm === lane.alarms[k]);
      return isSame ? lane : { ...lane, alarms, trouble };
    });
    if (next.every((lane, i) => lane === lanes[i])) return;
    store.setState({ lanes: next });
    const stops = next.some(
      ({ trouble }, i) => trouble?.alarm.pauses && fresh[i]!.includes(trouble.alarm),
    );
    if (playing && pausesAtAlarms && stops) options.pause();
  }

  const setTrouble = (id: LaneId, change: (trouble: Trouble) => Trouble | null) =>
    store.setState(({ lanes }) => ({
      lanes: lanes.map((lane) =>
        lane.id === id && lane.trouble ? { ...lane, trouble: change(lane.trouble) } : lane,
      ),
    }));

  const stop = store.subscribe(({ lanes }, before) => {
    if (lanes !== before.lanes) look();
  });
  look();

  return {
    look,
    dismiss: (id: LaneId) => setTrouble(id, () => null),
    /**
     * Forks with a remedy each go on from before the first sign until they are past the alarm, or raise one. Where
     * four lanes stand, `into` says which one they take the place of.
     */
    async attempt(of: LaneId, remedies: readonly Remedy[], into?: LaneId): Promise<void> {
      const laneOf = (id: LaneId) => store.getState().lanes.find((lane) => lane.id === id);
      const alarm = laneOf(of)?.trouble?.alarm;
      if (!alarm) return;
      options.showMoment('live');
      for (const remedy of remedies) {
        const lane = LANE_IDS.find((id) => !laneOf(id)) ?? into;
        await options.fork(of, remedy.from, remedy.changes, lane);
        if (!lane || laneOf(lane)?.fork?.of !== of) continue;
        const trial: Trial = { lane, remedy, outcome: 'open', step: remedy.from };
        setTrouble(of, ({ trials, ...trouble }) => ({
          ...trouble,
          // The lane may have had another.
          trials: [...trials.filter((one) => one.lane !== lane), trial],
        }));
      }
      if (laneOf(of)?.trouble?.trials.length) options.trainTo(alarm.step + PAST);
    },
    dispose: stop,
  };
}

export type AlarmDesk = ReturnType<typeof createAlarmDesk>;
