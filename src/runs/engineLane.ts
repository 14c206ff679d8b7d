import type { Config } from '../config/fields';
import type { BackendId, ModelReport } from '../protocol/engine';
import { connect, type WorkerLike } from './client';
import type { Recorder } from './recorder';
import type { Lane, LaneId } from './state';

/** What a lane shows of its engine. Frame and model always belong together. */
export type Shown = Omit<Lane, 'id' | 'config'>;

/** What a lane shows before its engine has answered. */
export const NOTHING_YET: Shown = {
  status: 'starting',
  error: null,
  device: null,
  model: null,
  frame: null,
  loss: [],
  divergence: null,
  stepMs: null,
};

/** How long one job may take before the page says that it waits, in ms. */
const PATIENCE = 15_000;

export interface EngineLaneOptions {
  id: LaneId;
  spawn(): WorkerLike;
  open: { backend: BackendId | null; lanes: number };
  recorder: Recorder<LaneId>;
  /** What stands there until this engine has something of its own. */
  initial: Shown;
  /** Something to show changed outside of a step. */
  onChange(): void;
  /** A model stands at step 0 anew. */
  onAnew(): void;
  /** One job takes very long, or is done after all. */
  onSlow(slow: boolean): void;
}

/**
 * One engine and what it is asked, one job after the other. No promise of it rejects but those of files:
 * whatever fails is shown by the lane.
 */
export function createEngineLane(options: EngineLaneOptions) {
  const { id, recorder, onChange, onAnew, onSlow } = options;
  let shown: Shown = options.initial;
  let disposed = false;
  /** Jobs asked for that will bring a new model. */
  let builds = 0;
  /** The next model is not a continuation of the one that is shown. */
  let anew = true;
  /** The configuration at the end of the queue, as long as its job has not begun. */
  let waiting: { config: Config; text: string } | null = null;
  /** What the engine was last configured with. */
  let running: Config | null = null;

  const show = (changes: Partial<Shown>) => {
    if (disposed) return;
    shown = { ...shown, ...changes };
    onChange();
  };
  const fail = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    show({
      status: 'failed',
      error: `${reason} Restart gives this lane a new engine, from step 0 with the settings it has.`,
    });
  };

  const start = () => {
    try {
      return connect(options.spawn(), (reason) => fail(new Error(reason)));
    } catch (error) {
      // A worker that cannot even be made: the policy of the page or the browser's settings forbid it.
      const message = error instanceof Error ? error.message : String(error);
      const stillborn: WorkerLike = {
        addEventListener: () => {},
        postMessage: () => {
          throw new Error(`The engine could not be started: ${message}`);
        },
        terminate: () => {},
      };
      return connect(stillborn, () => {});
    }
  };
  const client = start();

  let last: Promise<unknown> = Promise.resolve();
  const enqueue = <T>(job: () => Promise<T>): Promise<T> => {
    const timed = async () => {
      let slow = false;
      const timer = setTimeout(() => {
        slow = true;
        if (!disposed) onSlow(true);
      }, PATIENCE);
      try {
        return await job();
      } finally {
        clearTimeout(timer);
        if (slow && !disposed) onSlow(false);
      }
    };
    const done = last.then(timed, timed);
    last = done.catch(() => {});
    return done;
  };
  /** A job of which the page sees the outcome only in what the lane shows. True when it went well. */
  const attempt = (job: () => Promise<void>): Promise<boolean> =>
    enqueue(async () => {
      if (disposed) return false;
      try {
        await job();
        return true;
      } catch (error) {
        fail(error);
        return false;
      }
    });

  const status = () => (builds > 0 ? 'building' : 'ready');

  const take = (frame: Parameters<typeof recorder.add>[1], stepMs: number): Partial<Shown> => ({
    frame: recorder.add(id, frame),
    ...recorder.summary(id),
    stepMs,
  });

  /** The model that `make` brings and its first frame, shown together. */
  const build = async (make: () => Promise<ModelReport>, alwaysAnew: boolean) => {
    const model = await make();
    anew ||= alwaysAnew || !model.kept;
    const { frame, stepMs } = await client.probe();
    if (disposed) return;
    recorder.begin(id, running!, model.layout, anew);
    const started = anew;
    anew = false;
    builds--;
    show({
      model,
      measured: running!,
      ...take(frame, stepMs),
      status: status(),
      error: null,
    });
    if (started) onAnew();
  };
  const building = () => {
    builds++;
    if (shown.status === 'ready') show({ status: 'building' });
  };

  const canStep = () => shown.status === 'ready' || shown.status === 'building';
  const measure = (method: 'step' | 'probe') => {
    waiting = null;
    let measured = false;
    return attempt(async () => {
      if (!canStep() || !running) return;
      const { frame, stepMs } = await client[method]();
      if (disposed) return;
      shown = { ...shown, ...take(frame, stepMs) };
      measured = true;
    }).then((well) => well && measured);
  };

  void attempt(async () => {
    const device = await client.open(options.open);
    show({ device, status: 'building' });
  });

  return {
    shown: (): Shown => shown,
    /** Builds or changes the model. Of several that wait with nothing between them, the last one counts. */
    configure(config: Config, text: string): void {
      if (waiting) {
        Object.assign(waiting, { config, text });
        return;
      }
      const wanted = (waiting = { config, text });
      building();
      void attempt(async () => {
        if (waiting === wanted) waiting = null;
        running = wanted.config;
        await build(() => client.configure(wanted), false);
      });
    },
    /** Measures and updates; shown by whoever asked, together with the other lanes. */
    step: () => measure('step'),
    /** Measures where the model stands; shown by whoever asked. */
    probe: () => measure('probe'),
    reset(): void {
      waiting = null;
      building();
      void attempt(() => build(() => client.reset(), true));
    },
    /** Rejects with the engine’s own words when the file does not fit; the model then stays as it is. */
    loadWeights(bytes: Uint8Array): Promise<void> {
      waiting = null;
      building();
      return enqueue(async () => {
        let model: ModelReport;
        try {
          model = await client.loadWeights(bytes);
        } catch (error) {
          builds--;
          if (shown.status === 'building') show({ status: status() });
          throw error;
        }
        await build(() => Promise.resolve(model), true).catch(fail);
      });
    },
    saveWeights(): Promise<Uint8Array> {
      waiting = null;
      return enqueue(() => client.saveWeights());
    },
    dispose(): void {
      disposed = true;
      client.dispose();
    },
  };
}

export type EngineLane = ReturnType<typeof createEngineLane>;
