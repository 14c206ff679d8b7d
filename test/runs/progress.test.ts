import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Method } from '../../src/protocol/engine';
import type { LaneId } from '../../src/runs/state';
import { openScope, type Setup } from './openScope';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A page whose engines take so long, and what its lanes show of it. */
async function working(engines: NonNullable<Setup['engines']>, hash = 'lanes=1') {
  const page = openScope({ engines, hash });
  await wait(20);
  const shown = (id: LaneId = 'a') => {
    const { progress } = page.lane(id).engine;
    return progress && `${progress.phase} ${progress.done}`;
  };
  return { ...page, shown };
}
const building = (ms: number) => ({ works: new Map([['configure', ms]] as const) });

test('nothing is shown for a second, then how far the lane is, until its curves stand', async () => {
  const works = new Map<Method, number>([
    ['configure', 3000],
    ['probe', 2000],
  ]);
  const { shown, lane, seen, ...page } = await working([{ works }]);
  await wait(900);
  expect(shown()).toBeNull();
  await wait(400);
  expect(shown()).toBe('weights 4');
  await wait(1800);
  // Between one phase and the next it stays.
  expect(shown()).toBe('weights 10');
  await wait(400);
  expect(shown()).toBe('pass 2');
  await wait(3000);
  expect(lane('a')).toMatchObject({ engine: { status: 'ready', progress: null } });
  const told = seen.flatMap(([one]) => one!.engine.progress ?? []);
  expect(new Set(told.map(({ phase }) => phase))).toEqual(new Set(['weights', 'pass']));
  // The first step waits for the code that watches it, which comes when the machine has the time.
  await vi.dynamicImportSettled();
  // A step that is quick again tells nothing, one that is not does.
  works.clear();
  const before = seen.length;
  page.stepOnce();
  await wait(500);
  expect(seen.slice(before).some(([one]) => one!.engine.progress)).toBe(false);
  works.set('step', 4000);
  page.stepOnce();
  await wait(2100);
  expect(shown()).toBe('pass 5');
  await wait(3000);
  expect(shown()).toBeNull();
  page.scope.dispose();
});

test('each lane shows its own, and one that failed none', async () => {
  const { shown, lane, workers, scope } = await working(
    [building(3000), building(6000)],
    'v=1&b.placement=post',
  );
  await wait(2050);
  expect([shown('a'), shown('b')]).toEqual(['weights 6', 'weights 3']);
  workers[0]!.die('Uncaught Error: no memory');
  await wait(10);
  expect(lane('a').engine).toMatchObject({ status: 'failed', progress: null });
  await wait(1500);
  expect([shown('a'), shown('b')]).toEqual([null, 'weights 5']);
  await wait(5000);
  expect(lane('b').engine).toMatchObject({ status: 'ready', progress: null });
  scope.dispose();
});

test.each([500, 1500])(
  'a model that nothing is kept of ends a long build of another, wanted after %i ms',
  async (ms) => {
    const { shown, lane, workers, setValue, scope } = await working([building(60_000)]);
    await wait(ms);
    setValue('n_layers', 3);
    await wait(7000);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
    expect(shown()).toBeNull();
    expect(lane('a')).toMatchObject({
      engine: { status: 'ready' },
      shown: { config: { n_layers: 3 } },
    });
    // Nothing that the first engine still says counts.
    await wait(60_000);
    expect(shown()).toBeNull();
    scope.dispose();
  },
);

test('a change that keeps weights waits for the build, and not for its measurement', async () => {
  const works = new Map([
    ['configure', 2000],
    ['probe', 2000],
  ] as const);
  const { shown, lane, workers, setValue, scope } = await working([{ works }]);
  await wait(1500);
  setValue('placement', 'post');
  await wait(1000);
  expect(shown()).toBeNull();
  await wait(1000);
  expect(shown()).toBe('weights 7');
  await wait(4000);
  expect(lane('a')).toMatchObject({
    engine: { status: 'ready' },
    shown: { config: { placement: 'post' } },
  });
  const methods = workers[0]!.behaviour.calls.map(({ method }) => method);
  expect(methods.filter((method) => method === 'configure' || method === 'probe')).toEqual([
    'configure',
    'configure',
    'probe',
  ]);
  scope.dispose();
});

test('an answer that somebody waits for is not lost to a newer model', async () => {
  const { workers, saveWeights, setValue, scope } = await working([building(3000)]);
  await wait(500);
  const saved = saveWeights('a');
  setValue('n_layers', 3);
  await wait(5000);
  expect((await saved).blob.size).toBeGreaterThan(0);
  expect(workers).toHaveLength(1);
  scope.dispose();
});
