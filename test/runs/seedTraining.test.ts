import { afterEach, expect, test } from 'vitest';
import { lastOf } from '../../src/lib/timeSeries';
import { createStepBand } from '../../src/views/panels/stepBands';
import type { LaneId, Scope } from '../../src/runs/state';
import { openScope, pause, type Setup } from './openScope';

let close = () => {};
afterEach(() => close());

async function opened(setup: Setup = {}) {
  const page = openScope(setup);
  close = () => page.scope.dispose();
  await page.ready();
  await page.quiet();
  return page;
}
type Opened = Awaited<ReturnType<typeof opened>>;

const runOf = ({ seedRuns }: Scope, id: LaneId) => seedRuns.lanes[id];
/** Every lane has so many seeds, measured where it is shown. */
const level = (page: Opened, count: number) =>
  page.until(
    (state) =>
      state.lanes.every(({ id, shown }) => {
        const run = runOf(state, id);
        return (
          run?.measured.length === count &&
          run.measured.every(({ frame }) => frame.step === shown?.frame.step)
        );
      }),
    `${count} seeds level with their lanes`,
  );
const numbersOf = (page: Opened, id: LaneId) =>
  runOf(page.state(), id)!.measured.map(({ frame }) => [...frame.site.rms]);
const changesOf = (page: Opened, i: number) =>
  page.workers[i]!.behaviour.calls.filter(({ method }) => method === 'configure').map(
    ({ args }) => (args[0] as { config: { seed: number; lr: number } }).config,
  );
test('lanes train under the seeds that follow their own, which do what they did', async () => {
  const page = await opened({ hash: 'v=1&lanes=1&seed=5' });
  await page.steps(3);
  page.setView({ training_seeds: 3 });
  await level(page, 3);
  const { measured } = runOf(page.state(), 'a')!;
  expect(measured.map(({ config }) => config.seed)).toEqual([5, 6, 7]);
  expect(measured[0]).toBe(page.lane('a').shown);

  // A setting changed under way reaches them at the same step.
  page.setValue('lr', 0.01);
  await page.quiet();
  await page.steps(2);
  await level(page, 3);
  expect(runOf(page.state(), 'a')!.measured[0]!.frame.step).toBe(5);
  expect(changesOf(page, 1).map(({ seed, lr }) => [seed, lr])).toEqual([
    [6, 0.001],
    [6, 0.01],
  ]);
  expect(runOf(page.state(), 'a')!.losses.map((loss) => lastOf(loss)!.step)).toEqual([5, 5, 5]);
  expect(page.address.hash()).toContain('training_seeds=3');

  // The same numbers as a lane has that is trained under that seed.
  const numbers = numbersOf(page, 'a')[2];
  close();
  const alone = await opened({ hash: 'v=1&lanes=1&seed=7' });
  await alone.steps(3);
  alone.setValue('lr', 0.01);
  await alone.quiet();
  await alone.steps(2);
  expect([...alone.lane('a').shown!.frame.site.rms]).toEqual(numbers);
});

test('they go back with their lane, follow forks, and are shown at steps of the past', async () => {
  const page = await opened({ hash: 'v=1&lanes=1&training_seeds=2' });
  await level(page, 2);
  await page.steps(4);
  await level(page, 2);
  const there = numbersOf(page, 'a');
  await page.steps(4);
  page.showMoment(4);
  await level(page, 2);
  expect(numbersOf(page, 'a')).toEqual(there);
  page.showMoment('live');

  await page.goTo(4);
  await page.quiet();
  await level(page, 2);
  expect(page.lane('a').shown!.frame.step).toBe(4);
  expect(numbersOf(page, 'a')).toEqual(there);
  await page.fork('a', 2, { placement: 'post' });
  await page.until(({ lanes }) => lanes[1]?.shown?.frame.step === 4);
  await level(page, 2);
  const [first, second] = runOf(page.state(), 'b')!.measured;
  expect(second!.config).toEqual({ ...first!.config, seed: first!.config.seed + 1 });
});

test('a lane takes no step before its seeds are where it is, and says how far they are', async () => {
  const page = await opened({ hash: 'v=1&lanes=1', engines: [{}, { delay: 4 }] });
  await page.steps(10);
  const steps: number[] = [];
  page.scope.subscribe(({ seedRuns, lanes }) => {
    if (seedRuns.progress) steps.push(lanes[0]!.shown!.frame.step);
  });
  page.setView({ training_seeds: 2 });
  page.play();
  await page.until(({ seedRuns }) => (seedRuns.progress?.done ?? 0) > 2);
  expect(page.state().seedRuns.progress!.of).toBe(10);
  await page.until(({ seedRuns }) => seedRuns.progress === null && !!seedRuns.lanes.a);
  page.pause();
  expect(new Set(steps)).toEqual(new Set([10]));
});

