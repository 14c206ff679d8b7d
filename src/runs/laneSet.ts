import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import type { Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { WorkerLike } from './client';
import { createEngineLane, type EngineLane } from './engineLane';
import { NOTHING_YET, startedAfter } from './engineState';
import { createEvaluationDesk } from './evaluationDesk';
import { takeBackSteps, tellOfSteps, tellOfWaiting } from './laneNotices';
import { arranged, threadsPerLane, walkersOf, type WantedLane } from './lanes';
import type { FrameLog } from './log';
import type { NoticeBoard } from './notices';
import { createPublisher } from './publisher';
import { engineStep, type LaneId, type Scope } from './state';

interface LaneSetOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  spawn(): WorkerLike;
  /** The backend asked for at first; null leaves the choice to the engine. */
  backend: BackendId | null;
  /** The text that a lane of this configuration reads; null while it is not known yet. */
  textFor(config: Config): string | null;
  frames: Frames;
  /** Their number as the browser counts them. */
  processors: number;
  now(): number;
}

/** The engines of lanes: started, told their configuration, replaced and ended. */
function createEngines(options: LaneSetOptions, resetAll: () => void) {
  const { store, notices, log, spawn, textFor, frames, processors } = options;
  const engines = new Map<LaneId, EngineLane>();
  let { backend } = options;
  const lanes = () => store.getState().lanes;
  const get = (id: LaneId) => engines.get(id);
  const publisher = createPublisher(store, log, frames, get);

  const configure = (id: LaneId) => {
    const lane = lanes().find((lane) => lane.id === id);
    const text = lane && textFor(lane.config);
    if (lane && text != null) get(id)?.configure(lane.config, text);
  };
  const start = (id: LaneId, initial = NOTHING_YET) => {
    const engine: EngineLane = createEngineLane({
      id,
      spawn,
      log,
      initial,
      open: { backend },
      onChange: () => {
        if (get(id) === engine) publisher.lane(id);
      },
      onAnew: () => tellOfSteps(notices, lanes(), id, resetAll),
      onSlow: (slow) => tellOfWaiting(notices, id, slow, () => restart(id)),
      // A worker hears nothing while it computes: another one begins at once.
      onOutdated: () => restart(id),
    });
    engines.set(id, engine);
    configure(id);
    publisher.lane(id);
  };
  const stop = (id: LaneId) => {
    get(id)?.dispose();
    engines.delete(id);
    notices.forget(id);
  };
  const shareThreads = () => {
    const most = threadsPerLane(processors, engines.size);
    for (const engine of engines.values()) engine.useThreads(most);
  };
  const restart = (id: LaneId) => {
    const engine = get(id);
    if (!engine) return;
    stop(id);
    start(id, startedAfter(engine.state()));
    shareThreads();
  };
  const useBackend = (id: BackendId | null) => {
    backend = id;
    lanes().forEach((lane) => restart(lane.id));
  };
  const dispose = () => {
    publisher.dispose();
    for (const engine of engines.values()) engine.dispose();
    engines.clear();
  };
  const acts = { get, configure, restart, useBackend };
  return { acts, start, stop, shareThreads, publisher, dispose };
}

export function createLaneSet(options: LaneSetOptions) {
  const { store, notices, log, now } = options;
  const { acts, publisher, ...engines } = createEngines(options, reset);
  const { get, configure } = acts;
  const evaluations = createEvaluationDesk({ store, engineOf: get, now });
  const lanes = () => store.getState().lanes;
  const walking = () => walkersOf(lanes()).flatMap((id) => get(id) ?? []);

  function reset() {
    for (const { id } of lanes()) {
      takeBackSteps(notices, id);
      get(id)?.reset();
    }
  }

  return {
    ...acts,
    watchEvaluations: evaluations.watch,
    showMoment: publisher.showMoment,
    /** The newest step that every lane which trains has measured. */
    measuredStep: () =>
      Math.min(...walking().map((engine) => engineStep({ engine: engine.state() }))),
    reset,
    /** Lanes with these configurations, in this order; engines of lanes that were there go on. */
    arrange(wanted: readonly WantedLane[]) {
      const before = lanes();
      const gone = before.filter(({ id }) => !wanted.some((lane) => lane.id === id));
      for (const { id } of gone) {
        engines.stop(id);
        log.drop(id);
      }
      const after = arranged(before, wanted);
      store.setState({ lanes: after });
      for (const { id, config } of after) {
        const old = before.find((lane) => lane.id === id);
        if (!old) engines.start(id);
        else if (old.config !== config) configure(id);
      }
      engines.shareThreads();
    },
    /** One step of every lane that can, in parallel; true when there was one, or will be at once. */
    async tick(): Promise<boolean> {
      const walkers = walking();
      const stepped = await evaluations.paced((evaluates) =>
        Promise.all(walkers.map((engine) => engine.step(evaluates))),
      );
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
    },
    dispose() {
      evaluations.dispose();
      engines.dispose();
    },
  };
}

export type LaneSet = ReturnType<typeof createLaneSet>;
