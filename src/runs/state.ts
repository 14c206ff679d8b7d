import type { StoreApi } from 'zustand/vanilla';
import type { Config, Key, Value } from '../config/fields';
import type { TimeSeries } from '../lib/timeSeries';
import type { LayerRange } from '../config/ranges';
import type { BackendId, DeviceReport, EngineProgress, ModelReport } from '../protocol/engine';
import type { Measurement } from '../protocol/frame';
import type { CostSize } from '../normCosts/protocol';
import type { NormCosts } from '../normCosts/desk/costs';
import type { Alarm, Remedy } from './alarms/alarm';
import type { Cost } from './cost';
import type { Evaluated } from '../protocol/evaluation';
import type { Divergence } from './divergence';
import type { Ghost } from './ghost';
import type { Fork } from './fork';
import type { Inspecting, Inspection } from './inspector/inspection';
import type { LaneId } from './laneId';
import type { ColumnsQuestion } from './recordings/columns/question';
import type { FileForm } from './recordings/read';
import type { Recording } from './recordings/recording';
import type { Change, Segment } from './run';
import type { Entry } from './sessions/format';
import type { Stall } from './stall';
import type { Predictions } from './theory/predicted';
import type { View } from './view';

export type { Evaluated } from '../protocol/evaluation';
export type { Fork } from './fork';
export { LANE_IDS, type LaneId } from './laneId';
export type { Recording } from './recordings/recording';
export { DEFAULT_VIEW, type Enlarged, type View } from './view';

/** Where a lane's engine stands, whatever its panels show. */
export interface EngineState {
  /** `recorded` where no engine belongs to it; `building` while a new model is made: `latest` stays until the new one has been measured. */
  status: 'starting' | 'building' | 'ready' | 'failed' | 'recorded';
  error: string | null;
  /** Progress of what takes it over a second; else null. */
  progress: EngineProgress | null;
  device: DeviceReport | null;
  model: Omit<ModelReport, 'layout'> | null;
  /** The newest measurement; null before the first. */
  latest: Measurement | null;
  /** The last evaluation, which stays until there is a newer one; none before somebody looked. */
  evaluation: Evaluated | null;
  /** The measurement whose model could not be evaluated, and why. */
  unevaluated: { training: Measurement; reason: string } | null;
  /** Of the steps since the model was built; null before the first. */
  cost: Cost | null;
}

/** The step on show: where the engines stand, or one that was recorded. */
export type Moment = 'live' | number;

export interface Lane {
  id: LaneId;
  /** The configuration asked for; the one that was measured stands in the measurement. */
  config: Config;
  engine: EngineState;
  /** The measurement that panels show; null where there is none of the moment. */
  shown: Measurement | null;
  /** The evaluation that panels show; of the moment or, live, the last one. */
  evaluation: Evaluated | null;
  /** Loss of every recorded step since the model was started: another object whenever it changed. */
  loss: TimeSeries;
  /** The first step and site (or tensor, or `loss`) where a number was not finite, and which number; or null. */
  divergence: Divergence | null;
  /** Settings changed under training, in their order: the same list until there is another. */
  events: readonly RunEvent[];
  /** Steps of which its whole state is kept: an exact return begins at the one before. */
  checkpoints: readonly number[];
  /** On the way to a step of its run: how far the engine is. */
  returning: { to: number; step: number } | null;
  /** All that its model was given since it was started: the same list until there is another. */
  changes: readonly Change[];
  /** Where its run goes on from; null where it began at step 0. */
  fork: Fork | null;
  /** Updates that changed no weight, or left tensors behind, through overflow, underflow or rounding; or null. */
  stall: Stall | null;
  /** All that its run raised, in the order of steps: the same list until there is another. */
  alarms: readonly ToldAlarm[];
  /** The alarm that is told beside the lane, until it is sent away. */
  trouble: Trouble | null;
  /** Of a run that was opened from a file, and cannot be stepped. */
  recorded?: Recording;
}

/** A file to be taken away. */
export interface SavedFile {
  name: string;
  blob: Blob;
}

export interface RecordedLane extends Lane {
  recorded: Recording;
  /** Columns of its file are called otherwise here: as they were the time before, or as was just said. */
  columns?: { areRemembered: boolean; change(): void };
}

/** An alarm with its words, which the page's first script does without. */
export interface ToldAlarm extends Alarm {
  sentence: string;
  title: string;
  note: string;
  formula: string;
  pauses: boolean;
}

/** An alarm, the changes that may keep a run from it, and what became of those that were tried. */
export interface Trouble {
  alarm: ToldAlarm;
  remedies: readonly Remedy[];
  trials: readonly Trial[];
}

export interface Trial {
  lane: LaneId;
  remedy: Remedy;
  outcome: 'open' | 'passed' | 'failed';
  /** Where that was seen. */
  step: number;
}

export const engineStep = ({ engine }: Pick<Lane, 'engine'>): number =>
  engine.latest?.frame.step ?? 0;

