import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { reasonOf } from '../../lib/reason';
import type { LaneId } from '../laneId';
import type { Change, Checkpoint } from '../run';
import { bytesOf, firstOf, lastOf, thinned, upTo } from './chunks';
import {
  entryOf,
  isChunk,
  VERSION,
  type Archive,
  type Chunk,
  type Entry,
  type LaneHead,
  type LaneNews,
  type SessionHead,
  type StoredLane,
} from './format';

const DATABASE = 'normscope sessions';
/** Sessions that are kept, the page’s own among them. */
export const KEPT = 3;
/** Bytes of a session’s frames, where the browser has room: past them every second of the older ones goes. */
export const LARGEST = 128e6;

/** Chunks are under their first step, so that they lie in their order, all before the other parts. */
type PartKey = [session: string, lane: string, part: number | 'changes' | 'checkpoint'];
interface Schema extends DBSchema {
  sessions: { key: string; value: SessionHead };
  parts: { key: PartKey; value: Chunk | Checkpoint | readonly Change[] };
}
type Writing = IDBPTransaction<Schema, ('sessions' | 'parts')[], 'readwrite'>;

const openDatabase = (onClosed: () => void) =>
  openDB<Schema>(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('sessions');
      database.createObjectStore('parts');
    },
    // Another tab has another version of the page, which changes the database.
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });

const allOf = (session: string) => IDBKeyRange.bound([session], [session, []]);
const laneOf = (session: string, lane: string) =>
  IDBKeyRange.bound([session, lane], [session, lane, []]);
const chunksOf = (session: string, lane: string, from = -1) =>
  IDBKeyRange.bound([session, lane, from], [session, lane, Infinity]);

/** The chunks of the page’s session, which nobody else writes: so that none is read to know what there is. */
interface Kept {
  first: number;
  last: number;
  frames: number;
  bytes: number;
}
const keptOf = (chunk: Chunk): Kept => ({
  first: firstOf(chunk),
  last: lastOf(chunk),
  frames: chunk.steps.length,
  bytes: bytesOf(chunk),
});

/** Claims of open pages on sessions. */
export interface Claims {
  /** Holds it until what comes back is called, or the page is gone; null where another page does. */
  claim(session: string): Promise<(() => void) | null>;
  isHeld(session: string): Promise<boolean>;
}

interface Own {
  id: string;
  release(): void;
  lanes: Map<LaneId, Kept[]>;
}

const bytesIn = ({ lanes }: Own) =>
  [...lanes.values()].flat().reduce((sum, { bytes }) => sum + bytes, 0);

async function putChunk(tx: Writing, id: string, lane: LaneId, chunk: Chunk): Promise<Kept> {
  await tx.objectStore('parts').put(chunk, [id, lane, firstOf(chunk)]);
  return keptOf(chunk);
}

/** Another chunk, or none, in the place of a stored one; it keeps its key where it keeps its first frame. */
async function replace(
  tx: Writing,
  [id, lane, first]: [string, LaneId, number],
  change: (chunk: Chunk) => Chunk | null,
): Promise<Kept[]> {
  const parts = tx.objectStore('parts');
  const chunk = await parts.get([id, lane, first]);
  const changed = isChunk(chunk) ? change(chunk) : null;
  if (!changed || firstOf(changed) !== first) await parts.delete([id, lane, first]);
  return changed ? [await putChunk(tx, id, lane, changed)] : [];
}

/** Leaves nothing of a lane’s chunks after a step. */
async function cut(tx: Writing, id: string, lane: LaneId, kept: Kept[], keep: number) {
  const last = kept.at(-1);
  if (!last || last.last <= keep) return kept;
  await tx.objectStore('parts').delete(chunksOf(id, lane, keep + 0.5));
  const whole = kept.filter((chunk) => chunk.last <= keep);
  const part = kept.find((chunk) => chunk.first <= keep && chunk.last > keep);
  return part
    ? [...whole, ...(await replace(tx, [id, lane, part.first], (chunk) => upTo(chunk, keep)))]
    : whole;
}

