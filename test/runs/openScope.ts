import { createFrames } from '../../src/lib/frames';
import type { Address, Place } from '../../src/runs/address';
import type { OwnText, Shelf } from '../../src/runs/shelf';
import type { Lane, LaneId, Scope } from '../../src/runs/state';
import type { Reader } from '../../src/runs/recordings/line';
import { readRun } from '../../src/runs/recordings/read';
import { readRunFile } from '../../src/runs/runFile/read';
import { createWriter, type Writer } from '../../src/runs/saving/writer';
import { createScope, type ScopeOptions } from '../../src/runs/store';
import { FakeWorker, type Behaviour } from './fakeEngine';

/** A history in memory. */
export function memoryAddress(hash = '') {
  const entries: Place[] = [{ hash, lanes: null }];
  let at = 0;
  let moved: () => void = () => undefined;
  const go = (by: number) => {
    at += by;
    moved();
  };
  const address: Address = {
    read: () => entries[at]!,
    push(place) {
      entries.splice(++at, Infinity, place);
    },
    replace(place) {
      entries[at] = place;
    },
    onMove(callback) {
      moved = callback;
      return () => (moved = () => undefined);
    },
    withHash: (part) => `https://normscope.test/${part && `#${part}`}`,
  };
  return {
    ...address,
    entries,
    back: () => go(-1),
    forward: () => go(1),
    /** A person edits the address bar. */
    edit(text: string) {
      address.push({ hash: text, lanes: null });
      moved();
    },
    hash: () => entries[at]!.hash,
  };
}

export function memoryShelf(kept: OwnText | null = null) {
  const shelf: Shelf & { kept: OwnText | null } = {
    kept,
    load: () => Promise.resolve(shelf.kept),
    save: (text) => {
      shelf.kept = text;
      return Promise.resolve();
    },
  };
  return shelf;
}

export interface Setup extends Partial<ScopeOptions> {
  hash?: string;
  /** Behaviour of the engines, by the order in which their workers are made. */
  engines?: Partial<Behaviour>[];
}

/** A page's state with stand-in engines, and hands on everything around it. */
export function openScope({ hash = '', engines = [], ...options }: Setup = {}) {
  const address = memoryAddress(hash);
  const shelf = memoryShelf();
  const workers: FakeWorker[] = [];
  /** The lanes after each change, in the order in which the page saw them. */
  const seen: Lane[][] = [];
  const scope = createScope({
    spawn() {
      const worker = new FakeWorker(engines[workers.length]);
      workers.push(worker);
      return worker;
    },
    spawnArchive() {
      throw new Error('No database.');
    },
    spawnInspector() {
      throw new Error('No reader of tensors.');
    },
    spawnTheory() {
      throw new Error('No theory.');
    },
    spawnReader() {
      throw new Error('No reader.');
    },
    spawnWriter() {
      throw new Error('No writer.');
    },
    write() {
      let writer: Writer;
      return {
        begin: (outline) => Promise.resolve(void (writer = createWriter(outline))),
        add: (chunk, lane) => Promise.resolve(writer.add(chunk, lane)),
        finish: () => Promise.resolve(writer.finish()),
        dispose: () => undefined,
      };
    },
    // In this thread: what a worker reads is the same.
    read: ((form, file, { tell, renames }) =>
      form === 'runs' ? readRunFile(file, tell) : readRun(form, file, tell, renames)) as Reader,
    fetchText: () => Promise.resolve('to be or not to be'),
    address,
    shelf,
    app: '0.1.0',
    frames: createFrames((draw) => void setTimeout(draw)),
    ...options,
  });
  scope.subscribe((now, before) => {
    if (now.lanes !== before.lanes) seen.push(now.lanes);
  });

  /** Waits until the state is as wanted. */
  const until = (wanted: (state: Scope) => boolean, what = 'the state that was waited for') =>
    new Promise<Scope>((resolve, reject) => {
      let stop = () => undefined as void;
      const timer = setTimeout(() => {
        stop();
        const lanes = scope.getState().lanes.map(({ id, engine, shown }) => ({
          id,
          status: engine.status,
          step: shown?.frame.step,
          error: engine.error,
        }));
        reject(new Error(`Waited in vain for ${what}: ${JSON.stringify(lanes)}`));
      }, 4000);
      const look = (state: Scope) => {
        if (!wanted(state)) return;
        clearTimeout(timer);
        stop();
        resolve(state);
      };
      stop = scope.subscribe(look);
      look(scope.getState());
    });
  /** Waits until no engine is asked anything any more. */
  const quiet = async () => {
    for (let turns = 0; turns < 5;) {
      await pause();
      turns = workers.every(({ terminated, open }) => terminated || !open) ? turns + 1 : 0;
    }
  };
  /** The record of a lane, as a text. */
  const recordOf = async (id: LaneId) => (await scope.actions.saveRun(id, 'record'))!.blob.text();
  /** Makes so many steps, one by one, each of which is answered before the next. */
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const { step } = lane('a').shown!.frame;
      scope.actions.stepOnce();
      await until(({ lanes }) => lanes.every((l) => (l.shown?.frame.step ?? -1) > step));
      await quiet();
    }
  };
  const lane = (id: LaneId) => scope.getState().lanes.find((l) => l.id === id)!;
  return {
    scope,
    ...scope.actions,
    state: scope.getState,
    lane,
    recordOf,
    steps,
    until,
    quiet,
    /** All lanes show what their settings say. */
    ready: () =>
      until(
        ({ lanes }) =>
          lanes.every(({ engine, shown }) => engine.status === 'ready' && shown !== null),
        'all lanes to be ready',
      ),
    atStep: (step: number) =>
      until(({ lanes }) => lanes.every((l) => (l.shown?.frame.step ?? -1) >= step), `step ${step}`),
    texts: () => scope.getState().notices.map(({ text }) => text),
    address,
    shelf: (options.shelf as typeof shelf | undefined) ?? shelf,
    workers,
    seen,
  };
}

export const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