/**
 * The configuration that stands for a lane in drawings: the one asked for where the engine stands, so that
 * a setting is answered at once; of a past moment the one that was measured.
 */
export const drawnConfig = ({ config, engine, shown }: Lane): Config =>
  shown === engine.latest ? config : (shown?.config ?? config);

/** A change of a run under way, measured from a step on. */
export interface RunEvent {
  step: number;
  changes: Partial<Config>;
}

/** A configuration at step 0 under its seed and those that follow, as far as that was measured. */
export interface SeedSample {
  config: Config;
  text: Text;
  measured: Measurement[];
}

/** Measurements at step 0 under several seeds. */
export interface Seeds {
  samples: Partial<Record<LaneId, SeedSample>>;
  /** Seeds that all lanes have been measured under, while there are more to come; else null. */
  done: number | null;
  error: string | null;
}

/** A lane under its own seed and those that follow, as far as they are level with it. */
export interface SeededRun {
  /** Of one step, the lane's own first. */
  measured: readonly Measurement[];
  /** Loss of every recorded step, of the same seeds. */
  losses: readonly TimeSeries[];
}

/** Lanes that train under several seeds. */
export interface SeedRuns {
  lanes: Partial<Record<LaneId, SeededRun>>;
  /** Steps by which further seeds were behind their lanes, and those that they have made since; null while they are level. */
  progress: { done: number; of: number } | null;
  /** Lanes that began with the weights of a file: they have their own seed alone. */
  alone: readonly LaneId[];
  error: string | null;
}

/** A message beside the thing it concerns; never a blocking alert. */
export interface Notice {
  id: number;
  level: 'info' | 'warning' | 'error';
  /** A lane, a setting, or the page as a whole. */
  about: LaneId | Key | 'page';
  text: string;
  action?: NoticeAction;
  /** Another way on. */
  otherwise?: NoticeAction;
}

export interface NoticeAction {
  label: string;
  run(): void;
}

export interface Text {
  name: string;
  /** null: the text that comes with the app. */
  content: string | null;
}

export interface Scope {
  lanes: Lane[];
  /** Runs that were opened from files, beside the lanes in every panel. */
  recordings: readonly RecordedLane[];
  /** A file that is being read or written, how much of it was, as a share, and a question that it waits with. */
  transfer: {
    does: 'Reading' | 'Saving';
    name: string;
    share: number;
    asks?: ColumnsQuestion;
  } | null;
  moment: Moment;
  /** Playback of the record: forward, back or not, at so many steps a second. */
  playback: { direction: 1 | -1 | 0; speed: number };
  playing: boolean;
  /** Steps per second asked for; null is as fast as it goes. */
  speed: number | null;
  /** Lock-step steps per second measured over the last second; 0 at rest. */
  stepsPerSecond: number;
  /** Milliseconds that training rests after each step, so that the page keeps up. */
  restMs: number;
  /** Training comes to rest at an alarm; else it is told alone. */
  pausesAtAlarms: boolean;
  /** Layer under the pointer, and those that stay marked; 0-based. */
  hovered: number | null;
  selected: LayerRange | null;
  /** Moments that were pinned, the oldest first, after what was guessed. */
  ghosts: Ghost[];
  /** Step under the pointer in a plot that has steps. */
  hoveredStep: number | null;
  view: View;
  /** Labs stand beside the panels: their list, or one that is being done. */
  labs: boolean;
  /** Times of the norms on this device, as far as somebody has asked. */
  normCosts: NormCosts;
  seeds: Seeds;
  seedRuns: SeedRuns;
  inspection: Inspection;
  theory: Predictions;
  /** The share of the sweep under way that is made; null where there is none. */
  sweeping: number | null;
  text: Text;
  notices: Notice[];
}

