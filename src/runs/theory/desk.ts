import type { StoreApi } from 'zustand/vanilla';
import { DEFAULTS, readsText, type Config } from '../../config/fields';
import type { Frames } from '../../lib/frames';
import { reasonOf } from '../../lib/reason';
import type { WorkerLike } from '../client';
import type { Lane, LaneId, Scope } from '../state';
import type { Estimate } from './answer';
import { predictorBehind, type Predictor } from './line';
import { NOTHING_PREDICTED, type Predicted, type Predictions } from './predicted';

/** Milliseconds that a prediction may take before the page says that it is at it, and may end it for a newer one. */
const QUICK = 1000;
/** Milliseconds without a change after which predictions that were made in haste are made in full. */
const QUIET = 250;
/** Predictions that are kept: of those that a slider goes by on its way back. */
const KEPT = 64;

export interface TheoryDeskOptions {
  store: StoreApi<Scope>;
  spawnTheory(): WorkerLike;
  predictor?: (() => Predictor) | undefined;
  frames: Frames;
  /** The text that a lane of this configuration reads; null while it is not known yet. */
  textFor(config: Config): string | null;
}

/** A lane on show, with the key of its prediction. */
interface Subject extends Pick<Predicted, 'key' | 'config' | 'measured'> {
  id: LaneId;
  text: string | null;
}
/** A lane’s worker, and the prediction that is under way in it, for over a second where it is slow. */
interface Line {
  predictor: Predictor;
  running: { key: string; isSlow: boolean } | null;
}
type Found = Pick<Predicted, 'prediction' | 'error'>;

const UNKNOWN = 'its file does not hold all settings of the model.';
/** A file of another program need not say how its model was made. */
const saysAll = ({ recorded }: Lane): boolean => {
  const told = recorded?.head?.['config'] ?? {};
  return !recorded || Object.keys(DEFAULTS).every((key) => Object.hasOwn(told, key));
};

/**
 * Has the configuration that every lane shows predicted, while theory is on show. Each lane has a worker of its own; of
 * what it is asked for meanwhile the newest is next.
 */
