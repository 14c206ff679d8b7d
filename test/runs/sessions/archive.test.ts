import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDB } from 'idb';
import { createArchive, KEPT } from '../../../src/runs/sessions/archive';
import { chunksFrom, segmentsOf } from '../../../src/runs/sessions/chunks';
import type { Archive, LaneNews } from '../../../src/runs/sessions/format';
import { CHANGES, checkpointAt, framesOf, segmentOf } from './frames';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  held.clear();
  clock = 0;
});

/** Sessions that a page has which is open. */
const held = new Set<string>();
let clock = 0;
let names = 0;

interface PageOptions {
  quota?: number;
}
const openPage = ({ quota }: PageOptions = {}) => {
  const mine: string[] = [];
  const archive = createArchive({
    claim(id) {
      if (held.has(id)) return Promise.resolve(null);
      held.add(id);
      mine.push(id);
      return Promise.resolve(() => void held.delete(id));
    },
    isHeld: (id) => Promise.resolve(held.has(id)),
    newId: () => `s${names++}`,
    now: () => clock++,
    quota: () => Promise.resolve(quota),
  });
  return { ...archive, close: () => mine.forEach((id) => held.delete(id)) };
};

const laneNews = (from: number, to: number, more: Partial<LaneNews> = {}): LaneNews => ({
  id: 'a',
  keep: from - 1,
  chunks: chunksFrom(segmentOf(framesOf(0, to)), from, Infinity),
  ...(from === 0 ? { changes: CHANGES, checkpoint: checkpointAt(0) } : {}),
  ...more,
});
const write = (archive: Archive, step: number, ...news: LaneNews[]) =>
  archive.write({ hash: 'v=1', lanes: [{ id: 'a', name: 'pre', step, fork: null }], news });
const framesIn = async (archive: Archive, id: string) =>
  segmentsOf((await archive.take(id)).lanes[0]!.chunks).flatMap(({ frames }) => frames);

describe('the archive of sessions', () => {
  test('gives back what was written, once the page that wrote it is gone', async () => {
    const page = openPage();
    await write(page, 4, laneNews(0, 4));
    await write(page, 9, laneNews(5, 9, { checkpoint: checkpointAt(7) }));
    const next = openPage();
    expect(await next.list()).toEqual([]);
    page.close();
    const [entry] = await next.list();
    const session = await next.take(entry!.id);
    expect(session).toMatchObject({ head: { hash: 'v=1', saved: 1 }, problems: [] });
    expect(session.lanes[0]).toMatchObject({
      step: 9,
      changes: CHANGES,
      checkpoint: checkpointAt(7),
    });
    expect(segmentsOf(session.lanes[0]!.chunks)).toEqual([segmentOf(framesOf(0, 9))]);
    await expect(openPage().take(entry!.id)).rejects.toThrow('It is open in another tab.');
  });

  test('goes on with a session that was taken, from a step where it was cut', async () => {
    const page = openPage();
    await write(page, 9, laneNews(0, 4), laneNews(5, 9));
    page.close();
    const next = openPage();
    const { id } = (await next.list())[0]!;
    await next.take(id);
    await write(next, 8, laneNews(7, 8));
    next.close();
    expect(await framesIn(openPage(), id)).toEqual(framesOf(0, 8));
  });

  test('keeps the last few sessions, and those of open pages', async () => {
    const open = openPage();
    await write(open, 1, laneNews(0, 1));
    for (let i = 0; i < KEPT + 1; i++) {
      const page = openPage();
      await write(page, i + 1, laneNews(0, i + 1));
      page.close();
    }
    const next = openPage();
    const steps = async () => (await next.list()).map(({ head }) => head!.lanes[0]!.step);
    expect(await steps()).toEqual([4, 3, 2]);
    open.close();
    const database = await openDB('normscope sessions');
    const parts = await database.getAllKeys('parts');
    expect(new Set(parts.map((key) => (key as string[])[0])).size).toBe(KEPT + 1);
    await next.remove((await next.list()).at(-1)!.id);
    expect(await steps()).toEqual([4, 3, 2]);
  });

  test('thins the older frames where there is no room, and leaves the last one', async () => {
    const frame = laneNews(0, 0).chunks[0]!;
    const bytes = frame.packed.byteLength + 2 * frame.batches!.inputs.byteLength;
    const page = openPage({ quota: 10 * 7 * bytes });
    for (let at = 0; at < 8; at += 2) await write(page, at + 1, laneNews(at, at + 1));
    page.close();
    const [entry] = await openPage().list();
    expect(entry!.head!.bytes).toBe(5 * bytes);
    expect((await framesIn(openPage(), entry!.id)).map(({ step }) => step)).toEqual([
      0, 2, 4, 6, 7,
    ]);
  });

  test('explains entries that it cannot read, and reads the rest', async () => {
    const page = openPage();
    await write(page, 9, laneNews(0, 4), laneNews(5, 9));
    page.close();
    const database = await openDB('normscope sessions');
    const { id } = (await openPage().list())[0]!;
    await database.put('sessions', { version: 2 }, 'newer');
    await database.put('sessions', 'rubbish', 'older');
    await database.put('parts', { steps: [5], packed: 'gone' }, [id, 'a', 5]);
    expect((await openPage().list()).map(({ problem }) => problem)).toEqual([
      undefined,
      'It is of format 2; this version of Normscope reads format 1.',
      'It is damaged.',
    ]);
    await expect(openPage().take('older')).rejects.toThrow('It is damaged.');
    const { problems, lanes } = await openPage().take(id);
    expect(problems).toEqual(['Of lane A the steps from 5 on are damaged.']);
    expect(segmentsOf(lanes[0]!.chunks)[0]!.frames).toEqual(framesOf(0, 4));
  });

  test('gives up older sessions where the disk is full, then says so', async () => {
    const old = openPage();
    await write(old, 1, laneNews(0, 1));
    old.close();
    const page = openPage();
    await write(page, 1, laneNews(0, 1));
    let isFull = true;
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...args) {
      if (isFull) throw new DOMException('No room.', 'QuotaExceededError');
      return put.apply(this, args);
    };
    try {
      await expect(write(page, 3, laneNews(2, 3))).rejects.toThrow(
        'The browser has no more room for this page.',
      );
      expect(await page.list()).toEqual([]);
      isFull = false;
      await write(page, 3, laneNews(2, 3));
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    page.close();
    const [entry] = await openPage().list();
    expect(await framesIn(openPage(), entry!.id)).toEqual(framesOf(0, 3));
  });
});
