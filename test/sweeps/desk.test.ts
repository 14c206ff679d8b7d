import 'fake-indexeddb/auto';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import type { WorkerLike } from '../../src/runs/client';
import type { ScopeStore } from '../../src/runs/state';
import { about, durations, endsOf } from '../../src/sweeps/desk/cost';
import { createSweepDesk, workersFor, type SweepDesk } from '../../src/sweeps/desk/desk';
import { isDone, isUnfinished } from '../../src/sweeps/desk/held';
import { createShelf } from '../../src/sweeps/desk/shelf';
import { csvOf, parquetOf, tableOf } from '../../src/sweeps/desk/table';
import type { Errand } from '../../src/sweeps/errands';
import { readDraft, writeDraft } from '../../src/sweeps/link';
import { readSweep, runKey, type Sweep, type SweepRun } from '../../src/sweeps/sweep';

const sweepOf = (grid: string[], seeds = 1): Sweep => {
  const read = readSweep({ grid, seeds, steps: 5, result: 'loss@last' }, DEFAULTS);
  if ('problems' in read) throw new Error(read.problems.join());
  return read.sweep;
};
const SWEEP = sweepOf(['lr=1e-4..1e-1:4log', 'n_layers=2|4'], 2);

/** Answers of workers that make no models: a run gives its learning rate, and the test says when. */
function fakeWorkers(noDevice?: string) {
  const waiting: { key: string; answer(): void; fail(error: string): void; die(): void }[] = [];
  const resting = new Set<WorkerLike>();
  let count = 0;
  const spawn = (): WorkerLike => {
    count++;
    let tell: (event: Event) => void = () => {};
    let die: (event: Event) => void = () => {};
    const reply = (data: unknown) => tell({ data } as MessageEvent);
    const worker: WorkerLike = {
      addEventListener(type, listener) {
        if (type === 'message') tell = listener;
        if (type === 'error') die = listener;
      },
      postMessage(message) {
        const { id, method, args } = message as Errand;
        if (method === 'rest') {
          if (args[0]) resting.add(worker);
          else resting.delete(worker);
          return reply({ id });
        }
        if (method === 'open' && noDevice) return reply({ id, error: noDevice });
        if (method === 'open') return reply({ id, value: { backend: 'wasm', build: 'relaxed' } });
        const { run } = args[0] as { run: SweepRun };
        if (method === 'time')
          return reply({ id, value: { begin: 10, step: run.config.n_layers } });
        const { cell, seed, config } = run;
        const value = { cell, seed, config, result: config.lr, alarm: null, time: 1 };
        waiting.push({
          key: runKey(run),
          answer: () => reply({ id, value }),
          fail: (error) => reply({ id, error }),
          die: () => die({ message: 'out of memory', preventDefault() {} } as unknown as Event),
        });
      },
      terminate: () => resting.delete(worker),
    };
    return worker;
  };
  return { spawn, waiting, resting, started: () => count };
}

const open: SweepDesk[] = [];
afterEach(() => {
  open.splice(0).forEach((desk) => desk.dispose());
});

