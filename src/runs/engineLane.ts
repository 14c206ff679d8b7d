import { reasonOf } from '../lib/reason';
import { restarts } from '../config/check';
import type { Config } from '../config/fields';
import type { CostSize } from '../normCosts/protocol';
import type { WorkingNorm } from '../normCosts/work';
import type { BackendId, LoadedReport, ModelReport, Transposing } from '../protocol/engine';
import type { Raw, RawRequest } from '../protocol/raw';
import { connect, spawnSafely, type Client, type WorkerLike } from './client';
import * as next from './engineState';
import type { FrameLog } from './log';
import { createQueue } from './queue';
import { replay, type Course } from './replay';
import { frameOf, sameNumbers, upTo, type Change, type Checkpoint, type Run } from './run';
import type { EngineState, LaneId } from './state';

/** Milliseconds that one job may give no sign of life before the page says that it waits. */
const PATIENCE = 15_000;
/** Milliseconds that one job may take before the page shows how far it is. */
const QUICK = 1000;
/** Milliseconds that a job may go on that nobody wants any more: a new engine takes a second or so to start. */
const IN_VAIN = 3000;

interface EngineLaneOptions<Id extends string> {
  id: Id;
  spawn(): WorkerLike;
  open: { backend: BackendId | null };
  log: FrameLog<Id>;
  /** The state of the engine before it, which stays until this one has something of its own. */
  initial: EngineState;
  /** Something to show changed outside of a step. */
  onChange(): void;
  /** A model that was set otherwise is to be shown with the next picture. */
  onMeasured(): void;
  /** A model stands at step 0 anew. */
  onAnew(): void;
  /** Its worker is no more, or does not answer. */
  onDeath(): void;
  /** One job has given no sign of life for very long, or has after all. */
  onSlow(slow: boolean): void;
  /** The job at hand takes long, and a model is asked for by now that has nothing of the one that it is for. */
  onOutdated(): void;
}

interface Wanted {
  config: Config;
  text: string;
  /**
   * The model starts anew, even when the engine finds nothing changed: a slider that went away and came
   * back in between starts every lane anew, however many of its stops each lane has seen.
   */
  anew: boolean;
  /** Its job has not begun, and nothing was asked for after it: a newer configuration takes its place. */
  isOpen: boolean;
}

/** Tests of a configuration that nothing of the model before is kept for. */
const startsAnew = (before: Wanted | null, { config, text }: Pick<Wanted, 'config' | 'text'>) =>
  before !== null && (before.text !== text || restarts(before.config, config));

/** A step of a run that a model is to be brought to. */
export interface Destination extends Course {
  run: Run;
  isWanted(): boolean;
  onStep(step: number): void;
}

/** The end of a return: called off, or there, with the recorded numbers or with others; null where none were recorded. */
export type Arrival = 'off' | { same: boolean | null };

type Put = <Args extends unknown[]>(
  transition: (standing: next.Standing, ...args: Args) => next.Standing,
  ...args: Args
) => void;

