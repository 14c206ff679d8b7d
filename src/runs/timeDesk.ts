import type { StoreApi } from 'zustand/vanilla';
import { difference } from '../config/check';
import { laneNames } from '../config/naming';
import { counted } from '../lib/words';
import { reasonOf } from '../lib/reason';
import type { Asides, KeptLane } from './asides';
import type { Checkpoints } from './checkpoints';
import { forkProblem } from './forkSettings';
import { END_TOPIC, tellOfDifference, tellOfReturn } from './laneNotices';
import { byLetter, lettersFor, whenSettled, type WantedLane } from './lanes';
import type { LaneSet } from './laneSet';
import type { FrameLog } from './log';
import type { NoticeBoard } from './notices';
import { pedigreeAt } from './pedigree';
import { unreachable } from './reach';
import { configAt, frameOf, lastStep, sameNumbers, upTo, type Run } from './run';
import type { WantedFork } from './settings';
import { LANE_IDS, type Actions, type Lane, type LaneId, type Scope, type Text } from './state';
import type { Journey } from './travels';

export interface TimeDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  laneSet: LaneSet;
  checkpoints: Checkpoints<LaneId | KeptLane>;
  asides: Asides;
  pause(): void;
  /** @param passes alarms on the way pause nothing */
  trainTo(step: number, passes?: boolean): void;
  /** Trains on until every lane is where the furthest is. */
  catchUp(): void;
  setValues: Actions['setValues'];
  /** The page’s history gets an entry, where something changed. */
  enter(): void;
  /** The page’s text is another, of which no lane is told. */
  useText(text: Text): void;
  /** Lanes are to have these letters. */
  claim(letters: readonly LaneId[]): void;
}

/** A step that no lane can be brought to. */
const RETURN_TOPIC = 'return';
/** A fork that cannot be made. */
const FORK_TOPIC = 'fork';

/** All that a run has is in another. */
const isPartOf = (run: Run, whole: Run): boolean => {
  const [mine, other] = [run, whole].map((one) => frameOf(one, lastStep(run)));
  return !!mine && !!other && sameNumbers(mine, other);
};

