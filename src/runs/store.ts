import { createStore } from 'zustand/vanilla';
import { complete, explained, type Problem } from '../config/check';
import { isKey, type Config } from '../config/fields';
import { frames as pageFrames, type Frames } from '../lib/frames';
import type { BackendId } from '../protocol/engine';
import type { Address } from './address';
import type { WorkerLike } from './client';
import { createClock } from './clock';
import { fileName, recordBytes, sameConfig } from './files';
import { createHistory, lettersFor } from './history';
import { createLaneSet } from './laneSet';
import { createLeakNotices } from './leakNotices';
import { encodeLink, nextPlacement } from './link';
import { createNormCostDesk } from '../normCosts/desk/desk';
import { NOTHING_TIMED, type NormCostShelf } from '../normCosts/desk/costs';
import { createNotices } from './notices';
import { createFrameLog } from './log';
import type { Shelf } from './shelf';
import {
  DEFAULT_VIEW,
  LANE_IDS,
  type Actions,
  type LaneId,
  type Notice,
  type Scope,
  type ScopeStore,
} from './state';
import { createTextDesk, readsText } from './textDesk';
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
  /** What collects changes until the next picture. */
  frames?: Frames;
  /** Whether evaluation showed at the end of the visit before; asked where a link does not say. */
  evaluationLeftOpen?(): boolean;
  /** Processors that lanes share, as the browser counts them. */
  processors?: number;
  /** Bytes that all recorded frames together may take. */
  recordLimit?: number;
}

const RECORD_LIMIT = 400e6;

