import { createStore } from 'zustand/vanilla';
import { frames, type Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { Address } from './address';
import type { WorkerLike } from './client';
import type { AlarmDesk } from './alarmDesk';
import { createAsides, type Aside, type KeptLane } from './asides';
import { createBreath } from './breath';
import { createCheckpoints } from './checkpoints';
import { createClock } from './clock';
import { createFileActions } from './fileActions';
import { createLaneSet } from './laneSet';
import { FIRST_LOOK, NOTHING_READ } from './inspector/inspection';
import type { TensorReader } from './inspector/line';
import { later } from './later';
import { NOTHING_TIMED, type NormCostShelf } from '../normCosts/desk/costs';
import { createMoments } from './moments';
import { createNotices } from './notices';
import { pinned } from './ghosts';
import { createFrameLog } from './log';
import type { FileLine } from './saving/line';
import type { Reader } from './recordings/line';
import { createSeedActions } from './seeds/actions';
import { NO_SEED_RUNS, NO_SEEDS } from './seeds/samples';
import { createSettings, type WantedFork } from './settings';
import { sharingActions } from './sharing';
import type { Shelf } from './shelf';
import type { LabFiles } from './labFiles';
import type { SweepFiles } from './sweepFiles';
import { DEFAULT_VIEW, type LaneId, type Notice, type Scope, type ScopeStore } from './state';
import { createTextDesk } from './textDesk';
import type { Predictor } from './theory/line';
import { NOTHING_PREDICTED } from './theory/predicted';
import { createTransfers } from './transfers';

export interface ScopeOptions {
  spawn(): WorkerLike;
  /** A worker with the database of sessions. */
  spawnArchive(): WorkerLike;
  /** A worker that reads files of runs. */
  spawnReader(): WorkerLike;
  /** Reads them in another way. */
  read?: Reader;
  /** A worker that reads tensors, or another reader of them. */
  spawnInspector(): WorkerLike;
  readTensors?: TensorReader;
  /** A worker that computes theory, or another way. */
  spawnTheory(): WorkerLike;
  predictor?(): Predictor;
  /** A worker that writes files of runs, or another way. */
  spawnWriter(): WorkerLike;
  write?(): FileLine;
  sweeps?(): Promise<SweepFiles>;
  labs?(): Promise<LabFiles>;
  fetchText(): Promise<string>;
  textName?: string;
  address: Address;
  shelf: Shelf;
  normCostShelf?: NormCostShelf;
  /** The backend asked for; null or none leaves the choice to the engine. */
  backend?: BackendId | null;
  app: string;
  now?(): number;
  /** Collects changes until the next picture. */
  frames?: Frames;
  /** Evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?(): boolean;
  /** Alarms were left to be told alone. */
  alarmsOnlyMark?(): boolean;
  /** Processors that lanes share, as the browser counts them. */
  processors?: number;
  /** Bytes that all recorded frames together may take. */
  recordLimit?: number;
  /** Bytes that all checkpoints together may take. */
  checkpointLimit?: number;
}

/** Of what a page need not be given. */
const DEFAULTS = {
  textName: 'built-in text',
  backend: null,
  now: () => performance.now(),
  frames,
  processors: 1,
  recordLimit: 400e6,
  checkpointLimit: 256e6,
};

const initialScope = (name: string, normCosts: Scope['normCosts']): Scope => ({
  lanes: [],
  recordings: [],
  transfer: null,
  moment: 'live',
  playback: { direction: 0, speed: 30 },
  playing: false,
  speed: null,
  stepsPerSecond: 0,
  restMs: 0,
  pausesAtAlarms: true,
  hovered: null,
  selected: null,
  ghosts: [],
  hoveredStep: null,
  view: DEFAULT_VIEW,
  labs: false,
  normCosts,
  seeds: NO_SEEDS,
  seedRuns: NO_SEED_RUNS,
  inspection: NOTHING_READ,
  theory: NOTHING_PREDICTED,
  sweeping: null,
  text: { name, content: null },
  notices: [],
});

const MEMORY_IS_FULL: Omit<Notice, 'id'> = {
  level: 'info',
  about: 'page',
  text: 'The memory for recorded frames is full: of the older steps every second one is dropped.',
};

/** The page’s state and its lanes, which start at once. */
export function createScope(options: ScopeOptions): ScopeStore & { dispose(): void } {
  const given = { ...DEFAULTS, ...options };
  const { textName, normCostShelf, recordLimit: limit } = given;
  const store = createStore<Scope>(() =>
    initialScope(textName, normCostShelf?.load() ?? NOTHING_TIMED),
  );
  const { getState, setState } = store;
  const notices = createNotices(store);
  const onThinned = () => notices.notify(MEMORY_IS_FULL);
  const makeRoom = () => asides.makeRoom();
  const log = createFrameLog<LaneId>({ limit, onThinned, makeRoom });
  const checkpoints = createCheckpoints<LaneId | KeptLane>(given.checkpointLimit, makeRoom);
  const asides = createAsides(log, checkpoints);
  const page = { ...given, store, notices, log, checkpoints, asides };

  const bringBack = async (aside?: Aside) => (await notices.attempt(time()))?.bringBack(aside);
  const laneSet = createLaneSet({
    ...page,
    textFor: (config) => textDesk.textFor(config),
    bringBack: (aside) => void bringBack(aside),
    onReset: () => clock.check(),
    watchTick: () => inspector.loaded?.watchTick() ?? null,
  });
  const onChange = () => getState().lanes.forEach(({ id }) => laneSet.configure(id));
  const leave = () => void files.actions.setText(null);
  const textDesk = createTextDesk({ ...page, leave, onChange });
  const { present } = laneSet;
  const moments = createMoments({ ...page, show: laneSet.showMoment, present });
  const claim = (letters: readonly LaneId[]) => recordings.loaded?.claim(letters);
  const settings = createSettings({
    ...page,
    laneSet,
    trainTo: (step) => trainTo(step, true),
    forkAt: (forks) => void forkAt(forks),
    showMoment: moments.showMoment,
    claim,
  });
  const forkAt = async (forks: readonly WantedFork[]) =>
    (await notices.attempt(time()))?.forkAt(forks);
  const { setValues, setView } = settings.actions;
  const engineOf = laneSet.get;
  const { textFor } = textDesk;
  const seeds = createSeedActions({
    ...page,
    textFor,
    setView,
    engineOf,
    recordLimit: limit,
    onThinned,
  });
  const transfers = createTransfers(store);
  const reader = async () => {
    const { readerIn } = await import('./recordings/line');
    return given.read ?? readerIn(given.spawnReader);
  };
  const writer = async () => {
    const { lineTo } = await import('./saving/line');
    return given.write ?? (() => lineTo(given.spawnWriter()));
  };
  const recordings = later('opens records', async () => {
    const { createRecordingDesk } = await import('./recordings/desk');
    return createRecordingDesk({
      ...page,
      read: await reader(),
      transfers,
      onChange: laneSet.publish,
    });
  });
  const openRecording: ScopeStore['actions']['openRecording'] = async (form, file) =>
    (await notices.attempt(recordings()))?.open(form, file);
  const runFiles = later('reads and writes run files', async () => {
    const { createRunFileDesk } = await import('./runFile/desk');
    return createRunFileDesk({
      ...page,
      ...{ laneSet, transfers, recordings, bringBack, pause },
      ...{ textFor: textDesk.textFor, history: settings.history },
      async useText(text) {
        const { content } = getState().text;
        if ((text?.content ?? null) === content) return;
        files.useText(text ?? { name: textName, content: null });
        if (!text) await textDesk.fetchBuiltIn();
      },
      read: await reader(),
      write: await writer(),
    });
  });
  const openRuns: ScopeStore['actions']['openRuns'] = async (file) =>
    (await notices.attempt(runFiles()))?.open(file);
  const files = createFileActions({
    ...page,
    ...{ laneSet, textDesk, setValues, setView, onChange, openRecording, openRuns },
  });
  const clock = createClock({
    async tick() {
      const { playing } = getState();
      await Promise.all([opened, watching, seeds.level()]);
      // Seeds may have had a long way.
      if (playing && !getState().playing) return false;
      const isUnderWay = await laneSet.tick();
      alarmDesk?.look();
      return isUnderWay;
    },
    settle: laneSet.settle,
    restAfter: createBreath(given).after,
    onChange: setState,
    now: given.now,
  });
  const { pause, stepOnce } = clock;
  /** Training leads to the step of a link: what goes wrong on the way may be what the link shows. */
  let passesAlarms = false;
  const play = () => {
    passesAlarms = false;
    clock.play();
  };
  const trainTo = (step: number, passes = false) => {
    passesAlarms = passes;
    if (laneSet.measuredStep() >= step) moments.showMoment(step);
    // A step that was measured is made by then: the model stands at the next.
    else clock.play(() => laneSet.measuredStep() >= step - 1);
  };
  const normCosts = later('times norms', async () => {
    const { createNormCostDesk } = await import('../normCosts/desk/desk');
    const desk = createNormCostDesk({ store, play, pause, engineOf, shelf: normCostShelf });
    cameLater.push(desk);
    return desk;
  });
  const sessions = later('keeps sessions', async () => {
    const [{ createSessionDesk }, { archiveBehind }] = await Promise.all([
      import('./sessions/desk'),
      import('./sessions/line'),
    ]);
    const { history } = settings;
    const archive = archiveBehind(given.spawnArchive);
    const desk = createSessionDesk({
      ...page,
      ...{ laneSet, history, archive, recordings, pause, bringBack },
    });
    cameLater.push(desk);
    return desk;
  });
  const inspector = later('looks into models', async () => {
    const [{ createInspectorDesk }, { readerBehind }] = await Promise.all([
      import('./inspector/desk'),
      import('./inspector/line'),
    ]);
    const reader = given.readTensors ?? readerBehind(given.spawnInspector);
    const desk = createInspectorDesk({ ...page, engineOf, reader });
    cameLater.push(desk);
    return desk;
  });
  store.subscribe(({ view }, before) => {
    if (view.inspect && !before.view.inspect) void notices.attempt(inspector());
  });
  const theory = later('computes theory', async () => {
    const { createTheoryDesk } = await import('./theory/desk');
    const desk = createTheoryDesk({ ...page, textFor });
    cameLater.push(desk);
    return desk;
  });
  store.subscribe(({ view }, before) => {
    if (view.theory !== before.view.theory) void notices.attempt(theory());
  });
  const time = later('moves runs in time', async () => {
    const { createTimeDesk } = await import('./timeDesk');
    const { enter } = settings.history;
    const catchUp = () => {
      if (!getState().playing) clock.play(() => !laneSet.isAnyBehind());
    };
    return createTimeDesk({
      ...page,
      laneSet,
      pause,
      trainTo,
      catchUp,
      setValues,
      enter,
      useText: files.useText,
      claim,
    });
  });
  const fork: ScopeStore['actions']['fork'] = async (...asked) =>
    (await notices.attempt(time()))?.fork(...asked);
  const alarms = later('watches for alarms', async () => {
    const { createAlarmDesk } = await import('./alarmDesk');
    const { showMoment } = moments;
    const desk = createAlarmDesk({
      ...page,
      pause: () => passesAlarms || pause(),
      trainTo,
      showMoment,
      fork,
    });
    cameLater.push(desk);
    return desk;
  });
  let alarmDesk: AlarmDesk | undefined;
  const advice = later('gives advice on settings', async () => {
    const [{ createAdviceNotices }, { createLeakNotices }] = await Promise.all([
      import('./adviceNotices'),
      import('./leakNotices'),
    ]);
    cameLater.push({ dispose: createAdviceNotices(store, notices) });
    cameLater.push({ dispose: createLeakNotices(store, notices) });
  });
  const saving = later('saves files', async () => {
    const { createSaving } = await import('./saving/desk');
    return createSaving({ ...page, transfers, write: await writer() });
  });
  /** Of what was fetched by now, to be ended with the page. */
  const cameLater: { dispose(): void }[] = [];

  if (given.alarmsOnlyMark?.()) setState({ pausesAtAlarms: false });
  settings.history.follow();
  const opened = textDesk.open();
  void notices.attempt(advice());
  /** Training begins with what watches it, or, where that does not come, without. */
  const watching = notices.attempt(alarms()).then((desk) => (alarmDesk = desk));

  const { reset, watchEvaluations, restart, useBackend } = laneSet;
  const { dismiss, notify } = notices;
  return {
    ...store,
    actions: {
      ...{ play, pause, stepOnce, trainTo, reset, watchEvaluations, restart, useBackend },
      ...moments,
      ...{ dismiss, notify },
      ...settings.actions,
      goTo: async (step, ids) => (await notices.attempt(time()))?.goTo(step, ids),
      cancelReturn: laneSet.travels.cancel,
      fork,
      openLane: async (...asked) => (await notices.attempt(time()))?.openLane(...asked),
      textFor,
      tryRemedies: async (...asked) => alarmDesk?.attempt(...asked),
      dismissTrouble: (id) => alarmDesk?.dismiss(id),
      setPausesAtAlarms: (pausesAtAlarms) => setState({ pausesAtAlarms }),
      bringBack: () => bringBack(),
      ...files.actions,
      openRecording,
      cancelTransfer: transfers.cancel,
      removeRecording: async (id) => (await recordings()).remove(id),
      ...sharingActions(page),
      async saveWeights(id) {
        // Asked for at once: they are those of now, and not of when the code has come.
        const bytes = laneSet.saveWeights(id);
        const [files, saved] = await Promise.all([saving(), bytes]);
        return files.weights(id, saved);
      },
      keepSessions: async () => (await notices.attempt(sessions()))?.open(),
      storedSessions: async () => (await sessions()).list(),
      continueSession: async (id) => (await notices.attempt(sessions()))?.resume(id),
      deleteSession: async (id) => (await sessions()).remove(id),
      saveRuns: async () => (await runFiles()).save(),
      openRuns,
      saveRun: async (id, form) => (await saving()).run(id, form),
      ...seeds.actions,
      setSpeed(speed) {
        setState({ speed });
        clock.setSpeed(speed);
      },
      inspect(change) {
        const { inspect } = getState().view;
        setView({ inspect: change && { ...(inspect ?? FIRST_LOOK), ...change } });
      },
      holdInspector: (isHeld) => inspector.loaded?.hold(isHeld),
      cancelInspection: () => inspector.loaded?.cancel(),
      cancelTheory: () => theory.loaded?.cancel(),
      hover: (hovered) => setState({ hovered }),
      pinGhost: () => setState(({ ghosts, lanes }) => ({ ghosts: pinned(ghosts, lanes) })),
      removeGhost: (id) =>
        setState(({ ghosts }) => ({ ghosts: ghosts.filter((ghost) => ghost.id !== id) })),
      hoverStep: (hoveredStep) => setState({ hoveredStep }),
      select: (selected) => setState({ selected }),
      recorded: page.log.segments,
      timeNorms: async (size) => (await notices.attempt(normCosts()))?.time(size),
      stopTimingNorms: async () => (await normCosts()).stop(),
    },
    dispose() {
      pause();
      settings.history.stop();
      for (const desk of cameLater) desk.dispose();
      seeds.dispose();
      laneSet.dispose();
    },
  };
}
