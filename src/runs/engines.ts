import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import type { Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { KeptLane } from './asides';
import type { Checkpoints } from './checkpoints';
import type { WorkerLike } from './client';
import { createEngineLane, type EngineLane } from './engineLane';
import { NOTHING_YET } from './engineState';
import { tellOfWaiting } from './laneNotices';
import { threadsPerLane } from './lanes';
import type { FrameLog } from './log';
import type { NoticeBoard } from './notices';
import { createPublisher } from './publisher';
import type { EngineState, LaneId, Scope } from './state';

export interface EnginesOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  checkpoints: Checkpoints<LaneId | KeptLane>;
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

/** The lanes' answers to events of their engines. */
interface Fates {
  /** A model stands at step 0 anew. */
  onAnew(id: LaneId): void;
  /** The engine is no more. */
  onDeath(id: LaneId): void;
  /** A person has waited for long. */
  restart(id: LaneId): void;
  /** A model is wanted that has nothing of the one at work. */
  renew(id: LaneId): void;
}

/** The engines of lanes: started, told their configuration, and ended. */
export function createEngines(options: EnginesOptions, fates: Fates) {
  const { store, notices, log, spawn, textFor, frames, processors } = options;
  const engines = new Map<LaneId, EngineLane>();
  let { backend } = options;
  const get = (id: LaneId) => engines.get(id);
  const publisher = createPublisher(store, options, frames, get);

  const configure = (id: LaneId) => {
    const lane = store.getState().lanes.find((lane) => lane.id === id);
    const text = lane && textFor(lane.config);
    if (lane && text != null) get(id)?.configure(lane.config, text);
  };
  const stop = (id: LaneId) => {
    get(id)?.dispose();
    engines.delete(id);
    notices.forget(id);
  };
  return {
    get,
    configure,
    publisher,
    stop,
    /** A new engine, in place of any before it; it has no model yet. */
    start(id: LaneId, initial: EngineState = NOTHING_YET): EngineLane {
      if (get(id)) stop(id);
      const engine: EngineLane = createEngineLane({
        id,
        spawn,
        log,
        initial,
        open: { backend },
        onChange: () => {
          if (get(id) === engine) publisher.lane(id);
        },
        onMeasured: publisher.soon,
        onAnew: () => fates.onAnew(id),
        onDeath: () => fates.onDeath(id),
        onSlow: (slow) => tellOfWaiting(notices, id, slow, () => fates.restart(id)),
        // A worker hears nothing while it computes: another one begins at once.
        onOutdated: () => fates.renew(id),
      });
      engines.set(id, engine);
      publisher.lane(id);
      return engine;
    },
    shareThreads(): void {
      const most = threadsPerLane(processors, engines.size);
      for (const engine of engines.values()) engine.useThreads(most);
    },
    useBackend(id: BackendId | null): void {
      backend = id;
    },
    dispose(): void {
      publisher.dispose();
      for (const engine of engines.values()) engine.dispose();
      engines.clear();
    },
  };
}

export type Engines = ReturnType<typeof createEngines>;