/** The page’s state and its lanes, which start at once. */
export function createScope(options: ScopeOptions): ScopeStore & { dispose(): void } {
  const {
    address,
    spawn,
    app,
    textName = 'built-in text',
    now = () => performance.now(),
    frames = pageFrames,
  } = options;

  const store = createStore<Scope>(() => ({
    lanes: [],
    moment: 'live',
    playing: false,
    speed: null,
    stepsPerSecond: 0,
    hovered: null,
    selected: null,
    view: DEFAULT_VIEW,
    normCosts: options.normCostShelf?.load() ?? NOTHING_TIMED,
    text: { name: textName, content: null },
    notices: [],
  }));
  const { getState, setState } = store;
  const laneOf = (id: LaneId) => getState().lanes.find((lane) => lane.id === id);
  const laneIds = () => getState().lanes.map(({ id }) => id);

  const notices = createNotices((change) => setState((s) => ({ notices: change(s.notices) })));
  const log = createFrameLog<LaneId>({
    limit: options.recordLimit ?? RECORD_LIMIT,
    onThinned: () =>
      notices.notify({
        level: 'info',
        about: 'page',
        text: 'The memory for recorded frames is full: of the older steps every second one is dropped.',
      }),
  });
  const laneSet = createLaneSet({
    store,
    notices,
    log,
    spawn,
    backend: options.backend ?? null,
    textFor: (config) => textDesk.textFor(config),
    frames,
    processors: options.processors ?? 1,
    resetAll: () => laneSet.reset(),
    now,
  });
  const stopLeakNotices = createLeakNotices(store, notices);
  const textDesk = createTextDesk({
    store,
    notices,
    shelf: options.shelf,
    fetchText: options.fetchText,
    builtInName: textName,
    onChange: () => laneIds().forEach(laneSet.configure),
  });
  const history = createHistory({
    address,
    now: () => ({
      configs: getState().lanes.map(({ config }) => config),
      view: getState().view,
      lanes: laneIds(),
    }),
    apply({ configs, view, lanes }, problems) {
      const isLeftOpen = view.evaluation.open === null && options.evaluationLeftOpen?.();
      setState({ view: isLeftOpen ? { ...view, evaluation: { open: true } } : view });
      laneSet.arrange(
        configs.map((config, i) => ({ id: lanes[i]!, config: unchanged(lanes[i]!, config) })),
      );
      // Beside its setting it might stand in a closed group, where who opened the link never sees it.
      explain(problems.map((problem) => ({ about: 'page', text: explained(problem) })));
    },
  });
  const clock = createClock({
    async tick() {
      await opened;
      return laneSet.tick();
    },
    settle: () => laneSet.settle(),
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

  /** The lane's own configuration when it is the same: nothing to do for its engine then. */
  const unchanged = (id: LaneId, config: Config): Config => {
    const own = laneOf(id)?.config;
    return own && sameConfig(own, config) ? own : config;
  };

  const settingOf = (key: string) => (isKey(key) ? key : 'page');
  /** What was wrong with the last settings; what was said of earlier ones goes. */
  const explain = (problems: Pick<Notice, 'about' | 'text'>[]) => {
    notices.takeBack('settings');
    for (const problem of problems) notices.notify({ level: 'warning', ...problem }, 'settings');
  };

  type Change = Record<string, unknown> | ((of: Config) => Partial<Config>);
  const change = (settings: Change, ids: LaneId[], settled: boolean) => {
    const problems: Problem[] = [];
    const wanted = getState().lanes.map(({ id, config }) => {
      if (!ids.includes(id)) return { id, config };
      const own = typeof settings === 'function' ? settings(config) : settings;
      const completed = complete(own, config);
      problems.push(...completed.problems);
      return { id, config: unchanged(id, completed.config) };
    });
    laneSet.arrange(wanted);
    explain(problems.map((p) => ({ about: settingOf(p.key), text: explained(p) })));
    if (settled) history.enter();
  };

  const weightsDesk = createWeightsDesk({
    laneOf,
    laneSet,
    notices,
    setConfig: (id, config) => change({ ...config }, [id], true),
  });

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
    setValue: (key, value, lanes = laneIds(), settled = true) =>
      change({ [key]: value }, lanes, settled),
    setValues: (settings, lanes = laneIds()) => change(settings, lanes, true),
    addLane() {
      const { lanes } = getState();
      const last = lanes.at(-1);
      if (!last || lanes.length === LANE_IDS.length) return;
      const used = lanes.map(({ config }) => config.placement);
      const { config } = complete({ placement: nextPlacement(used) }, last.config);
      const id = lettersFor(lanes.length + 1, laneIds()).at(-1)!;
      laneSet.arrange([...lanes, { id, config }]);
      history.enter();
    },
    removeLane(id) {
      const { lanes } = getState();
      const rest = lanes.filter((lane) => lane.id !== id);
      if (!rest.length || rest.length === lanes.length) return;
      laneSet.arrange(rest);
      history.enter();
    },
    hover: (hovered) => setState({ hovered }),
    select: (selected) => setState({ selected }),
    setView(view) {
      setState((s) => ({ view: { ...s.view, ...view } }));
      history.enter();
    },
    watchEvaluations: laneSet.watchEvaluations,
    timeNorms: (size) => void normCosts.time(size),
    stopTimingNorms: normCosts.stop,
    dismiss: notices.dismiss,
    notify: (notice) => notices.notify(notice),
    setText: textDesk.set,
    setTextFile: textDesk.setFile,
    loadWeights: weightsDesk.load,
    async saveWeights(id) {
      const engine = laneSet.get(id);
      if (!engine) throw new Error(`There is no lane ${id.toUpperCase()}.`);
      const bytes = await engine.saveWeights();
      return { name: fileName(getState().lanes, id, 'safetensors'), bytes };
    },
    saveRecord(id) {
      const lane = laneOf(id);
      const segments = log.segments(id);
      if (!lane?.engine.latest || !segments.length) {
        throw new Error(`Lane ${id.toUpperCase()} has measured nothing yet.`);
      }
      if (segments.length > 1) {
        notices.notify({
          level: 'info',
          about: id,
          text: `Settings were changed at step ${segments.at(-1)!.frames[0]!.step} of this run; the record names those that hold since.`,
        });
      }
      return {
        name: fileName(getState().lanes, id, 'json'),
        bytes: recordBytes(segments, app),
      };
    },
    restart: laneSet.restart,
    useBackend: laneSet.useBackend,
    link() {
      const { lanes, view, text } = getState();
      if (text.content !== null && lanes.some(({ config }) => readsText(config))) {
        notices.notify({
          level: 'info',
          about: 'page',
          text: `The link does not hold ${text.name}: who opens it sees the text that comes with Normscope.`,
        });
      }
      return address.withHash(encodeLink({ configs: lanes.map(({ config }) => config), view }));
    },
  };

  history.follow();
  const opened = textDesk.open();

  return {
    ...store,
    actions,
    dispose() {
      clock.pause();
      history.stop();
      stopLeakNotices();
      normCosts.dispose();
      laneSet.dispose();
    },
  };
}