async function writeLane(tx: Writing, id: string, news: LaneNews, before: Kept[]) {
  const parts = tx.objectStore('parts');
  const kept = [...(await cut(tx, id, news.id, before, news.keep))];
  for (const chunk of news.chunks) kept.push(await putChunk(tx, id, news.id, chunk));
  if (news.changes) await parts.put(news.changes, [id, news.id, 'changes']);
  if (news.checkpoint) await parts.put(news.checkpoint, [id, news.id, 'checkpoint']);
  else if (news.checkpoint === null) await parts.delete([id, news.id, 'checkpoint']);
  return kept;
}

/** Every second frame of a lane but for the newest chunk, which says where it stands. */
async function thin(tx: Writing, id: string, lane: LaneId, kept: readonly Kept[]) {
  const rest: Kept[] = [];
  let frames = 0;
  for (const { first, frames: own } of kept.slice(0, -1)) {
    const before = frames;
    rest.push(...(await replace(tx, [id, lane, first], (chunk) => thinned(chunk, before))));
    frames += own;
  }
  return [...rest, ...kept.slice(-1)];
}

/** Numbers, changes and state of a lane, as far as they can be read. */
async function readLane(
  parts: {
    getAll(range: IDBKeyRange): Promise<unknown[]>;
    get(key: PartKey): Promise<unknown>;
  },
  session: string,
  head: LaneHead,
): Promise<{ lane: StoredLane; kept: Kept[]; problem: string | null }> {
  const found = await parts.getAll(chunksOf(session, head.id));
  const broken = found.findIndex((chunk) => !isChunk(chunk));
  const chunks = (broken < 0 ? found : found.slice(0, broken)) as Chunk[];
  const changes = await parts.get([session, head.id, 'changes']);
  const checkpoint = (await parts.get([session, head.id, 'checkpoint'])) as Checkpoint | undefined;
  const isState = checkpoint?.bytes instanceof Uint8Array && Number.isSafeInteger(checkpoint.step);
  return {
    lane: {
      ...head,
      chunks,
      changes: Array.isArray(changes) ? (changes as Change[]) : [],
      checkpoint: isState ? checkpoint : null,
    },
    kept: chunks.map(keptOf),
    problem:
      broken < 0
        ? null
        : `Of lane ${head.id.toUpperCase()} the steps from ${chunks.length ? lastOf(chunks.at(-1)!) + 1 : 0} on are damaged.`,
  };
}

const isFull = (error: unknown) =>
  error instanceof DOMException && error.name === 'QuotaExceededError';

interface ArchiveOptions extends Claims {
  /** A name for another session. */
  newId(): string;
  now(): number;
  /** Bytes that the browser lets the page keep, where it tells. */
  quota(): Promise<number | undefined>;
}

