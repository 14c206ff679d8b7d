import type { StoreApi } from 'zustand/vanilla';
import { readsText, type Config } from '../../config/fields';
import type { Frames } from '../../lib/frames';
import { reasonOf } from '../../lib/reason';
import type { Measurement } from '../../protocol/frame';
import type { WorkerLike } from '../client';
import { saysAllSettings } from '../recordings/recording';
import type { Lane, LaneId, Recording, Scope } from '../state';
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
interface Subject extends Pick<Predicted, 'key' | 'config' | 'edition' | 'measured'> {
  id: LaneId;
  text: string | null;
  /** The reason why it cannot be predicted; else null. */
  refusal: string | null;
}
interface Running {
  key: string;
  /** It takes over a second. */
  isSlow: boolean;
  /** It was ended because something else is to be shown, not because a person called it off. */
  isDropped: boolean;
}
/** A lane’s worker, and the prediction that is under way in it. */
interface Line {
  predictor: Predictor;
  running: Running | null;
}
type Found = Pick<Predicted, 'prediction' | 'error'>;

const drop = ({ running, predictor }: Line): void => {
  if (running) running.isDropped = true;
  predictor.cancel();
};

const INCOMPLETE = 'its file does not hold all settings of the model.';
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
  /** The text that each measurement is of: one of the text before stays on show until the next one is there. */
  const editions = new WeakMap<Measurement, number>();
  const editionOf = (measured: Measurement): number => {
    if (!editions.has(measured)) editions.set(measured, edition);
    return editions.get(measured)!;
  };
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
    if (isEnded) return;
    told = { ...told, ...change };
    frames.update(publish);
  };
  const keep = (key: string, estimate: Estimate) => {
    known.delete(key);
    known.set(key, estimate);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
  };
  const tell = ({ id, text: _, refusal: __, ...subject }: Subject, found: Found) =>
    put({ lanes: { ...told.lanes, [id]: { ...subject, ...found } } });

  const onShow = (): Lane[] => {
    const { lanes, recordings } = getState();
    return [...lanes, ...recordings];
  };
  /** The measurements that lanes show, as far as it is known what made them. */
  function subjects(): Subject[] {
    return onShow().flatMap((lane) => {
      const { id, shown: measured, recorded } = lane;
      if (!measured) return [];
      const { config } = measured;
      const isReader = readsText(config);
      const text = isReader && recorded ? null : textFor(config);
      if (text === null && !recorded) return [];
      const isRead = isReader && text !== null;
      if (isRead && text !== read) [edition, read] = [edition + 1, text];
      if (isRead && editionOf(measured) !== edition) return [];
      const subject = {
        ...{ id, config, measured, text },
        edition: isRead ? edition : null,
        refusal: !recorded || saysAllSettings(recorded) ? null : INCOMPLETE,
      };
      return [{ ...subject, key: JSON.stringify([config, subject.edition, subject.refusal]) }];
    });
  }

  let isEnded = false;
  const isOn = () => !isEnded && getState().view.theory !== 'off';
  const isThere = ({ id, key }: Subject): boolean => told.lanes[id]?.key === key;

  /** The lanes that were there, by their letters: a letter may come to be that of another. */
  let seen = new Map<LaneId, Recording | undefined>();
  /** Lanes that are not there any more leave nothing behind. */
  function forget(): void {
    const there = new Map(onShow().map(({ id, recorded }) => [id, recorded]));
    const isGone = (id: LaneId) => !there.has(id) || there.get(id) !== seen.get(id);
    const gone = [...seen.keys()].filter(isGone);
    seen = there;
    if (!gone.length) return;
    for (const id of gone) {
      const line = lines.get(id);
      if (line) drop(line);
      lines.delete(id);
    }
    const isKept = (id: LaneId) => !gone.includes(id);
    const lanes = Object.entries(told.lanes).filter(([id]) => isKept(id as LaneId));
    put({ lanes: Object.fromEntries(lanes), slow: told.slow.filter(isKept) });
  }

  /** Known predictions are told at once, and the next of those to come is begun. */
  function look(): void {
    if (isEnded) return;
    forget();
    if (!isOn()) return rest();
    const missing = subjects().filter((subject) => !isThere(subject));
    if (told.edition !== edition) put({ edition });
    for (const subject of missing) {
      const estimate = known.get(subject.key);
      if (estimate) tell(subject, { prediction: estimate.prediction, error: null });
      if (subject.refusal) tell(subject, { prediction: null, error: subject.refusal });
    }
    const open = missing.filter((subject) => !isThere(subject));
    for (const subject of open) {
      const line = lineOf(subject.id);
      const { running } = line;
      if (!running) void compute(subject, true);
      else if (running.isSlow && running.key !== subject.key) drop(line);
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
    const running: Running = { key, isSlow: false, isDropped: false };
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
    const before = known.get(key);
    if (estimate) keep(key, estimate);
    // One that a person called off, or that failed, is not begun again by itself: the rough one stands.
    else if (before && !running.isDropped) keep(key, { ...before, isRough: false });
    // Its letter may be another lane's by now.
    if (lines.get(id) !== line) return;
    if (running.isSlow) put({ slow: told.slow.filter((one) => one !== id) });
    const now = isOn() && subjects().find((one) => one.id === id);
    // A lane that has gone on meanwhile shows what is there; why something is not concerns it no more.
    const isCurrent = now && now.key === key;
    const isNews = now && (!isThere(now) || isCurrent);
    if (isNews && (estimate || (isCurrent && isInHaste && !running.isDropped))) {
      tell(subject, { prediction: estimate?.prediction ?? null, error });
    }
    look();
  }

  function rest(): void {
    waitNoMore();
    lines.forEach(drop);
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
    cancel(): void {
      for (const id of told.slow) lines.get(id)?.predictor.cancel();
    },
    dispose(): void {
      isEnded = true;
      stop();
      frames.drop(publish);
      waitNoMore();
      lines.forEach(drop);
    },
  };
}

export type TheoryDesk = ReturnType<typeof createTheoryDesk>;
