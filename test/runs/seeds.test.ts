import { afterEach, expect, test } from 'vitest';
import { seedsOf } from '../../src/runs/seeds/samples';
import type { LaneId } from '../../src/runs/state';
import { openScope, type Setup } from './openScope';

type Opened = ReturnType<typeof openScope>;
let close: () => void = () => undefined;
afterEach(() => close());

const opened = async (setup?: Setup): Promise<Opened> => {
  const page = openScope(setup);
  close = () => page.scope.dispose();
  await page.ready();
  return page;
};
const counts = ({ state }: Opened) => state().lanes.map((lane) => seedsOf(state(), lane).length);
const measured = (page: Opened, count: number) =>
  page.until(
    ({ seeds }) =>
      seeds.done === null && counts(page).length > 0 && counts(page).every((n) => n === count),
    `${count} seeds`,
  );
const seedsIn = (page: Opened, id: LaneId) =>
  seedsOf(page.state(), page.lane(id)).map(({ config }) => config.seed);
const methods = ({ workers }: Opened, i: number) =>
  workers[i]!.behaviour.calls.map(({ method }) => method);

test('lanes are measured at step 0 under their seed and those that follow, on a worker of their own', async () => {
  const page = await opened({ hash: 'v=1&seed=2147483646' });
  page.stepOnce();
  await page.atStep(1);
  await page.quiet();
  const before = [0, 1].map((i) => methods(page, i).length);
  const engines = page.state().lanes.map(({ engine }) => engine);

  page.measureSeeds(3);
  await measured(page, 3);
  expect(seedsIn(page, 'a')).toEqual([2147483646, 2147483647, 0]);
  const [first] = seedsOf(page.state(), page.lane('b'));
  expect(first!.config.placement).toBe('post');
  expect(first!.frame.step).toBe(0);
  expect([0, 1].map((i) => methods(page, i).length)).toEqual(before);
  expect(page.state().lanes.map(({ engine }) => engine)).toEqual(engines);
  expect(page.workers).toHaveLength(3);
  expect(page.workers[2]!.terminated).toBe(true);
  expect(page.address.hash()).toContain('seeds=3');

  // More of them go on from those that are there.
  page.measureSeeds(4);
  await measured(page, 4);
  expect(methods(page, 3).filter((method) => method === 'probe')).toHaveLength(2);
  page.measureSeeds(0);
  await measured(page, 0);
  expect(page.address.hash()).not.toContain('seeds');
});

test('who opens a link with seeds gets them measured, once the lanes are there', async () => {
  const page = openScope({ hash: 'v=1&seeds=2', engines: [{ delay: 20 }] });
  close = () => page.scope.dispose();
  const early: string[] = [];
  page.scope.subscribe(({ lanes }) => {
    if (page.workers.length < 3) return;
    early.push(...lanes.map(({ engine }) => engine.status).filter((status) => status !== 'ready'));
  });
  await measured(page, 2);
  expect(early).toEqual([]);
});

test('another configuration or text has no seeds before they are asked for; a way back has them', async () => {
  const page = await opened({ hash: 'v=1&seeds=2' });
  await measured(page, 2);
  page.setValue('d_model', 32, ['b']);
  await page.until(({ lanes }) => lanes[1]!.shown?.config.d_model === 32);
  await page.quiet();
  expect(counts(page)).toEqual([2, 0]);
  expect(page.workers).toHaveLength(3);
  page.address.back();
  await page.until(({ lanes }) => lanes[1]!.shown?.config.d_model !== 32);
  expect(counts(page)).toEqual([2, 2]);
  await page.setText({ name: 'mine', content: 'another text' });
  await page.until(({ text }) => text.name === 'mine');
  expect(counts(page)).toEqual([0, 0]);
  await page.ready();
  page.measureSeeds(2);
  await measured(page, 2);
});

test('a lane that changes meanwhile is left out, the other goes on', async () => {
  const page = await opened({ engines: [{}, {}, { delay: 5 }] });
  page.measureSeeds(4);
  await page.until(({ seeds }) => (seeds.done ?? 0) >= 1);
  page.setValue('d_model', 32, ['a']);
  await page.until(({ seeds }) => seeds.done === null);
  expect(counts(page)).toEqual([0, 4]);
});

test('it can be ended, and what was measured stays', async () => {
  const page = await opened({ engines: [{}, {}, { delay: 5 }] });
  page.measureSeeds(32);
  await page.until(({ seeds }) => (seeds.done ?? 0) >= 2);
  page.stopSeeds();
  expect(page.state().seeds).toMatchObject({ done: null, error: null });
  const [a] = counts(page);
  expect(a).toBeGreaterThanOrEqual(2);
  await page.quiet();
  expect(counts(page)[0]).toBe(a);
  expect(page.workers[2]!.terminated).toBe(true);
});

test('a worker that fails says why, and lanes go on', async () => {
  const page = await opened({
    engines: [{}, {}, { fails: new Map([['probe', 'Out of memory.']]) }],
  });
  page.measureSeeds(2);
  await page.until(({ seeds }) => seeds.error === 'Out of memory.');
  expect(page.state().seeds.done).toBeNull();
  expect(page.lane('a').engine.status).toBe('ready');
  page.measureSeeds(2);
  await measured(page, 2);
  expect(page.state().seeds.error).toBeNull();
});