/** Sessions in the browser’s database: one is this page’s, which is written to, and some of earlier pages. */
export function createArchive({ claim, isHeld, newId, now, quota }: ArchiveOptions): Archive {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () =>
    (opened ??= openDatabase(() => (opened = null)).catch((error: unknown) => {
      opened = null;
      throw new Error(`This browser does not let the page keep anything: ${reasonOf(error)}`);
    }));
  let own: Own | null = null;
  let most: Promise<number> | null = null;
  /** A tenth of what the browser gives, so that nothing else of the page is short of room. */
  const limit = () =>
    (most ??= quota().then((bytes) => Math.min(LARGEST, (bytes ?? Infinity) / 10)));

  const removeIn = async (tx: Writing, id: string) => {
    await tx.objectStore('sessions').delete(id);
    await tx.objectStore('parts').delete(allOf(id));
  };
  const remove = async (...ids: string[]) => {
    const tx = (await database()).transaction(['sessions', 'parts'], 'readwrite');
    for (const id of ids) await removeIn(tx, id);
    await tx.done;
  };
  const claimed = async (id: string) => {
    const release = await claim(id);
    if (!release) throw new Error('It is open in another tab.');
    return release;
  };

  /** Entries that nobody has, the newest first, those that cannot be read last. */
  const list = async (): Promise<Entry[]> => {
    const tx = (await database()).transaction('sessions');
    const [keys, heads] = await Promise.all([tx.store.getAllKeys(), tx.store.getAll()]);
    const held = await Promise.all(keys.map(isHeld));
    const savedOf = ({ head }: Entry) => head?.saved ?? -Infinity;
    return keys
      .map((id, i) => entryOf(id, heads[i]))
      .filter(({ id }, i) => !held[i] && id !== own?.id)
      .sort((a, b) => savedOf(b) - savedOf(a));
  };

  /** Sessions beyond those that are kept, the oldest first. */
  const outdated = async (others: number) => (await list()).slice(others).reverse();

  const begin = async (): Promise<Own> => {
    const id = newId();
    own = { id, release: await claimed(id), lanes: new Map() };
    await remove(...(await outdated(KEPT - 1)).map((entry) => entry.id));
    return own;
  };

  const writeTo = async (
    { id, lanes, release }: Own,
    { news, ...head }: Parameters<Archive['write']>[0],
  ): Promise<Own> => {
    const room = await limit();
    const tx = (await database()).transaction(['sessions', 'parts'], 'readwrite', {
      // Steps of the last seconds may be lost with the power; they are computed again.
      durability: 'relaxed',
    });
    // Heard even where a request fails before anybody waits for the end.
    tx.done.catch(() => undefined);
    const after: Own = { id, release, lanes: new Map(lanes) };
    for (const lane of lanes.keys()) {
      if (head.lanes.some((one) => one.id === lane)) continue;
      await tx.objectStore('parts').delete(laneOf(id, lane));
      after.lanes.delete(lane);
    }
    for (const lane of news) {
      after.lanes.set(lane.id, await writeLane(tx, id, lane, lanes.get(lane.id) ?? []));
    }
    if (bytesIn(after) > room) {
      for (const [lane, kept] of after.lanes) {
        after.lanes.set(lane, await thin(tx, id, lane, kept));
      }
    }
    const whole = { ...head, id, version: VERSION, saved: now(), bytes: bytesIn(after) };
    await tx.objectStore('sessions').put(whole, id);
    await tx.done;
    return after;
  };

  return {
    list,
    async take(id) {
      const stored = (await database()).transaction(['sessions', 'parts']);
      const { head, problem } = entryOf(id, await stored.objectStore('sessions').get(id));
      if (!head) throw new Error(problem);
      const release = await claimed(id);
      const parts = (await database()).transaction('parts').store;
      const read = [];
      for (const lane of head.lanes) read.push(await readLane(parts, id, lane));
      own?.release();
      own = { id, release, lanes: new Map(read.map(({ lane, kept }) => [lane.id, kept])) };
      return {
        head,
        lanes: read.map(({ lane }) => lane),
        problems: read.flatMap(({ problem }) => problem ?? []),
      };
    },
    async write(news) {
      const at = own ?? (await begin());
      for (;;) {
        try {
          own = await writeTo(at, news);
          return;
        } catch (error) {
          const [oldest] = isFull(error) ? await outdated(0) : [];
          if (oldest) await remove(oldest.id);
          else if (isFull(error)) throw new Error('The browser has no more room for this page.');
          else throw error;
        }
      }
    },
    leave() {
      own?.release();
      own = null;
      return Promise.resolve();
    },
    async decline(id) {
      const tx = (await database()).transaction('sessions', 'readwrite');
      const { head } = entryOf(id, await tx.store.get(id));
      if (head) await tx.store.put({ ...head, declined: true }, id);
      await tx.done;
    },
    async remove(id) {
      const release = await claimed(id);
      await remove(id).finally(release);
    },
  };
}
