import { restarts } from '../config/check';
import { readsText } from '../config/fields';
import { changedBy, mapChanged } from '../lib/objects';
import { reasonOf } from '../lib/reason';
import type { BackendId } from '../protocol/engine';
import type { Aside, Asides, KeptLane } from './asides';
import type { BeforeStep, EngineLane } from './engineLane';
import { createEngines, type EnginesOptions } from './engines';
import { startedAfter } from './engineState';
import { createEvaluationDesk } from './evaluationDesk';
import { createKeeper } from './keeper';
import {
  LINK_TOPICS,
  takeBackNumbers,
  takeBackSteps,
  tellOfEnd,
  tellOfRevival,
  tellOfSteps,
} from './laneNotices';
import { arranged, behind, walkersOf, type WantedLane } from './lanes';
import { sameConfig } from './link';
import { pedigreeAt } from './pedigree';
import { lastStep } from './run';
import { engineStep, type Lane, type LaneId, type NoticeAction } from './state';
import { createTravels, type Journey } from './travels';

interface LaneSetOptions extends EnginesOptions {
  asides: Asides;
  /** Runs that ended come back. */
  bringBack(aside: Aside): void;
  /** Lanes are sent to step 0. */
  onReset(): void;
  /** Somebody who looks into models before they take a step, and is told when they have. */
  watchTick(): TickWatch | null;
}

export interface TickWatch {
  beforeStep(engine: EngineLane): BeforeStep;
  done(): Promise<void>;
}