export interface Actions {
  play(): void;
  pause(): void;
  stepOnce(): void;
  reset(): void;
  setSpeed(speed: number | null): void;
  /** Trains as far as a step, and comes to rest there. */
  trainTo(step: number): void;
  /**
   * Lanes stand at a recorded step again, exactly: all that have one after it, or those named. What they recorded
   * after it is kept. Done when they are there, or have gone back to where they were.
   */
  goTo(step: number, lanes?: LaneId[]): Promise<void>;
  /** Lanes under way go back to where they were. */
  cancelReturn(): void;
  /**
   * A lane that goes on from a recorded step of another, with changes that do not start its model anew. It
   * catches up with the others. Where four lanes stand, `into` says which one it takes the place of.
   */
  fork(lane: LaneId, step: number, changes: Partial<Config>, into?: LaneId): Promise<void>;
  /** The runs that ended last come back, each to where it stood. */
  bringBack(): Promise<void>;
  /** Forks with these remedies of a lane's trouble, as many as there are free lanes; one in the place of `into` where there is none. */
  tryRemedies(lane: LaneId, remedies: readonly Remedy[], into?: LaneId): Promise<void>;
  dismissTrouble(lane: LaneId): void;
  setPausesAtAlarms(pauses: boolean): void;
  /** Shows every lane at a recorded step, the next earlier one where that was not; engines go on. */
  showMoment(moment: Moment): void;
  /** So many recorded steps on, or back; past the last one all is live. */
  moveMoment(by: number): void;
  playBack(direction: Scope['playback']['direction']): void;
  setPlaybackSpeed(stepsPerSecond: number): void;
  /**
   * Sets one setting of the lanes named, or of all. While a slider is dragged `settled` is false: the
   * engines follow, dropping stale work, and the history of the page gets no entry.
   */
  setValue(key: Key, value: Value, lanes?: LaneId[], settled?: boolean): void;
  /** Several settings at once, as one change with the view; those of a lane may follow from the ones it has. */
  setValues(
    settings: Partial<Config> | ((of: Config) => Partial<Config>),
    lanes?: LaneId[],
    view?: Partial<View>,
  ): void;
  addLane(): void;
  removeLane(id: LaneId): void;
  removeRecording(id: LaneId): Promise<void>;
  /**
   * A lane of this configuration, which trains as far as a step and shows it. It takes the place of `into`, or has a
   * letter of its own.
   */
  openLane(config: Config, step: number, into?: LaneId): Promise<void>;
  /** The text that a lane of this configuration reads, empty where it reads none; null while it is not there. */
  textFor(config: Config): string | null;
  hover(layer: number | null): void;
  /** Keeps the curves that are seen behind those to come. */
  pinGhost(): void;
  removeGhost(id: number): void;
  hoverStep(step: number | null): void;
  select(layers: LayerRange | null): void;
  setView(view: Partial<View>): void;
  /** Opens the inspector, or has it look elsewhere; null closes it. */
  inspect(change: Partial<Inspecting> | null): void;
  /** The inspector stays at the step that it shows, or goes along again. */
  holdInspector(isHeld: boolean): void;
  /** A way to a step of the past ends, or a long reading; what was read before stays. */
  cancelInspection(): void;
  /** Predictions that take long end. */
  cancelTheory(): void;
  /** Lanes are evaluated from now on, until the function that comes back is called: it costs passes. */
  watchEvaluations(): () => void;
  /** Times every norm at this size, on the first lane's engine; training rests meanwhile. */
  timeNorms(size: CostSize): Promise<void>;
  /** Times that are there by then stay. */
  stopTimingNorms(): Promise<void>;
  /** Measures every lane at step 0 under so many seeds, on an engine of its own; none forgets what was measured. */
  measureSeeds(count: number): void;
  /** Measurements made by then stay. */
  stopSeeds(): void;
  /** The records of the further seeds of a lane that are level with it. */
  recordedSeeds(lane: LaneId): readonly (readonly Segment[])[];
  /** Seeds whose training failed begin anew. */
  retrySeeds(): void;
  dismiss(notice: number): void;
  notify(notice: Omit<Notice, 'id'>): void;
  /** The user's own text, or null for the app's. Refused with a notice when it cannot be used. */
  setText(text: { name: string; content: string } | null): Promise<void>;
  /** A file picked as a text: size and encoding are checked before it is read. */
  setTextFile(file: File): Promise<void>;
  loadWeights(lane: LaneId, file: File): Promise<void>;
  /**
   * A record or a history table becomes a lane that is shown beside the others: null, or the reason why it does not;
   * undefined where it was called off.
   */
  openRecording(form: FileForm, file: File): Promise<string | null | undefined>;
  /** Of a file that is being read or written. */
  cancelTransfer(): void;
  /** A dropped file: its content says what becomes of it, and what would end a run is asked about. */
  openFile(file: File): Promise<void>;
  /** Files to save. The record holds every recorded frame of the lane. */
  saveWeights(lane: LaneId): Promise<SavedFile>;
  /** The record of a lane, in the order of steps: to be read, and read again once its loss is another. */
  recorded(lane: LaneId): readonly Segment[];
  /** Every recorded frame of a lane, as a record or a table; undefined where that was called off. */
  saveRun(lane: LaneId, form: FileForm): Promise<SavedFile | undefined>;
  /** All runs of the page, with their states and the page as it is set, in one file. */
  saveRuns(): Promise<SavedFile | undefined>;
  /** The page stands as it was saved: null, or the reason why it does not; undefined where it was called off. */
  openRuns(file: File): Promise<string | null | undefined>;
  /** Keeps open runs in the browser from now on, and offers those that were left there. Done once, after the first picture. */
  keepSessions(): Promise<void>;
  /** Sessions in the browser’s database, but for those of open pages. */
  storedSessions(): Promise<Entry[]>;
  /** One of them takes the place of what is open. */
  continueSession(id: string): Promise<void>;
  deleteSession(id: string): Promise<void>;
  restart(lane: LaneId): void;
  useBackend(backend: BackendId | null): void;
  /** To the page as it is set, or as it was set at the step on show, which it then names. */
  link(withMoment?: boolean): string;
}

export type ScopeStore = StoreApi<Scope> & { actions: Actions };
