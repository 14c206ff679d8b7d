import { createStore } from 'zustand/vanilla';
import { frames as pageFrames, type Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { Address } from './address';
import type { WorkerLike } from './client';
import { createClock } from './clock';
import { createLaneSet } from './laneSet';
import { createAdviceNotices } from './adviceNotices';
import { createLeakNotices } from './leakNotices';
import { createNormCostDesk } from '../normCosts/desk/desk';
import { NOTHING_TIMED, type NormCostShelf } from '../normCosts/desk/costs';
import { createNotices } from './notices';
import { createFrameLog } from './log';
import { savingActions } from './saving';
import { createSettings } from './settings';
import type { Shelf } from './shelf';
import {
  DEFAULT_VIEW,
  type Actions,
  type LaneId,
  type Notice,
  type Scope,
  type ScopeStore,
} from './state';
import { createTextDesk } from './textDesk';
import { createWeightsDesk } from './weightsDesk';

export interface ScopeOptions {
  /** A new worker that serves an engine. */
  spawn(): WorkerLike;
  /** The text that comes with the app. */
  fetchText(): Promise<string>;
  textName?: string;
  address: Address;
  shelf: Shelf;
  normCostShelf?: NormCostShelf;
  /** The backend asked for; null or none leaves the choice to the engine. */
  backend?: BackendId | null;
  /** The app's version, as records name it. */
  app: string;
  now?(): number;
  /** Collects changes until the next picture. */
  frames?: Frames;
  /** Evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?(): boolean;
  /** Processors that lanes share, as the browser counts them. */
  processors?: number;
  /** Bytes that all recorded frames together may take. */
  recordLimit?: number;
}

const RECORD_LIMIT = 400e6;
const BUILT_IN_TEXT = 'built-in text';

const initialScope = (text: string, normCosts: Scope['normCosts']): Scope => ({
  lanes: [],
  moment: 'live',
  playing: false,
  speed: null,
  stepsPerSecond: 0,
  hovered: null,
  selected: null,
  view: DEFAULT_VIEW,
  normCosts,
  text: { name: text, content: null },
  notices: [],
});

const MEMORY_IS_FULL: Omit<Notice, 'id'> = {
  level: 'info',
  about: 'page',
  text: 'The memory for recorded frames is full: of the older steps every second one is dropped.',
};

/** The page’s state and its lanes, which start at once. */
export function createScope(options: ScopeOptions): ScopeStore & { dispose(): void } {
  const { address, spawn, app, shelf, textName = BUILT_IN_TEXT } = options;
  const { now = () => performance.now(), frames = pageFrames } = options;
  const store = createStore<Scope>(() =>
    initialScope(textName, options.normCostShelf?.load() ?? NOTHING_TIMED),
  );
  const { getState, setState } = store;

  const notices = createNotices(store);
  const log = createFrameLog<LaneId>({
    limit: options.recordLimit ?? RECORD_LIMIT,
    onThinned: () => notices.notify(MEMORY_IS_FULL),
  });
  const laneSet = createLaneSet({
    store,
    notices,
    log,
    spawn,
    frames,
    now,
    backend: options.backend ?? null,
    textFor: (config) => textDesk.textFor(config),
    processors: options.processors ?? 1,
  });
  const stopLeakNotices = createLeakNotices(store, notices);
  const stopAdvice = createAdviceNotices(store, notices);
  const textDesk = createTextDesk({
    store,
    notices,
    shelf,
    fetchText: options.fetchText,
    builtInName: textName,
    onChange: () => getState().lanes.forEach(({ id }) => laneSet.configure(id)),
  });
  const { evaluationLeftOpen } = options;
  const settings = createSettings(store, laneSet, notices, address, evaluationLeftOpen);
  const clock = createClock({
    async tick() {
      await opened;
      return laneSet.tick();
    },
    settle: laneSet.settle,
    onChange: setState,
    now,
  });
  const normCosts = createNormCostDesk({
    store,
    engineOf: laneSet.get,
    pause: clock.pause,
    play: clock.play,
    shelf: options.normCostShelf,
  });

  settings.history.follow();
  const opened = textDesk.open();

  const actions: Actions = {
    play: clock.play,
    pause: clock.pause,
    stepOnce: clock.stepOnce,
    reset: laneSet.reset,
    showMoment: laneSet.showMoment,
    setSpeed(speed) {
      setState({ speed });
      clock.setSpeed(speed);
    },
    ...settings.actions,
    hover: (hovered) => setState({ hovered }),
    select: (selected) => setState({ selected }),
    watchEvaluations: laneSet.watchEvaluations,
    timeNorms: (size) => void normCosts.time(size),
    stopTimingNorms: normCosts.stop,
    dismiss: notices.dismiss,
    notify: (notice) => notices.notify(notice),
    setText: textDesk.setText,
    setTextFile: textDesk.setTextFile,
    loadWeights: createWeightsDesk(store, laneSet, notices, settings.actions.setValues),
    ...savingActions(store, laneSet, log, notices, address, app),
    restart: laneSet.restart,
    useBackend: laneSet.useBackend,
  };
  const dispose = () => {
    clock.pause();
    settings.history.stop();
    stopLeakNotices();
    stopAdvice();
    normCosts.dispose();
    laneSet.dispose();
  };
  return { ...store, actions, dispose };
}