export function createLaneSet(options: LaneSetOptions) {
  const { store, notices, log, now, checkpoints, asides } = options;
  const lanes = () => store.getState().lanes;
  const change = (id: LaneId, changes: Partial<Lane>) =>
    store.setState((scope) =>
      changedBy(scope, {
        lanes: mapChanged(scope.lanes, (lane) =>
          lane.id === id ? changedBy(lane, changes) : lane,
        ),
      }),
    );

  const engines = createEngines(options, { onAnew, onDeath, restart: (id) => restart(id), renew });
  const { get, publisher } = engines;
  const travels = createTravels(store, engines);
  const evaluations = createEvaluationDesk({ store, engineOf: get, now });
  const keeper = createKeeper({ checkpoints, onKept: publisher.soon, now });
  /** Lanes that were brought behind the others, which wait for them. */
  const followers = new Set<LaneId>();
  /** Lanes whose run has ended, though what it recorded stays until another model is there. */
  const ending = new Map<LaneId, NoticeAction>();
  /** Lanes whose engine was replaced by itself: that is done once in a run. */
  const revived = new Set<LaneId>();

  const walking = () => {
    const walkers = walkersOf(lanes()).flatMap((id) => get(id) ?? []);
    const late = behind(walkers, followers);
    if (late.length === 0) followers.clear();
    return late.length > 0 ? late : walkers;
  };

  function onAnew(id: LaneId) {
    checkpoints.drop(id);
    const back = ending.get(id);
    for (const known of [ending, revived, followers]) known.delete(id);
    change(id, { fork: null });
    takeBackNumbers(notices, id);
    tellOfSteps(notices, lanes(), id, { run: () => reset(), back });
  }

  function configure(id: LaneId) {
    // Requests to a lane under way are done where it comes to rest.
    if (!travels.isUnder(id)) return engines.configure(id);
    travels.cancel();
    void travels.done().then(() => configure(id));
  }

  /** A new engine with the settings that the lane has, from step 0. */
  function renew(id: LaneId) {
    const engine = get(id);
    if (!engine) return;
    engines.start(id, startedAfter(engine.state()));
    engines.configure(id);
    engines.shareThreads();
  }

  /** A lane as it is, whole; null where it has not learned, or cannot come back. */
  function keptLane({ id, config, fork }: Lane): KeptLane | null {
    const run = log.run(id);
    const row = checkpoints.of(id).filter(({ step }) => step <= lastStep(run));
    if (ending.has(id) || lastStep(run) <= 0 || row.length === 0) return null;
    const text = get(id)?.text() ?? '';
    return {
      id,
      config,
      fork,
      run,
      follows: followers.has(id),
      text,
      checkpoints: row.length > 1 ? [row[0]!, row.at(-1)!] : row,
    };
  }

  /**
   * A new engine, which comes back to where the one before stood.
   *
   * @param why goes before what is said of it
   */
  function restart(id: LaneId, why = '') {
    const lane = lanes().find((lane) => lane.id === id);
    const engine = get(id);
    if (!lane || !engine) return;
    const kept = keptLane(lane);
    const text = readsText(lane.config) ? options.textFor(lane.config) : '';
    const began = kept?.run.changes.at(-1)?.config;
    if (!kept || !began || text === null || restarts(began, lane.config)) return renew(id);
    engines.start(id, startedAfter(engine.state()));
    engines.shareThreads();
    const to = lastStep(kept.run);
    followers.add(id);
    travels
      .go({ ...kept, checkpoints: checkpoints.of(id), to })
      .then((arrival) => {
        if (arrival === 'off') return;
        if (!sameConfig(began, lane.config)) configure(id);
        tellOfRevival(notices, id, { why, step: to, same: arrival.same }, () => beginAnew([id]));
      })
      .catch((error: unknown) => {
        if (!get(id)?.isAlive()) return;
        notices.notify({ level: 'error', about: id, text: reasonOf(error) });
        engines.configure(id);
      });
  }

  function onDeath(id: LaneId) {
    const error = get(id)?.state().error ?? '';
    if (revived.has(id) || !lanes().some((lane) => lane.id === id && keptLane(lane))) return;
    revived.add(id);
    restart(id, error);
  }

  /** These lanes as they are, to be set aside; null where none has learned. */
  function snapshot(ids: readonly LaneId[]): Aside | null {
    const kept = lanes().flatMap((lane) => (ids.includes(lane.id) ? (keptLane(lane) ?? []) : []));
    return kept.length > 0 ? { lanes: kept, text: store.getState().text } : null;
  }
  /** The action that brings runs back that are set aside. */
  function wayBack(aside: Aside): NoticeAction {
    const run = () => {
      notices.withdraw(action);
      options.bringBack(aside);
    };
    const action = { label: 'Bring it back', run };
    return action;
  }
  /** Sets runs aside that end. */
  function keep(aside: Aside): NoticeAction {
    asides.add(aside);
    const action = wayBack(aside);
    for (const { id } of aside.lanes) ending.set(id, action);
    return action;
  }
  /** The same of lanes as they are, and says it. */
  function setAside(ids: readonly LaneId[]) {
    const aside = snapshot(ids);
    if (aside) tellOfEnd(notices, aside, keep(aside));
  }

  /** Lanes go to step 0; what they were to catch up with is nothing to them any more. */
  function beginAnew(ids: readonly LaneId[]) {
    setAside(ids);
    for (const id of ids) {
      takeBackSteps(notices, id);
      followers.delete(id);
      get(id)?.reset();
    }
    options.onReset();
  }
  const reset = () => beginAnew(lanes().map(({ id }) => id));

  return {
    get,
    configure,
    restart(id: LaneId) {
      revived.delete(id);
      restart(id);
    },
    useBackend(id: BackendId | null) {
      setAside(lanes().map((lane) => lane.id));
      engines.useBackend(id);
      lanes().forEach((lane) => renew(lane.id));
    },
    watchEvaluations: evaluations.watch,
    showMoment: publisher.showMoment,
    present: publisher.present,
    publish: publisher.now,
    /** The newest step that every lane which trains has measured. */
    measuredStep: () =>
      Math.min(...walking().map((engine) => engineStep({ engine: engine.state() }))),
    reset,
    snapshot,
    keep,
    setAside,
    wayBack,
    /** A lane has come to a step of a run, which is its own now. */
    arrived({ id, config, fork, checkpoints: row, to }: Journey): void {
      ending.delete(id);
      // It may be the lane of which that was said, or one of the others that it was compared with.
      for (const lane of lanes()) takeBackSteps(notices, lane.id);
      if (fork) notices.takeBack(LINK_TOPICS.forks);
      checkpoints.put(
        id,
        row.filter(({ step }) => step <= to),
      );
      change(id, { config, fork: pedigreeAt(fork, to) });
      publisher.lane(id);
    },
    keeper,
    travels,
    /** Others wait for this lane from now on, until it is where they are. */
    follow: (id: LaneId): void => void followers.add(id),
    isAnyBehind: (): boolean =>
      behind(
        walkersOf(lanes()).flatMap((id) => get(id) ?? []),
        followers,
      ).length > 0,
    /**
     * Lanes with these configurations, in this order; engines of lanes that were there go on.
     *
     * @param expected lanes that are about to be brought somewhere: their engines are told nothing, and no run ends
     */
    arrange(wanted: readonly WantedLane[], expected: readonly LaneId[] = []) {
      const before = lanes();
      const gone = before.filter(({ id }) => !wanted.some((lane) => lane.id === id));
      const ended = before.filter((lane) => {
        const next = wanted.find(({ id }) => id === lane.id);
        return !next || restarts(lane.config, next.config);
      });
      setAside(ended.map(({ id }) => id).filter((id) => !expected.includes(id)));
      for (const { id } of gone) {
        engines.stop(id);
        log.drop(id);
        checkpoints.drop(id);
        for (const known of [ending, revived, followers]) known.delete(id);
      }
      const after = arranged(before, wanted);
      store.setState({ lanes: after });
      publisher.together(() => {
        for (const { id, config } of after) {
          const old = before.find((lane) => lane.id === id);
          if (!old) engines.start(id);
          if (expected.includes(id)) continue;
          if (!old || old.config !== config) configure(id);
        }
        engines.shareThreads();
      });
    },
    /** One step of every lane that can, in parallel; true when there was one, or will be at once. */
    async tick(): Promise<boolean> {
      await travels.done();
      const walkers = walking();
      const watch = options.watchTick();
      const before = (engine: EngineLane): BeforeStep => {
        const [keep, look] = [keeper.beforeStep(engine), watch?.beforeStep(engine)];
        return async (model) => {
          await keep(model);
          await look?.(model);
        };
      };
      const stepped = await evaluations.paced((evaluates) =>
        Promise.all(walkers.map((engine) => engine.step(evaluates, before(engine)))),
      );
      void watch?.done();
      publisher.soon();
      // An engine that was replaced meanwhile takes no step; the one in its place goes on.
      return stepped.includes(true) || walking().some((engine) => !walkers.includes(engine));
    },
    async saveWeights(id: LaneId): Promise<Uint8Array> {
      const engine = get(id);
      if (!engine) throw new Error(`There is no lane ${id.toUpperCase()}.`);
      return engine.saveWeights();
    },
    /** Measures where every lane has come to rest, and shows it at once. */
    async settle(): Promise<void> {
      await Promise.all(walking().map((engine) => engine.probe()));
      publisher.now();
      await Promise.all(walking().map(keeper.atRest));
    },
    dispose() {
      evaluations.dispose();
      engines.dispose();
    },
  };
}

export type LaneSet = ReturnType<typeof createLaneSet>;
