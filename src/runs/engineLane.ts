import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import type { WorkingNorm } from '../normCosts/work';
import type { BackendId, ModelReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { CostSize } from '../normCosts/protocol';
import { connect, type WorkerLike } from './client';
import { costAfter } from './cost';
import { needsEvaluation } from './engineState';
import { evaluatedBeside } from './evaluated';
import type { FrameLog } from './log';
import type { EngineState, LaneId } from './state';

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** How long one job may take before the page says that it waits, in ms. */
const PATIENCE = 15_000;

interface Wanted {
  config: Config;
  text: string;
  /**
   * The model starts anew, even when the engine finds nothing changed: a slider that went away and came
   * back in between starts every lane anew, however many of its stops each lane has seen.
   */
  anew: boolean;
}

export interface EngineLaneOptions {
  id: LaneId;
  spawn(): WorkerLike;
  open: { backend: BackendId | null };
  log: FrameLog<LaneId>;
  /** The state of the engine before it, which stays until this one has something of its own. */
  initial: EngineState;
  /** Something to show changed outside of a step. */
  onChange(): void;
  /** A model stands at step 0 anew. */
  onAnew(): void;
  /** One job takes very long, or is done after all. */
  onSlow(slow: boolean): void;
}

/** A worker that cannot even be made (the browser’s settings forbid it) fails when it is first asked. */
function spawnSafely(spawn: () => WorkerLike): WorkerLike {
  try {
    return spawn();
  } catch (error) {
    const message = reasonOf(error);
    return {
      addEventListener: () => undefined,
      postMessage: () => {
        throw new Error(`The engine could not be started: ${message}`);
      },
      terminate: () => undefined,
    };
  }
}

/**
 * One engine and what it is asked, one job after the other. No promise of it rejects but those of files:
 * whatever fails is shown by the lane.
 */
export function createEngineLane(options: EngineLaneOptions) {
  const { id, log, onChange, onAnew, onSlow } = options;
  let state: EngineState = options.initial;
  let disposed = false;
  let dead = false;
  /** Jobs asked for that will bring a new model. */
  let builds = 0;
  /** The engine began a model that is not shown yet: what is shown and recorded is of another one. */
  let unseen = true;
  /** The configuration at the end of the queue, as long as its job has not begun. */
  let waiting: Wanted | null = null;
  /** What was asked for last, whether or not its job has begun. */
  let asked: Wanted | null = null;
  /** What the engine was last configured with. */
  let running: Config | null = null;

  const show = (changes: Partial<EngineState>) => {
    if (disposed) return;
    state = { ...state, ...changes };
    onChange();
  };
  /** How many threads it was last told of; a step that fails ends them. */
  let threads = 1;
  const fail = (error: unknown) => {
    threads = 1;
    show({
      status: 'failed',
      error: `${reasonOf(error)} Restart gives this lane a new engine, from step 0 with the settings it has.`,
    });
  };

  const client = connect(spawnSafely(options.spawn), (reason) => {
    dead = true;
    fail(new Error(reason));
  });

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
    last = done.catch(() => undefined);
    return done;
  };
  /** A job whose outcome the page sees in what the lane shows, also when it fails. */
  const attempt = (job: () => Promise<void>): Promise<void> =>
    enqueue(async () => {
      if (!disposed) await job().catch(fail);
    });

  /** The model that `make` brings and its first frame, shown together. */
  const build = async (make: () => Promise<ModelReport>) => {
    const { layout, ...model } = await make();
    unseen ||= !model.kept;
    const { frame } = await client.probe();
    if (disposed || !running || !state.device) return;
    const started = unseen;
    unseen = false;
    log.begin(id, { config: running, device: state.device, layout }, started);
    const status = builds > 0 ? 'building' : 'ready';
    show({ model, latest: log.add(id, frame), cost: null, status, error: null });
    if (started) onAnew();
  };
  const announceBuild = () => {
    builds++;
    if (state.status !== 'starting') show({ status: 'building', error: null });
  };

  /** The model as it is used; or why not: a model that cannot be evaluated trains on. */
  const evaluate = (): Promise<Evaluation | string> =>
    client.evaluate().catch((error: unknown) => {
      if (dead) throw error;
      return reasonOf(error);
    });
  /** An evaluation beside the newest measurement, which is of its step. */
  const beside = (evaluation: Evaluation | string): Partial<EngineState> => {
    const { latest: training } = state;
    if (!training) return {};
    if (typeof evaluation === 'string') return { unevaluated: { training, reason: evaluation } };
    if (evaluation.frame.step !== training.frame.step) return {};
    log.evaluate(id, evaluation);
    return { evaluation: evaluatedBeside(training, evaluation), unevaluated: null };
  };

  const measure = async (method: 'step' | 'probe', evaluates = false): Promise<boolean> => {
    waiting = null;
    let measured = false;
    await attempt(async () => {
      if (state.status === 'failed' || !running) return;
      // A step moves on: its model is evaluated before.
      const evaluation = evaluates ? await evaluate() : null;
      const report = await client[method]();
      if (disposed) return;
      state = { ...state, latest: log.add(id, report.frame) };
      // A probe leaves the update out.
      if (method === 'step') state = { ...state, cost: costAfter(state.cost, report) };
      if (evaluation !== null) state = { ...state, ...beside(evaluation) };
      measured = true;
    });
    return measured;
  };

  void attempt(async () => {
    const device = await client.open(options.open);
    show({ device, status: 'building' });
  });

  return {
    /** Its kernels may run on so many threads. */
    useThreads(most: number): void {
      if (most === threads || dead) return;
      threads = most;
      void attempt(() => client.useThreads(most));
    },
    state: (): EngineState => state,
    /** Builds or changes the model. Of several that wait with nothing between them, the last one counts. */
    configure(config: Config, text: string): void {
      if (dead) return;
      const anew = asked !== null && (asked.text !== text || restarts(asked.config, config));
      if (waiting) {
        Object.assign(waiting, { config, text, anew: anew || waiting.anew });
        return;
      }
      const wanted = (asked = waiting = { config, text, anew });
      announceBuild();
      void attempt(async () => {
        builds--;
        if (waiting === wanted) waiting = null;
        running = wanted.config;
        await build(async () => {
          const model = await client.configure({ config: wanted.config, text: wanted.text });
          return wanted.anew && model.kept ? client.reset() : model;
        });
      });
    },
    /** Measures, evaluates too where wanted, and updates; shown by whoever asked, with the other lanes. */
    step: (evaluates = false) => measure('step', evaluates),
    /** Measures where the model stands; shown by whoever asked. */
    probe: () => measure('probe'),
    /** Evaluates the frame on show, unless that was done or a newer model is on its way. */
    evaluate: (): Promise<void> =>
      attempt(async () => {
        if (builds > 0 || !needsEvaluation(state)) return;
        const evaluation = await evaluate();
        if (!disposed) show(beside(evaluation));
      }),
    /** Back to step 0. A lane that failed stays as it is: what its engine holds is not known. */
    reset(): void {
      waiting = null;
      if (state.status === 'failed') return;
      announceBuild();
      void attempt(async () => {
        builds--;
        if (state.status !== 'failed') await build(() => client.reset());
      });
    },
    /** Rejects with the engine’s own words when the file does not fit; the model then stays as it is. */
    loadWeights(bytes: Uint8Array): Promise<void> {
      waiting = null;
      if (state.status === 'failed') return Promise.reject(new Error('This lane has no engine.'));
      announceBuild();
      return enqueue(async () => {
        builds--;
        let model: ModelReport;
        try {
          model = await client.loadWeights(bytes);
        } catch (error) {
          if (state.status === 'building' && running && builds === 0) show({ status: 'ready' });
          throw error;
        }
        await build(() => Promise.resolve(model)).catch(fail);
      });
    },
    /** When all that was asked for so far is done. */
    idle: (): Promise<void> => enqueue(() => Promise.resolve()),
    /** Both reject with the engine’s own words. */
    roof: (size: CostSize) => enqueue(() => client.roof(size)),
    normCost: (options: CostSize & { norm: WorkingNorm }) =>
      enqueue(() => client.normCost(options)),
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