function createDesk<Id extends string>(options: EngineLaneOptions<Id>) {
  const { id, log, onAnew } = options;
  let standing = next.standingAt(options.initial);
  let disposed = false;

  /** Goes on to the state after a transition, to be shown by whoever asked, with the other lanes. */
  const note: Put = (transition, ...args) => {
    if (!disposed) standing = transition(standing, ...args);
  };
  /** The same, and shows it. */
  const change: Put = (transition, ...args) => {
    const { engine } = standing;
    note(transition, ...args);
    if (standing.engine !== engine) options.onChange();
  };
  /** The same, with the next picture: under a slider there are more changes than pictures. */
  const changeSoon: Put = (transition, ...args) => {
    note(transition, ...args);
    options.onMeasured();
  };
  const fail = (error: unknown) => change(next.failed, reasonOf(error));
  const queue = createQueue({
    patience: PATIENCE,
    onSlow: (slow) => {
      if (!disposed) options.onSlow(slow);
    },
  });
  const die = (reason: string) => {
    fail(new Error(reason));
    if (!disposed) options.onDeath();
  };
  const client = connect(spawnSafely(options.spawn), die, (progress) => {
    const took = queue.heard();
    if (took >= QUICK) change(next.progressed, progress);
    if (took >= IN_VAIN && isOutdated()) options.onOutdated();
  });
  /** Rejects with the engine’s own words. */
  const enqueue = <T>(job: () => Promise<T>): Promise<T> =>
    queue.enqueue(() => job().finally(() => change(next.progressed, null)));

  /** The configuration that was asked for last, and the last one of which the job has begun. */
  const asked: { wanted: Wanted | null; begun: Wanted | null } = { wanted: null, begun: null };
  /** All that the model was given since it was started, in the order in which it was. */
  const given: { changes: readonly Change[] } = { changes: [] };
  /** Answers that somebody waits for who cannot ask another engine. */
  let owed = 0;
  const isOutdated = () =>
    owed === 0 && asked.wanted !== null && startsAnew(asked.begun, asked.wanted);
  return {
    id,
    log,
    onAnew,
    client,
    note,
    change,
    changeSoon,
    fail,
    asked,
    given,
    enqueue,
    /** The same, for an answer that is lost with the engine. */
    enqueueOwed: <T>(job: () => Promise<T>): Promise<T> => {
      owed++;
      return enqueue(job).finally(() => owed--);
    },
    /** Never rejects: the page sees the outcome in the state, also when it fails. */
    attempt: (job: () => Promise<void>): Promise<void> =>
      enqueue(async () => {
        if (!disposed) await job().catch(fail);
      }),
    standing: () => standing,
    isFailed: () => standing.engine.status === 'failed',
    dispose() {
      disposed = true;
      client.dispose();
    },
  };
}
type Desk<Id extends string> = ReturnType<typeof createDesk<Id>>;

/** The model that `make` brings and its first measurement, shown together. */
async function build<Id extends string>(
  desk: Desk<Id>,
  make: () => Promise<ModelReport>,
  { origin, show = desk.change }: { origin?: Pick<Change, 'weights'>; show?: Put } = {},
): Promise<void> {
  const { id, log, client, standing, change, given } = desk;
  const report = await make();
  change(next.modelMade, report);
  const entry: Change = { step: report.step, config: standing().config!, ...origin };
  given.changes = report.kept ? [...given.changes, entry] : [entry];
  // After a long time there is no measuring what is not wanted any more.
  if (standing().engine.progress && standing().builds > 0) return;
  const { frame } = await client.probe();
  const { config, engine, isUnseen } = standing();
  if (!client.isAlive() || !config || !engine.device) return;
  const { layout, ...model } = report;
  log.begin(id, { config, device: engine.device, layout }, isUnseen, given.changes);
  show(next.modelMeasured, model, log.add(id, frame));
  if (isUnseen) desk.onAnew();
}

function configure<Id extends string>(desk: Desk<Id>, wanted: Wanted): void {
  const { client, change, asked } = desk;
  asked.wanted = wanted;
  change(next.buildQueued);
  void desk.attempt(async () => {
    wanted.isOpen = false;
    asked.begun = wanted;
    const { config, text, anew } = wanted;
    change(next.buildBegun, config);
    const make = async () => {
      const model = await client.configure({ config, text });
      return anew && model.kept ? client.reset() : model;
    };
    const hasPicture = desk.standing().engine.latest !== null;
    await build(desk, make, hasPicture ? { show: desk.changeSoon } : {});
  });
}

/** Back to step 0. A lane that failed stays as it is: what its engine holds is not known. */
function reset<Id extends string>(desk: Desk<Id>): void {
  const { client, change, isFailed } = desk;
  if (isFailed()) return;
  change(next.buildQueued);
  void desk.attempt(async () => {
    change(next.buildBegun);
    if (!isFailed()) await build(desk, () => client.reset());
  });
}