/** Moves runs in time: back to a step, on from one in another lane, and out of what was set aside. */
export function createTimeDesk(options: TimeDeskOptions) {
  const { store, notices, log, laneSet, checkpoints, asides } = options;
  const lanes = () => store.getState().lanes;
  const keptOf = ({ id }: Pick<Lane, 'id'>) => ({ id, checkpoints: checkpoints.steps(id) });
  const laneOf = (id: LaneId) => lanes().find((lane) => lane.id === id)!;
  const nameOf = (id: LaneId) =>
    laneNames(lanes().map(({ config }) => config))[lanes().indexOf(laneOf(id))]!;
  const textOf = (id: LaneId) => laneSet.get(id)?.text() ?? '';

  /** Brings lanes to steps, and says where a step is not as it was recorded; true where none was called off. */
  const travel = async (journeys: readonly Journey[]): Promise<boolean> => {
    const arrivals = await Promise.all(
      journeys.map(async (journey) => {
        const arrival = await laneSet.travels.go(journey).catch((error: unknown) => {
          // A lane whose engine has died says so itself.
          if (laneSet.get(journey.id)?.isAlive())
            notices.notify(
              { level: 'error', about: journey.id, text: reasonOf(error) },
              RETURN_TOPIC,
            );
          return 'off' as const;
        });
        if (arrival === 'off') return false;
        laneSet.arrived(journey);
        if (arrival.same === false) tellOfDifference(notices, journey.id, journey.to);
        return true;
      }),
    );
    return arrivals.every(Boolean);
  };
  const toTheEnd = (lane: KeptLane): Journey => ({ ...lane, to: lastStep(lane.run) });

  const goTo = async (step: number, ids?: LaneId[]): Promise<void> => {
    notices.takeBack(RETURN_TOPIC);
    options.pause();
    await laneSet.travels.done();
    const going = lanes().filter(({ id, engine }) => {
      const run = log.run(id);
      const isRecorded =
        lastStep(run) > step && (run.segments[0]?.frames[0]?.step ?? Infinity) <= step;
      return engine.status === 'ready' && isRecorded && (ids?.includes(id) ?? true);
    });
    if (going.length === 0) return;
    const text = unreachable(going.map(keptOf), step);
    if (text !== null) return notices.notify({ level: 'error', about: 'page', text }, RETURN_TOPIC);
    await Promise.all(going.map(({ id }) => laneSet.keeper.now(laneSet.get(id)!)));
    const before = laneSet.snapshot(going.map(({ id }) => id));
    if (!before) return;
    const rows = new Map(before.lanes.map(({ id }) => [id, checkpoints.of(id)]));
    const whole = (lane: KeptLane) => ({ ...lane, checkpoints: rows.get(lane.id)! });
    const journeys = before.lanes.map((lane) => ({
      ...whole(lane),
      config: configAt(lane.run, step)!,
      to: step,
    }));
    if (await travel(journeys)) {
      asides.add(before);
      tellOfReturn(notices, before, step, laneSet.wayBack(before));
      options.enter();
    } else
      await travel(
        before.lanes
          .filter(({ id }) => laneSet.get(id)?.isAlive())
          .map(whole)
          .map(toTheEnd),
      );
  };

  const bringBack = async (aside = asides.latest()): Promise<void> => {
    if (!aside) return;
    [END_TOPIC, RETURN_TOPIC].forEach(notices.takeBack);
    if (!asides.has(aside)) {
      const text = 'This run is not kept any more: there was no room for it.';
      return notices.notify({ level: 'info', about: 'page', text });
    }
    options.pause();
    await laneSet.travels.done();
    const ids = aside.lanes.map(({ id }) => id);
    const present = laneSet.snapshot(ids);
    const isNew = present?.lanes.some(
      ({ id, run }) => !isPartOf(run, aside.lanes.find((lane) => lane.id === id)!.run),
    );
    // Taken out first: what is set aside now might push it out.
    const rows = aside.lanes.map((lane) => ({ ...lane, checkpoints: checkpoints.of(lane) }));
    asides.drop(aside);
    if (present && isNew) asides.add(present);
    const { text } = store.getState();
    if (text.content !== aside.text.content) options.useText(aside.text);
    const others = lanes().filter(({ id }) => !ids.includes(id));
    const wanted = byLetter([
      ...lanes(),
      ...rows.filter(({ id }) => !lanes().some((lane) => lane.id === id)),
    ]);
    options.claim(ids.filter((id) => !lanes().some((lane) => lane.id === id)));
    laneSet.arrange(
      wanted.map(({ id, config }): WantedLane => ({ id, config })),
      ids,
    );
    if (text.content !== aside.text.content) others.forEach(({ id }) => laneSet.configure(id));
    await travel(rows.map(toTheEnd));
    rows.filter(({ follows }) => follows).forEach(({ id }) => laneSet.follow(id));
    options.enter();
    if (laneSet.isAnyBehind()) options.catchUp();
  };

  /** The lane that a fork goes to; null where all are taken. */
  const slotFor = (into?: LaneId): LaneId | null => {
    const ids = lanes().map(({ id }) => id);
    const taken = store.getState().recordings.map(({ id }) => id);
    if (into) return into;
    return ids.length + taken.length < LANE_IDS.length
      ? lettersFor(ids.length + 1, ids, taken).at(-1)!
      : null;
  };
  const refuse = (about: LaneId, text: string) =>
    notices.notify({ level: 'warning', about, text }, FORK_TOPIC);

  const fork: Actions['fork'] = async (of, step, changes, into) => {
    notices.takeBack(FORK_TOPIC);
    const origin = laneSet.get(of);
    // Of the present, and of step 0 before the first one, there may be no checkpoint yet.
    if (origin && lastStep(log.run(of)) === step) await laneSet.keeper.now(origin);
    const id = slotFor(into);
    if (!id) return refuse(of, 'There are four lanes: a fork takes the place of one of them.');
    const whole = log.run(of);
    const run = upTo(whole, step);
    const base = configAt(run, step);
    if (!base || lastStep(whole) < step)
      return refuse(of, `Step ${counted(step)} was not recorded here.`);
    const cut = unreachable([keptOf({ id: of })], step);
    if (cut !== null) return refuse(of, cut);
    const problem = forkProblem(base, changes);
    if (problem !== null) return refuse(of, problem);
    const journey: Journey = {
      ...{ id, run, config: base, to: step, text: textOf(of), follows: true },
      fork: { of, step, name: nameOf(of), before: pedigreeAt(laneOf(of).fork, step) },
      checkpoints: checkpoints.of(of).filter((one) => one.step <= step),
    };
    await laneSet.travels.done();
    if (lanes().some((lane) => lane.id === id)) laneSet.setAside([id]);
    const wanted = lanes().map((lane): WantedLane =>
      lane.id === id ? { id, config: base } : lane,
    );
    laneSet.arrange(
      wanted.some((lane) => lane.id === id) ? wanted : byLetter([...wanted, { id, config: base }]),
      [id],
    );
    if (!(await travel([journey]))) {
      // A model that stopped on the way is no run: a new lane goes, and one that was there begins anew.
      if (wanted.some((lane) => lane.id === id)) return laneSet.get(id)?.reset();
      return laneSet.arrange(lanes().filter((lane) => lane.id !== id));
    }
    laneSet.follow(id);
    options.setValues(changes, [id]);
    if (laneSet.isAnyBehind()) options.catchUp();
  };

  const openLane: Actions['openLane'] = async (config, step, into) => {
    notices.takeBack(FORK_TOPIC);
    const id = slotFor(into);
    if (!id)
      return notices.notify(
        {
          ...{ level: 'warning', about: 'page' },
          text: 'There are four lanes: another takes the place of one of them.',
        },
        FORK_TOPIC,
      );
    options.pause();
    await laneSet.travels.done();
    store.setState({ moment: 'live' });
    const isThere = lanes().some((lane) => lane.id === id);
    if (isThere) {
      // Another model may keep the weights of the one before, and this one begins at step 0.
      laneSet.setAside([id]);
      laneSet.arrange(
        lanes().filter((lane) => lane.id !== id),
        [id],
      );
    }
    laneSet.arrange(byLetter([...lanes(), { id, config }]));
    options.enter();
    laneSet.follow(id);
    await whenSettled(store);
    if (laneSet.get(id)?.isAlive()) options.trainTo(step, true);
  };

  /** Training is at rest, and no lane on its way. */
  const rested = async () => {
    if (store.getState().playing)
      await new Promise<void>((resolve) => {
        const stop = store.subscribe(({ playing }) => {
          if (playing) return;
          stop();
          resolve();
        });
      });
    await Promise.all(lanes().flatMap(({ id }) => laneSet.get(id)?.idle() ?? []));
  };
  /** Makes lanes forks of others, the earliest first, with the settings that they have. */
  const forkAt = async (forks: readonly WantedFork[]): Promise<void> => {
    const configs = new Map(lanes().map(({ id, config }) => [id, config]));
    for (const { id, of, step } of forks.toSorted((a, b) => a.step - b.step)) {
      if (lastStep(log.run(of)) < step) options.trainTo(step);
      await rested();
      const base = configAt(log.run(of), step);
      const config = configs.get(id);
      if (!base || !config || lastStep(log.run(of)) < step) return;
      await fork(of, step, difference(base, config), id);
      await rested();
    }
  };

  return { goTo, bringBack, fork, forkAt, openLane };
}
