import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import type { Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { WorkerLike } from './client';
import { createEngineLane, type EngineLane } from './engineLane';
import { NOTHING_YET } from './engineState';
import { createEvaluationDesk } from './evaluationDesk';
import type { NoticeBoard } from './notices';
import type { FrameLog } from './log';
import {
  engineStep,
  type EngineState,
  type Lane,
  type LaneId,
  type Moment,
  type Scope,
} from './state';
import { threadsPerLane } from './threads';

export interface LaneSetOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  spawn(): WorkerLike;
  /** The backend asked for at first; null leaves the choice to the engine. */
  backend: BackendId | null;
  /** The text that a lane of this configuration reads; null while it is not known yet. */
  textFor(config: Config): string | null;
  frames: Frames;
  /** How many the browser counts. */
  processors: number;
  resetAll(): void;
  now(): number;
}

const newLane = (id: LaneId, config: Config): Lane => ({
  id,
  config,
  engine: NOTHING_YET,
  shown: null,
  evaluation: null,
  loss: [],
  divergence: null,
});

/** The engines of all lanes, and what of them the page sees. */
export function createLaneSet(options: LaneSetOptions) {
  const { store, notices, log, spawn, textFor, frames, processors, resetAll, now } = options;
  const engines = new Map<LaneId, EngineLane>();
  let { backend } = options;
  const evaluations = createEvaluationDesk({ store, engineOf: (id) => engines.get(id), now });

  const lanes = () => store.getState().lanes;
  const laneOf = (id: LaneId) => lanes().find((lane) => lane.id === id);

  /** The measurement of a lane at a moment, and the evaluation beside it. */
  const shownAt = (moment: Moment, id: LaneId, engine: EngineState) =>
    moment === 'live'
      ? { shown: engine.latest, evaluation: engine.evaluation }
      : (log.at(id, moment) ?? { shown: null, evaluation: null });

  /** Shows what the engines have, all at once. */
  const publish = (ids: LaneId[] = [...engines.keys()]) =>
    store.setState(({ lanes, moment }) => ({
      lanes: lanes.map((lane) => {
        const engine = ids.includes(lane.id) ? engines.get(lane.id)?.state() : undefined;
        if (!engine) return lane;
        return { ...lane, engine, ...shownAt(moment, lane.id, engine), ...log.summary(lane.id) };
      }),
    }));

  const publishAll = () => publish();
  const publishNow = () => {
    frames.drop(publishAll);
    publish();
  };

  const configure = (id: LaneId) => {
    const lane = laneOf(id);
    const text = lane && textFor(lane.config);
    if (lane && text != null) engines.get(id)?.configure(lane.config, text);
  };

  /** A lane that begins anew beside others in training: their traces are not of one step. */
  const warnOfSteps = (id: LaneId) => {
    const others = lanes().filter((lane) => lane.id !== id && lane.engine.status === 'ready');
    const furthest = Math.max(0, ...others.map(engineStep));
    const topic = `steps ${id}`;
    notices.takeBack(topic);
    if (furthest === 0) return;
    notices.notify(
      {
        level: 'info',
        about: id,
        text: `This lane begins at step 0; the others stand at step ${furthest}.`,
        action: { label: 'Start all at step 0', run: resetAll },
      },
      topic,
    );
  };

  const warnOfWaiting = (id: LaneId, slow: boolean) => {
    const topic = `slow ${id}`;
    notices.takeBack(topic);
    if (!slow) return;
    notices.notify(
      {
        level: 'warning',
        about: id,
        text: 'This lane has been at work on one answer for long, and the others wait for it.',
        action: { label: 'Restart this lane', run: () => restart(id) },
      },
      topic,
    );
  };

  const start = (id: LaneId, initial: EngineState = NOTHING_YET) => {
    const engine: EngineLane = createEngineLane({
      id,
      spawn,
      open: { backend },
      log,
      initial,
      onChange: () => {
        if (engines.get(id) === engine) publish([id]);
      },
      onAnew: () => warnOfSteps(id),
      onSlow: (slow) => warnOfWaiting(id, slow),
    });
    engines.set(id, engine);
    configure(id);
    publish([id]);
  };

  const shareThreads = () => {
    const most = threadsPerLane(processors, engines.size);
    for (const engine of engines.values()) engine.useThreads(most);
  };

  const stop = (id: LaneId) => {
    engines.get(id)?.dispose();
    engines.delete(id);
    notices.forget(id);
  };

  function restart(id: LaneId) {
    const engine = engines.get(id);
    if (!engine) return;
    stop(id);
    // The old traces stay until the new engine has some.
    start(id, { ...engine.state(), status: 'starting', error: null, device: null, cost: null });
    shareThreads();
  }

  /** The lanes that take the next step. At step 0 all leave together: those that still start are waited for. */
  const walking = () => {
    const able = lanes().filter(({ engine }) => engine.status !== 'failed');
    const started = able.filter(({ engine }) => engine.status !== 'starting');
    const underWay = started.some((lane) => engineStep(lane) > 0);
    return (underWay ? started : able).flatMap(({ id }) => engines.get(id) ?? []);
  };

  return {
    get: (id: LaneId) => engines.get(id),
    watchEvaluations: evaluations.watch,
    configure,
    restart,
    showMoment(moment: Moment) {
      store.setState({ moment });
      publishNow();
    },
    /** Another backend for all lanes. */
    useBackend(id: BackendId | null) {
      backend = id;
      lanes().forEach((lane) => restart(lane.id));
    },
    /** Lanes with these configurations, in this order; engines of lanes that were there go on. */
    arrange(wanted: { id: LaneId; config: Config }[]) {
      const before = lanes();
      const gone = before.filter(({ id }) => !wanted.some((lane) => lane.id === id));
      for (const { id } of gone) {
        stop(id);
        log.drop(id);
      }
      store.setState({
        lanes: wanted.map(({ id, config }) => {
          const old = before.find((lane) => lane.id === id);
          if (!old) return newLane(id, config);
          return old.config === config ? old : { ...old, config };
        }),
      });
      for (const { id, config } of wanted) {
        const old = before.find((lane) => lane.id === id);
        if (!old) start(id);
        else if (old.config !== config) configure(id);
      }
      shareThreads();
    },
    /** One step of every lane that can, in parallel; true when there was one, or will be at once. */
    async tick(): Promise<boolean> {
      const walkers = walking();
      const stepped = await evaluations.paced((evaluates) =>
        Promise.all(walkers.map((engine) => engine.step(evaluates))),
      );
      // Steps that follow one another faster than pictures: a picture shows the newest of them.
      frames.update(publishAll);
      // An engine that was replaced meanwhile takes no step; the one in its place goes on.
      return stepped.includes(true) || walking().some((engine) => !walkers.includes(engine));
    },
    /** Measures where every lane has come to rest, and shows it at once. */
    async settle(): Promise<void> {
      await Promise.all(walking().map((engine) => engine.probe()));
      publishNow();
    },
    reset() {
      for (const { id } of lanes()) {
        notices.takeBack(`steps ${id}`);
        engines.get(id)?.reset();
      }
    },
    dispose() {
      evaluations.dispose();
      frames.drop(publishAll);
      for (const engine of engines.values()) engine.dispose();
      engines.clear();
    },
  };
}

export type LaneSet = ReturnType<typeof createLaneSet>;