test('stopped on the way, no seed is left and training goes on', async () => {
  const page = await opened({ hash: 'v=1&lanes=1', engines: [{}, { delay: 20 }] });
  await page.steps(6);
  page.setView({ training_seeds: 2 });
  page.play();
  await page.until(({ seedRuns }) => (seedRuns.progress?.done ?? 0) > 1);
  page.setView({ training_seeds: 1 });
  expect(page.state().seedRuns).toMatchObject({ lanes: {}, progress: null });
  expect(page.workers[1]!.terminated).toBe(true);
  await page.atStep(9);
  page.pause();
});

test('a seed that fails says so, is not waited for, and begins anew when asked to', async () => {
  const page = await opened({
    hash: 'v=1&lanes=1',
    engines: [{}, { fails: new Map([['step', 'Out of memory.']]) }],
  });
  page.setView({ training_seeds: 2 });
  await page.until(({ seedRuns }) => !!seedRuns.lanes.a);
  await page.steps(2);
  expect(page.state().seedRuns.error).toBe('Lane A under seed 1: Out of memory.');
  expect(page.lane('a').shown!.frame.step).toBe(2);
  page.retrySeeds();
  await level(page, 2);
  expect(page.state().seedRuns.error).toBeNull();
});

test('weights of a file belong to no seed: their lane has one', async () => {
  const page = await opened({ hash: 'v=1&lanes=1&training_seeds=2' });
  await level(page, 2);
  const { blob } = await page.saveWeights('a');
  await page.loadWeights('a', new File([blob], 'mine.safetensors'));
  await page.until(({ seedRuns }) => seedRuns.alone.includes('a'));
  await page.steps(2);
  expect(runOf(page.state(), 'a')).toBeUndefined();
  expect(page.lane('a').shown!.frame.step).toBe(2);
});

test('a band goes on with what is new, and begins anew with another run', async () => {
  const page = await opened({ hash: 'v=1&lanes=1&training_seeds=3' });
  await level(page, 3);
  const bandOf = createStepBand(false);
  const losses = () => runOf(page.state(), 'a')!.losses;
  const check = () => {
    const { low, mean, high } = bandOf(losses());
    expect(mean.length).toBe(losses()[0]!.length);
    for (let i = 0; i < mean.length; i++) {
      const values = losses().map(({ records }) => records[i]!.value);
      const average = values.reduce((sum, value) => sum + value, 0) / 3;
      expect(mean.records[i]!.value).toBeCloseTo(average, 6);
      expect(low.records[i]!.value).toBeGreaterThanOrEqual(Math.min(...values));
      expect(high.records[i]!.value).toBeLessThanOrEqual(Math.max(...values));
    }
  };
  check();
  for (const steps of [1, 3]) {
    await page.steps(steps);
    await level(page, 3);
    check();
  }
  page.reset();
  await pause();
  await page.quiet();
  await level(page, 3);
  expect(losses()[0]!.length).toBe(1);
  check();
});

test('lanes are compared seed by seed: one that failed in a lane is left out of the others', async () => {
  const page = await opened({
    hash: 'v=1',
    // The third and fourth workers are of lane A's further seeds.
    engines: [{}, {}, { fails: new Map([['step', 'Out of memory.']]) }],
  });
  page.setView({ training_seeds: 3 });
  await page.until(({ seedRuns }) => !!seedRuns.lanes.a && !!seedRuns.lanes.b);
  await page.steps(3);
  await level(page, 2);
  const seedsIn = (id: LaneId) =>
    runOf(page.state(), id)!.measured.map(({ config }) => config.seed);
  expect(seedsIn('a')).toEqual([0, 2]);
  expect(seedsIn('b')).toEqual([0, 2]);
});

test('a fork that is called off on its way holds up no training', async () => {
  const page = await opened({ hash: 'v=1&lanes=1&training_seeds=2' });
  await level(page, 2);
  await page.steps(60);
  const fork = page.fork('a', 50, { lr: 0.5 });
  await page.until(({ lanes }) => lanes.some(({ returning }) => returning !== null));
  page.cancelReturn();
  await fork;
  await page.quiet();
  expect(page.state().lanes.map(({ id }) => id)).toEqual(['a']);
  const { step } = page.lane('a').shown!.frame;
  page.stepOnce();
  await page.atStep(step + 1);
});
