import type { Batch } from '../../lib/batch';
import type { Config } from '../../config/fields';
import type { DeviceReport } from '../../protocol/engine';
import type { Evaluation } from '../../protocol/evaluation';
import type { Layout } from '../../protocol/frame';
import type { LaneId } from '../laneId';
import type { Change, Checkpoint } from '../run';
import type { Fork } from '../fork';
import type { Recording } from '../recordings/recording';

/** Of the entries in the browser’s database; another one is told and left alone. */
export const VERSION = 1;

/** The head of a stored session, read before anything that was recorded. */
export interface SessionHead {
  id: string;
  version: number;
  /** When it was last written, in milliseconds since 1970. */
  saved: number;
  /** The part of its link after the #. */
  hash: string;
  lanes: LaneHead[];
  /** Bytes of its frames. */
  bytes: number;
  /** Somebody chose to start without it: it is offered no more by itself. */
  declined?: boolean;
}

export interface LaneHead {
  id: LaneId;
  name: string;
  /** The last step that was recorded. */
  step: number;
  /** The lane and step that it came from, if it is a fork; entries of earlier versions hold no more of it. */
  fork: (Pick<Fork, 'of' | 'step'> & Partial<Fork>) | null;
  /** It was opened from a file: it has no state to go on from. */
  recorded?: Recording;
}

/** Frames that follow one another, measured with one configuration. */
export interface Chunk {
  /** Their model and settings, where they begin a segment; the others go on with the one before. */
  begins?: { config: Config; layout: Layout; device: DeviceReport };
  steps: number[];
  /** The numbers of all of them, one frame after the other. */
  packed: Float32Array;
  /** Their batches, one after the other; null where the task has none. */
  batches: Batch | null;
  /** Of frames that have one. */
  evaluations: [step: number, Evaluation][];
}

/** The part of a lane's record that is not stored, or stored otherwise. */
export interface LaneNews {
  id: LaneId;
  /** The last step of what is stored that stays; −1 where all of it goes. */
  keep: number;
  chunks: Chunk[];
  /** Left out where they are as stored. */
  changes?: readonly Change[];
  /** Left out where it is as stored; null where none is of this run. */
  checkpoint?: Checkpoint | null;
}

export interface SessionNews extends Pick<SessionHead, 'hash' | 'lanes'> {
  news: LaneNews[];
}

export interface StoredLane extends LaneHead {
  chunks: Chunk[];
  changes: readonly Change[];
  checkpoint: Checkpoint | null;
}

export interface StoredSession {
  head: SessionHead;
  lanes: StoredLane[];
  /** Sentences on what of it could not be read. */
  problems: string[];
}

/** An entry of the database: the head of a session, or why it has none that can be read. */
export type Entry = { id: string } & (
  { head: SessionHead; problem?: never } | { head?: never; problem: string }
);

/** The questions that the database’s worker answers. */
export interface Archive {
  /** Sessions that no open page has, the newest first. */
  list(): Promise<Entry[]>;
  /** The whole of a session, which from now on is this page’s. */
  take(id: string): Promise<StoredSession>;
  /** Takes down what is new of this page’s session. */
  write(news: SessionNews): Promise<void>;
  /** This page has no session any more, and begins another with what it writes next. */
  leave(): Promise<void>;
  /** It is offered no more by itself. */
  decline(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isLaneHead = (value: unknown): value is LaneHead =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  typeof value['name'] === 'string' &&
  isCount(value['step']);

/** The value under a key of the database, taken for what it is. */
export function entryOf(id: string, value: unknown): Entry {
  const { version, saved, hash, lanes } = isObject(value) ? value : {};
  if (isCount(version) && version !== VERSION) {
    return {
      id,
      problem: `It is of format ${version}; this version of Normscope reads format ${VERSION}.`,
    };
  }
  const isHead =
    version === VERSION &&
    isCount(saved) &&
    typeof hash === 'string' &&
    Array.isArray(lanes) &&
    lanes.every(isLaneHead);
  return isHead ? { id, head: value as SessionHead } : { id, problem: 'It is damaged.' };
}

/** The furthest step that was recorded of any lane. */
export const furthest = ({ lanes }: Pick<SessionHead, 'lanes'>): number =>
  Math.max(0, ...lanes.map(({ step }) => step));

/** Tests of a part that is a chunk as far as its lengths go, so that nothing is read past its end. */
export function isChunk(value: unknown): value is Chunk {
  const { steps, packed, batches, evaluations } = isObject(value) ? value : {};
  return (
    Array.isArray(steps) &&
    steps.length > 0 &&
    steps.every((step, i) => isCount(step) && (i === 0 || step > Number(steps[i - 1]))) &&
    packed instanceof Float32Array &&
    packed.length % steps.length === 0 &&
    (batches === null || isObject(batches)) &&
    Array.isArray(evaluations)
  );
}