export function createTheoryDesk({ store, textFor, frames, ...given }: TheoryDeskOptions) {
  const { getState, setState } = store;
  const { predictor: start = () => predictorBehind(given.spawnTheory) } = given;
  const known = new Map<string, Estimate>();
  /** The text of now has this number among all that there were. */
  let [edition, read] = [0, ''];
  const lines = new Map<LaneId, Line>();
  const lineOf = (id: LaneId): Line => {
    const line = lines.get(id) ?? { predictor: start(), running: null };
    lines.set(id, line);
    return line;
  };

  /** All that is to be shown with the next picture: predictions of several lanes come to one change of the page. */
  let told: Predictions = NOTHING_PREDICTED;
  const publish = () => setState({ theory: told });
  const put = (change: Partial<Predictions>) => {
    told = { ...told, ...change };
    frames.update(publish);
  };
  const keep = (key: string, estimate: Estimate) => {
    known.delete(key);
    known.set(key, estimate);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
  };
  const tell = ({ id, text: _, ...subject }: Subject, found: Found) =>
    put({ lanes: { ...told.lanes, [id]: { ...subject, ...found } } });

  /** Of each lane what it shows, where that can be predicted. */
  function subjects(): Subject[] {
    const { lanes, recordings } = getState();
    return [...lanes, ...recordings].flatMap((lane) => {
      const { id, shown: measured, recorded } = lane;
      if (!measured) return [];
      const { config } = measured;
      if (!saysAll(lane)) return [{ id, config, measured, text: null, key: UNKNOWN }];
      const isReader = readsText(config);
      const text = isReader && recorded ? null : textFor(config);
      if (text === null && !recorded) return [];
      if (isReader && text !== null && text !== read) [edition, read] = [edition + 1, text];
      return [{ id, config, measured, text, key: keyOf(config, text) }];
    });
  }
  const keyOf = (config: Config, text: string | null): string =>
    JSON.stringify([config, text && edition]);

  let isEnded = false;
  const isOn = () => !isEnded && getState().view.theory !== 'off';
  const isThere = ({ id, key }: Subject): boolean => told.lanes[id]?.key === key;

  /** What is known is told at once, and the next of what is not is begun. */
  function look(): void {
    if (isEnded) return;
    if (!isOn()) return rest();
    const missing = subjects().filter((subject) => !isThere(subject));
    for (const subject of missing) {
      const estimate = known.get(subject.key);
      if (estimate) tell(subject, { prediction: estimate.prediction, error: null });
      if (subject.key === UNKNOWN) tell(subject, { prediction: null, error: UNKNOWN });
    }
    const open = missing.filter((subject) => !isThere(subject));
    for (const subject of open) {
      const { running, predictor } = lineOf(subject.id);
      if (!running) void compute(subject, true);
      else if (running.isSlow && running.key !== subject.key) predictor.cancel();
    }
    if (!open.length) refining ??= setTimeout(refine, QUIET);
  }
  let refining: ReturnType<typeof setTimeout> | null = null;
  const waitNoMore = () => {
    if (refining) clearTimeout(refining);
    refining = null;
  };
  /** While nothing changes, predictions that were made in haste are made in full. */
  function refine(): void {
    refining = null;
    if (!isOn()) return;
    for (const subject of subjects()) {
      if (known.get(subject.key)?.isRough && !lineOf(subject.id).running)
        void compute(subject, false);
    }
  }

  async function compute(subject: Subject, isInHaste: boolean): Promise<void> {
    const { id, key, config, text } = subject;
    const line = lineOf(id);
    const running = { key, isSlow: false };
    line.running = running;
    waitNoMore();
    const timer = setTimeout(() => {
      running.isSlow = true;
      put({ slow: [...told.slow, id] });
      look();
    }, QUICK);
    let error: string | null = null;
    const estimate = await line.predictor
      .predict(config, text, isInHaste)
      .catch((failure: unknown) => void (error = reasonOf(failure)));
    clearTimeout(timer);
    line.running = null;
    if (running.isSlow) put({ slow: told.slow.filter((one) => one !== id) });
    const before = known.get(key);
    if (estimate) keep(key, estimate);
    // What was called off is not begun again by itself: the rough one stands.
    else if (before) keep(key, { ...before, isRough: false });
    const now = isOn() && subjects().find((one) => one.id === id);
    // A lane that has gone on meanwhile shows what is there; why something is not concerns it no more.
    const isCurrent = now && now.key === key;
    const isNews = now && (!isThere(now) || isCurrent);
    if (isNews && (estimate || (isCurrent && isInHaste))) {
      tell(subject, { prediction: estimate?.prediction ?? null, error });
    }
    look();
  }

  const cancel = (ids: Iterable<LaneId>) => {
    for (const id of ids) lines.get(id)?.predictor.cancel();
  };
  function rest(): void {
    waitNoMore();
    cancel(lines.keys());
    if (told !== NOTHING_PREDICTED) put(NOTHING_PREDICTED);
    told = NOTHING_PREDICTED;
  }

  const stop = store.subscribe(({ lanes, recordings, view, text }, before) => {
    const isOther =
      lanes !== before.lanes ||
      recordings !== before.recordings ||
      view.theory !== before.view.theory ||
      text !== before.text;
    if (isOther) look();
  });
  look();
  return {
    /** Predictions that take long end; their lanes have none until they are set otherwise. */
    cancel: () => cancel(told.slow),
    dispose(): void {
      isEnded = true;
      stop();
      frames.drop(publish);
      waitNoMore();
      cancel(lines.keys());
    },
  };
}

export type TheoryDesk = ReturnType<typeof createTheoryDesk>;