async function loadWeights<Id extends string>(
  desk: Desk<Id>,
  ...file: Parameters<Client['loadWeights']>
): Promise<LoadedReport> {
  const { client, change } = desk;
  if (desk.isFailed()) throw new Error('This lane has no engine.');
  change(next.buildQueued);
  return desk.enqueueOwed(async () => {
    change(next.buildBegun);
    const loaded = await client.loadWeights(...file).catch((error: unknown) => {
      change(next.buildRefused);
      throw error;
    });
    const { remarks: _, warnings: __, mayLieTransposed: ___, ...model } = loaded;
    await build(desk, () => Promise.resolve(model), { origin: { weights: true } }).catch(desk.fail);
    return loaded;
  });
}

/** Brings the model to a step of a run, which then is what the lane has recorded. */
async function travel<Id extends string>(desk: Desk<Id>, to: Destination): Promise<Arrival> {
  const { id, log, client, change, asked, given, standing } = desk;
  const config = to.changes.at(-1)!.config;
  asked.wanted = { config, text: to.text, anew: false, isOpen: false };
  change(next.buildQueued);
  return desk.enqueueOwed(async () => {
    change(next.buildBegun, config);
    asked.begun = asked.wanted;
    const report = await replay(client, to, to).catch((error: unknown) => {
      change(next.buildRefused);
      throw error;
    });
    if (!report) {
      change(next.buildRefused);
      return 'off';
    }
    given.changes = to.changes;
    const { frame } = await client.probe();
    const { device } = standing().engine;
    if (!client.isAlive() || !device) return 'off';
    const { layout, ...model } = report;
    const recorded = frameOf(to.run, to.to);
    log.put(id, { ...upTo(to.run, to.to), changes: to.changes });
    const before = log.segments(id).at(-1)?.device;
    if (before?.backend !== device.backend || before.build !== device.build)
      log.begin(id, { config, device, layout }, false, to.changes);
    change(next.modelMeasured, model, log.add(id, frame));
    return { same: recorded && sameNumbers(recorded, frame) };
  });
}

/** The evaluation of the model as it stands, or the reason why there is none: such a model trains on. */
const evaluationBy = (client: Client) =>
  client.evaluate().catch((error: unknown) => {
    if (!client.isAlive()) throw error;
    return reasonOf(error);
  });

/** Keeps an evaluation beside the newest measurement, where it is of that step. */
function keepEvaluation<Id extends string>(
  { id, log, standing }: Desk<Id>,
  evaluation: Awaited<ReturnType<typeof evaluationBy>>,
  put: Put,
): void {
  if (typeof evaluation !== 'string') {
    if (evaluation.frame.step !== standing().engine.latest?.frame.step) return;
    log.evaluate(id, evaluation);
  }
  put(next.evaluated, evaluation);
}

/** The state of the model whole, as it stands; null where there is none, or it cannot be had. */
async function checkpointOf<Id extends string>(desk: Desk<Id>): Promise<Checkpoint | null> {
  if (desk.isFailed() || !desk.standing().config) return null;
  const { changes } = desk.given;
  const bytes = await desk.client.saveCheckpoint().catch(() => null);
  return bytes && { step: desk.standing().at, changes: changes.length, bytes };
}

/** Work at the beginning of a step's job: the model is the one that the step will be of. */
export type BeforeStep = (model: {
  save(): Promise<Checkpoint | null>;
  /** Rejects with the engine’s own words. */
  inspect(request: RawRequest): Promise<Raw>;
}) => Promise<void>;

/** Measures, unless the engine failed or has no model; true when it did. */
async function measure<Id extends string>(
  desk: Desk<Id>,
  method: 'step' | 'probe',
  evaluates = false,
  before?: BeforeStep,
): Promise<boolean> {
  const { id, log, client, note } = desk;
  let isMeasured = false;
  await desk.attempt(async () => {
    if (desk.isFailed() || !desk.standing().config) return;
    await before?.({ save: () => checkpointOf(desk), inspect: client.inspect });
    if (!client.isAlive()) return;
    // A step moves on: its model is evaluated before.
    const evaluation = evaluates ? await evaluationBy(client) : null;
    const report = await client[method]();
    if (!client.isAlive()) return;
    // A probe leaves the update out: it does not say what a step costs.
    note(next.measured, log.add(id, report.frame), method === 'step' ? report : null);
    if (evaluation !== null) keepEvaluation(desk, evaluation, note);
    isMeasured = true;
  });
  return isMeasured;
}

