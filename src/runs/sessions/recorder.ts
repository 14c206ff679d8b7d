import type { StoreApi } from 'zustand/vanilla';
import { laneNames } from '../../config/naming';
import { reasonOf } from '../../lib/reason';
import type { Checkpoint, Run } from '../run';
import { engineStep, type LaneId, type Scope } from '../state';
import type { Archive, LaneHead } from './format';
import { bytesOfNews, newsOf, note, nothingStored, type Stored } from './news';

/** Milliseconds after which what is new is written: of training, so much is lost at most with the page; at rest. */
const TRAINING = 2000;
const RESTING = 300;
/** Bytes that are copied at once, so that the page is not held up: what is left follows at once. */
const MOST = 5e5;
/**
 * Milliseconds from one checkpoint to the next while a lane trains: at least so many, and more where it is large. The
 * steps after it are computed again for who continues, which takes no longer than they took.
 */
const CHECKPOINT = 15_000;
const CHECKPOINT_BYTES_PER_MS = 1000;

/** A lane that lies in the database, and what of it the page has. */
interface TakenLane {
  id: LaneId;
  run: Run;
  checkpoint: Checkpoint | null;
}

interface RecorderOptions {
  store: StoreApi<Scope>;
  archive: Pick<Archive, 'write'>;
  runOf(id: LaneId): Run;
  checkpointsOf(id: LaneId): readonly Checkpoint[];
  /** The part of the link after the # to the page as it is. */
  hash(): string;
  /** Nothing is written any more. */
  onFailed(reason: string): void;
  now(): number;
}

/** Writes down what the page’s lanes record, one piece after the other, from the first step on. */
export function createRecorder(options: RecorderOptions) {
  const { store, archive, runOf, checkpointsOf, now } = options;
  const stored = new Map<LaneId, Stored>();
  /** When another checkpoint of a lane may be written. */
  const due = new Map<LaneId, number>();
  const storedOf = (id: LaneId) => {
    const known = stored.get(id) ?? nothingStored();
    stored.set(id, known);
    return known;
  };
  let head = '';
  let writing: Promise<void> | null = null;
  let isStopped = false;

  /** True where more is left than was written at once. */
  const write = async (): Promise<boolean> => {
    const { lanes: live, recordings, playing } = store.getState();
    if (!live.some((lane) => engineStep(lane) > 0)) return false;
    const lanes = [...live, ...recordings];
    for (const id of stored.keys()) {
      if (!lanes.some((lane) => lane.id === id)) stored.delete(id);
    }
    let room = MOST;
    const news = lanes.flatMap(({ id, recorded: isWhole }) => {
      if (room <= 0) return [];
      const renews = !playing || now() >= (due.get(id) ?? 0);
      const recorded = { ...runOf(id), checkpoints: checkpointsOf(id) };
      // However fast a lane trains, what is written of it is bounded.
      const most = playing ? MOST : room;
      const pending = newsOf(recorded, storedOf(id), {
        ...{ most, renews },
        // A run out of a file goes no further: all of it is written, piece by piece.
        keepsUp: playing && !isWhole,
      });
      if (pending) room -= bytesOfNews(pending);
      return pending ? [{ id, pending }] : [];
    });
    const names = laneNames(live.map(({ config }) => config));
    const heads = lanes.map(({ id, fork, recorded }, i): LaneHead => {
      const { pending } = news.find((lane) => lane.id === id) ?? {};
      const step = pending ? (pending.frames.at(-1)?.step ?? pending.keep) : storedOf(id).last;
      const name = recorded?.name ?? names[i]!;
      return { id, name, step: Math.max(0, step), fork, ...(recorded && { recorded }) };
    });
    const about = { hash: options.hash(), lanes: heads };
    if (news.length === 0 && JSON.stringify(about) === head) return false;
    head = JSON.stringify(about);
    const bare = news.map(({ id, pending: { frames: _, ...lane } }) => ({ id, ...lane }));
    const began = news.map(({ id, pending }) => ({ id, pending, known: storedOf(id) }));
    await archive.write({ ...about, news: bare });
    for (const { id, pending, known } of began) {
      note(known, pending);
      const bytes = pending.checkpoint?.bytes.byteLength;
      if (bytes !== undefined) {
        due.set(id, now() + Math.max(CHECKPOINT, bytes / CHECKPOINT_BYTES_PER_MS));
      }
    }
    return room <= 0 || news.some(({ pending }) => pending.isPart);
  };
  const writeAll = async () => {
    while (await write());
  };
  /** Never more than one at a time; whoever asks meanwhile waits for that one. */
  const flush = (): Promise<void> => {
    if (isStopped) return Promise.resolve();
    writing ??= writeAll()
      .catch((error: unknown) => {
        stop();
        options.onFailed(reasonOf(error));
      })
      .finally(() => (writing = null));
    return writing;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flushSoon = ({ playing }: Scope) => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void flush();
      },
      playing ? TRAINING : RESTING,
    );
  };
  const stopWatching = store.subscribe((scope, before) => {
    const rests = before.playing && !scope.playing;
    if (rests) hurry();
    const isOther =
      scope.lanes !== before.lanes ||
      scope.recordings !== before.recordings ||
      scope.view !== before.view;
    if (rests || isOther) flushSoon(scope);
  });
  function hurry() {
    clearTimeout(timer);
    timer = undefined;
  }
  function stop() {
    isStopped = true;
    hurry();
    stopWatching();
  }

  return {
    /** Nothing of the page’s own is written while a stored session takes its place. */
    async pause(): Promise<void> {
      await writing;
      isStopped = true;
    },
    /** Writes on: to a session that lies in the database where lanes are given, else to the page’s own. */
    goOn(lanes: readonly TakenLane[] | null): void {
      if (lanes) stored.clear();
      for (const { id, run, checkpoint } of lanes ?? []) {
        const known = storedOf(id);
        const frames = run.segments.flatMap((segment) => segment.frames);
        note(known, { keep: -1, frames, checkpoint });
      }
      isStopped = false;
    },
    stop,
  };
}