function makeDesk(noDevice?: string) {
  const workers = fakeWorkers(noDevice);
  const said: string[] = [];
  let playing = false;
  const listeners = new Set<(scope: { playing: boolean }) => void>();
  const scope = {
    getState: () => ({ playing, lanes: [], view: { sweep: null } }),
    subscribe: (listener: (scope: { playing: boolean }) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    actions: { notify: ({ text }: { text: string }) => said.push(text), textFor: () => '' },
  } as unknown as ScopeStore;
  const desk = createSweepDesk({
    ...{ scope, shelf: createShelf(), processors: 2, app: '0.1.0' },
    spawn: workers.spawn,
    interval: 0,
  });
  open.push(desk);
  const play = (isPlaying: boolean) => {
    playing = isPlaying;
    listeners.forEach((listener) => listener({ playing }));
  };
  return { desk, ...workers, said, play };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
const heldIn = (desk: SweepDesk) => desk.store.getState().all[0]!;

describe('a sweep on the page', () => {
  test('makes every run once, as many at a time as there are workers, and is kept', async () => {
    const { desk, waiting, said } = makeDesk();
    await desk.loaded;
    expect(desk.start(SWEEP)).toBe(null);
    const keys: string[] = [];
    for (let i = 0; i < 16; i++) {
      await turn();
      expect(waiting.length).toBe(Math.min(2, 16 - i));
      const next = waiting.shift()!;
      keys.push(next.key);
      next.answer();
    }
    await turn();
    expect(new Set(keys).size).toBe(16);
    expect(isDone(heldIn(desk))).toBe(true);
    expect(desk.store.getState().going).toBe(null);
    expect(said).toEqual(['The sweep is done: 16 runs.']);

    const { desk: later } = makeDesk();
    await later.loaded;
    expect(later.fileOf(heldIn(later))).toEqual(desk.fileOf(heldIn(desk)));
    later.remove(heldIn(later).id);
    await turn();
    const { desk: last } = makeDesk();
    await last.loaded;
    expect(last.store.getState().all).toEqual([]);
  });

  test('goes on where it stood, pauses, gives way to lanes, and is opened from its file', async () => {
    const { desk, waiting, resting, play, started } = makeDesk();
    await desk.loaded;
    desk.start(SWEEP);
    await turn();
    waiting.shift()!.answer();
    await turn();
    desk.pause(true);
    expect(resting.size).toBe(2);
    waiting.splice(0).forEach(({ answer }) => answer());
    await turn();
    expect(waiting).toEqual([]);
    play(true);
    desk.pause(false);
    await turn();
    expect([resting.size, waiting.length]).toEqual([2, 0]);
    play(false);
    await turn();
    expect([resting.size, waiting.length]).toEqual([0, 2]);
    waiting.shift()!.answer();
    await turn();
    desk.stop();
    const { made, sweep } = heldIn(desk);
    expect(made.size).toBe(4);
    expect(desk.store.getState().going).toBe(null);
    const file = desk.fileOf(heldIn(desk));

    waiting.splice(0);
    desk.start(sweep);
    await turn();
    expect(started()).toBe(4);
    for (const { key } of waiting) expect(made.has(key)).toBe(false);
    desk.stop();
    desk.remove(heldIn(desk).id);
    expect(await desk.open(file.content)).toBe(null);
    expect([...heldIn(desk).made]).toEqual([...made]);
    expect(await desk.open('{}\n')).toMatch(/^Line 1 is not of the format/);
    expect(desk.store.getState().draft?.typed).toEqual(SWEEP.typed);
    desk.remove(heldIn(desk).id);
    await turn();
  });

  test('a run that cannot be made is told with its reason, is kept so, and is tried again when asked', async () => {
    const { desk, waiting, started, said } = makeDesk();
    await desk.loaded;
    desk.start(SWEEP);
    await turn();
    const first = waiting.shift()!;
    first.die();
    await turn();
    // A worker may die of what others do: its run is begun once more.
    expect(started()).toBe(3);
    const again = waiting.findIndex(({ key }) => key === first.key);
    const second = waiting.splice(again, 1)[0]!;
    second.die();
    await turn();
    const other = waiting.shift()!;
    other.fail('This configuration has no rms.');
    await turn();
    expect(desk.store.getState().going).not.toBe(null);
    for (let i = 0; i < 14; i++) {
      await turn();
      waiting.shift()!.answer();
    }
    await turn();
    const reasons = { [first.key]: 'out of memory', [other.key]: 'This configuration has no rms.' };
    expect(heldIn(desk)).toMatchObject({ failed: reasons, error: null });
    expect(heldIn(desk).made.size).toBe(14);
    expect(desk.store.getState().going).toBe(null);
    expect(said).toEqual(['The sweep is done: 16 runs, of which 2 could not be made.']);
    expect(isUnfinished(heldIn(desk))).toBe(false);

    const later = makeDesk();
    await later.desk.loaded;
    expect(heldIn(later.desk).failed).toEqual(reasons);
    later.desk.start(SWEEP);
    await turn();
    expect(heldIn(later.desk).failed).toEqual({});
    await vi.waitFor(() =>
      expect(later.waiting.map(({ key }) => key).sort()).toEqual(Object.keys(reasons).sort()),
    );
    later.waiting.splice(0).forEach(({ answer }) => answer());
    await turn();
    expect(isDone(heldIn(later.desk))).toBe(true);
    later.desk.remove(heldIn(later.desk).id);
    await turn();
  });

  test('stops with what was wrong where there is no device', async () => {
    const { desk, waiting } = makeDesk('No backend starts here.');
    await desk.loaded;
    desk.start(SWEEP);
    await turn();
    expect(heldIn(desk)).toMatchObject({ error: 'No backend starts here.', failed: {} });
    expect(desk.store.getState().going).toBe(null);
    expect(waiting).toEqual([]);
    desk.remove(heldIn(desk).id);
    await turn();
  });

  test('is estimated from its lightest and its heaviest run', async () => {
    const { desk } = makeDesk();
    await desk.loaded;
    expect(endsOf(SWEEP).map(({ config }) => config.n_layers)).toEqual([2, 4]);
    await desk.estimate(SWEEP);
    // 10 ms and four more steps, of 2 ms or 4: 8 runs each, on two workers.
    expect(desk.store.getState().estimate).toMatchObject({
      ms: (8 * 18 + 8 * 26) / 2,
      error: null,
    });
    const alike = sweepOf(['lr=1|2']);
    const own = durations(alike, [[endsOf(alike)[0]!, { begin: 1, step: 2 }]]);
    expect(own({ config: DEFAULTS })).toBe(9);
    expect([100, 45e3, 200e3, 6e6, 4e7].map(about)).toEqual([
      ...['about a second', 'about 45 s', 'about 3 min', 'about 1.7 h', 'about 11 h'],
    ]);
    expect([1, 2, 4, 64].map(workersFor)).toEqual([1, 2, 3, 16]);
  });
});

test('a link names a sweep by a lane, or by its settings where no lane has them', () => {
  const lanes = [
    { id: 'a' as const, config: DEFAULTS },
    { id: 'b' as const, config: { ...DEFAULTS, d_model: 32 } },
  ];
  const { typed } = SWEEP;
  for (const base of [DEFAULTS, lanes[1]!.config, { ...DEFAULTS, d_model: 16, n_heads: 2 }]) {
    const text = writeDraft({ typed, base }, lanes);
    expect(readDraft(text, lanes)).toEqual({ typed, base });
  }
  expect(writeDraft({ typed, base: DEFAULTS }, lanes)).toBe(
    'lr=1e-4..1e-1:4log~n_layers=2|4~loss@last~2x5~a',
  );
  expect(readDraft('lr=1', lanes)).toBe(null);
});

test('a table has a row for each run, as CSV and as Parquet', async () => {
  const alarm = { rule: 'loss', step: 3, at: 'loss', layer: null, direction: 'forward' } as const;
  const maker = { backend: 'wasm', app: '0.1.0' };
  const sweep = sweepOf(['placement=pre|post']);
  const runs = [
    { cell: [0], seed: 0, config: DEFAULTS, result: 0.1, alarm: null, time: 1.5, maker },
    {
      cell: [1],
      seed: 0,
      config: { ...DEFAULTS, placement: 'post' as const },
      result: NaN,
      alarm,
      time: 2,
      maker,
    },
  ];
  const table = tableOf({ sweep, made: new Map(runs.map((run) => [runKey(run), run])) });
  expect(csvOf(table)).toBe(
    [
      'placement,seed,result,alarm_step,alarm_rule,alarm_at,alarm_layer,alarm_direction,seconds',
      'pre,0,0.1,,,,,,1.5',
      'post,0,NaN,3,loss,loss,,forward,2',
      '',
    ].join('\n'),
  );
  const [first, second] = await parquetReadObjects({ file: parquetOf(table, '{}') });
  expect(first).toMatchObject({ placement: 'pre', result: 0.1, alarm_step: null, seconds: 1.5 });
  expect(second).toMatchObject({
    placement: 'post',
    result: NaN,
    alarm_step: 3,
    alarm_rule: 'loss',
  });
});