/**
 * One engine and what it is asked, one job after the other. No promise of it rejects but those of files and
 * of timing: whatever else fails is shown by the lane.
 */
export function createEngineLane<Id extends string>(options: EngineLaneOptions<Id>) {
  const desk = createDesk(options);
  const { client, asked, enqueue, enqueueOwed, standing, change, attempt } = desk;
  const close = () => {
    if (asked.wanted) asked.wanted.isOpen = false;
  };

  void attempt(async () => change(next.opened, await client.open(options.open)));

  return {
    id: options.id,
    state: (): EngineState => standing().engine,
    /** Builds or changes the model. Of several that wait with nothing between them, the last one counts. */
    configure(config: Config, text: string): void {
      if (!client.isAlive()) return;
      const { wanted } = asked;
      const anew = startsAnew(wanted, { config, text });
      if (wanted?.isOpen) Object.assign(wanted, { config, text, anew: anew || wanted.anew });
      else configure(desk, { config, text, anew, isOpen: true });
    },
    reset(): void {
      close();
      reset(desk);
    },
    /** Measures, evaluates too where wanted, and updates; shown by whoever asked, with the other lanes. */
    step(evaluates = false, before?: BeforeStep): Promise<boolean> {
      close();
      return measure(desk, 'step', evaluates, before);
    },
    /** Rejects with the engine’s own words; the lane then shows what it did. */
    travel(to: Destination): Promise<Arrival> {
      close();
      return travel(desk, to);
    },
    /** The state of the model whole; null where it has none. */
    saveCheckpoint: (): Promise<Checkpoint | null> => enqueue(() => checkpointOf(desk)),
    /** The step at which the model stands: the next update’s. */
    at: (): number => standing().at,
    changes: () => desk.given.changes,
    text: () => asked.wanted?.text ?? '',
    isAlive: client.isAlive,
    /** Measures where the model stands; shown by whoever asked. */
    probe(): Promise<boolean> {
      close();
      return measure(desk, 'probe');
    },
    /** Evaluates the newest measurement, unless that was done or a newer model is on its way. */
    evaluate: (): Promise<void> =>
      attempt(async () => {
        const { engine, builds } = standing();
        if (builds > 0 || !next.needsEvaluation(engine)) return;
        const evaluation = await evaluationBy(client);
        if (client.isAlive()) keepEvaluation(desk, evaluation, change);
      }),
    /** Tensors of the step at which the model stands. Rejects with the engine’s own words. */
    inspect: (request: RawRequest): Promise<Raw> =>
      enqueue(() => {
        if (desk.isFailed() || !standing().config) throw new Error('This lane has no model.');
        return client.inspect(request);
      }),
    /** Its kernels may run on so many threads. */
    useThreads(most: number): void {
      if (most === standing().threads || !client.isAlive()) return;
      change((standing) => ({ ...standing, threads: most }));
      void attempt(() => client.useThreads(most));
    },
    /** When all that was asked for so far is done. */
    idle: (): Promise<void> => enqueue(() => Promise.resolve()),
    /** Both reject with the engine’s own words. */
    roof: (size: CostSize) => enqueueOwed(() => client.roof(size)),
    normCost: (options: CostSize & { norm: WorkingNorm }) =>
      enqueueOwed(() => client.normCost(options)),
    saveWeights(): Promise<Uint8Array> {
      close();
      return enqueueOwed(() => client.saveWeights());
    },
    /** Rejects with the engine’s own words when the file does not fit; the model then stays as it is. */
    loadWeights(bytes: Uint8Array, transpose?: Transposing): Promise<LoadedReport> {
      close();
      return loadWeights(desk, bytes, transpose);
    },
    dispose: desk.dispose,
  };
}

export type EngineLane<Id extends string = LaneId> = ReturnType<typeof createEngineLane<Id>>;
