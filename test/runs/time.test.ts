import { afterEach, describe, expect, test } from 'vitest';
import { beyond, unreachable } from '../../src/runs/reach';
import type { Lane } from '../../src/runs/state';
import { fromWhere } from '../../src/views/time/pedigree';
import { recordsOf, stepsOf } from '../support/series';
import { openScope, pause, type Setup } from './openScope';

type Opened = ReturnType<typeof openScope>;
let opened: Opened[] = [];
afterEach(() => {
  for (const { scope } of opened) scope.dispose();
  opened = [];
});

const SETUP = { hash: 'v=1&n_layers=1' };
async function at(step: number, setup: Setup = SETUP) {
  const page = openScope(setup);
  opened.push(page);
  await page.ready();
  await trainTo(page, step);
  return page;
}
async function trainTo(page: Opened, step: number) {
  page.trainTo(step);
  await page.until(
    ({ lanes, playing }) =>
      !playing && lanes.every(({ engine }) => engine.latest?.frame.step === step),
    `training to step ${step}`,
  );
  await page.quiet();
}
const standsAt = (lane: Lane) => lane.engine.latest?.frame.step;
const losses = (lane: Lane) => recordsOf(lane.loss);
const bringing = (page: Opened) =>
  page.state().notices.find(({ action }) => action?.label === 'Bring it back')?.action;

describe('an exact return', () => {
  test('stands where it stood, and makes the same numbers from there', async () => {
    const page = await at(30);
    const before = { a: losses(page.lane('a')), b: losses(page.lane('b')) };
    await page.goTo(20);
    expect(page.state().lanes.map(standsAt)).toEqual([20, 20]);
    expect(losses(page.lane('a'))).toEqual(before.a.slice(0, 21));
    expect(page.lane('a').returning).toBeNull();
    expect(page.texts().join()).not.toContain('other');
    await trainTo(page, 30);
    expect(losses(page.lane('a'))).toEqual(before.a);
    expect(losses(page.lane('b'))).toEqual(before.b);
  });

  test('takes settings back that came later, and makes those again that came before', async () => {
    const page = await at(10);
    page.setValue('lr', 0.5);
    await page.ready();
    await trainTo(page, 45);
    page.setValue('placement', 'sandwich', ['a']);
    page.setValue('lr', 0.25);
    await page.ready();
    await trainTo(page, 50);
    const before = losses(page.lane('a'));
    // Between what was kept, so that the change at step 10 is made anew.
    await page.goTo(7);
    expect(page.lane('a').config.lr).not.toBe(0.5);
    bringing(page)!.run();
    await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 50));
    await page.goTo(47);
    expect(page.lane('a').config).toMatchObject({ lr: 0.25, placement: 'sandwich' });
    await page.goTo(40);
    expect(page.lane('a').config).toMatchObject({ lr: 0.5, placement: 'pre' });
    expect(page.lane('a').events.map(({ step }) => step)).toEqual([10]);
    expect(page.address.hash()).toContain('lr=0.5');
    expect(losses(page.lane('a'))).toEqual(before.slice(0, 41));
    expect(page.texts().join()).not.toContain('other');
  });

  test('of one lane leaves the others, and lanes that never came so far stay', async () => {
    const page = await at(30);
    await page.goTo(12, ['b']);
    expect(page.state().lanes.map(standsAt)).toEqual([30, 12]);
    await page.goTo(20);
    expect(page.state().lanes.map(standsAt)).toEqual([20, 12]);
  });

  test('called off is as if it had not been', async () => {
    const page = await at(60);
    const before = losses(page.lane('a'));
    const going = page.goTo(55);
    await page.until(({ lanes }) => lanes.some(({ returning }) => returning !== null));
    page.cancelReturn();
    await going;
    expect(page.state().lanes.map(standsAt)).toEqual([60, 60]);
    expect(losses(page.lane('a'))).toEqual(before);
    expect(bringing(page)).toBeUndefined();
  });

  test('says where the numbers are not those that were recorded', async () => {
    const page = await at(30);
    page.workers[0]!.behaviour.diverges = { step: 20, site: 'loss', value: 9 };
    await page.goTo(20);
    expect(page.texts().join()).toContain('not those that were recorded');
    expect(page.state().notices.filter(({ about }) => about === 'b')).toEqual([]);
  });
});

describe('checkpoints of a run', () => {
  const first = (page: Opened) => page.state().lanes.map(({ checkpoints }) => checkpoints[0]);
  /** Engines whose every answer, that with a checkpoint too, takes 5 ms. */
  const SLOW = { ...SETUP, engines: [{ delay: 5 }, { delay: 5 }] };

  test('begin at step 0, also right after those of the run before', async () => {
    const page = await at(3, SLOW);
    page.reset();
    await page.until(({ lanes }) => lanes.every(({ loss }) => loss.length === 1));
    await trainTo(page, 4);
    expect(first(page)).toEqual([0, 0]);
    await page.goTo(2);
    expect(page.state().lanes.map(standsAt)).toEqual([2, 2]);
  });

  test('begin at step 0 where training goes on while the run begins anew', async () => {
    const page = await at(3, SLOW);
    for (const begin of [page.reset, () => page.setValue('n_layers', 2)]) {
      page.play();
      await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane)! > 5));
      begin();
      await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 0));
      await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane)! > 2));
      page.pause();
      await page.quiet();
      expect(first(page)).toEqual([0, 0]);
    }
  });

  test('that lead nowhere are said, once, before anything is done', async () => {
    const page = await at(30);
    page.state().lanes.forEach(({ id }) => {
      const kept = page.lane(id);
      expect(unreachable([{ ...kept, checkpoints: [20] }], 5)).toContain(
        'the earliest one is of step 20',
      );
      expect(unreachable([kept], 5)).toBeNull();
    });
    // No room for any.
    const poor = await at(30, { ...SETUP, checkpointLimit: 1 });
    expect(unreachable(beyond(poor.state().lanes, 5), 5)).toContain(
      'No checkpoint of lane A is left',
    );
    const said = () => poor.texts().filter((text) => text.includes('No checkpoint'));
    await poor.goTo(5);
    await poor.goTo(6);
    expect(said()).toEqual(['No checkpoint of lane A is left that leads to step 6.']);
    await poor.fork('b', 5, {});
    await poor.fork('b', 6, {});
    expect(poor.state().lanes.map(standsAt)).toEqual([30, 30]);
    expect(said()).toHaveLength(2);
  });
});

describe('a run that ended', () => {
  test.each<[string, (page: Opened) => void]>([
    ['a reset', (page) => page.reset()],
    ['another shape', (page) => page.setValue('n_layers', 2)],
    ['a lane taken away', (page) => page.removeLane('b')],
    ['a return', (page) => void page.goTo(10)],
    ['another text', (page) => void page.setText({ name: 'mine', content: 'abcabc' })],
  ])('by %s comes back', async (_, end) => {
    const page = await at(30);
    const before = page
      .state()
      .lanes.map(({ id, config, loss }) => ({ id, config, loss: recordsOf(loss) }));
    const { text } = page.state();
    end(page);
    await page.until(() => bringing(page) !== undefined, 'the way back');
    await page.quiet();
    await page.ready();
    bringing(page)!.run();
    await page.until(
      ({ lanes }) => lanes.length === 2 && lanes.every((lane) => standsAt(lane) === 30),
    );
    await page.quiet();
    expect(
      page.state().lanes.map(({ id, config, loss }) => ({ id, config, loss: recordsOf(loss) })),
    ).toEqual(before);
    expect(page.state().text).toEqual(text);
    await trainTo(page, 33);
  });

  test('is set aside once while a slider moves', async () => {
    const page = await at(10);
    for (const layers of [2, 3, 4]) page.setValue('n_layers', layers, undefined, layers === 4);
    await page.ready();
    await page.bringBack();
    await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 10));
    await page.bringBack();
    expect(page.state().lanes.map(standsAt)).toEqual([10, 10]);
  });
});

describe('what was said', () => {
  const says = (page: Opened, part: string) => page.texts().some((text) => text.includes(part));

  test('of a lane behind the others goes once it is brought back', async () => {
    const page = await at(30);
    page.setValue('n_layers', 2, ['b']);
    await page.until(() => says(page, 'This lane begins at step 0'));
    await page.bringBack();
    expect(page.state().lanes.map(standsAt)).toEqual([30, 30]);
    expect(says(page, 'begins at step 0')).toBe(false);
  });

  test('of a fork in a link goes once it is made, or brought back', async () => {
    const page = await at(12, { hash: 'v=1&n_layers=1&b.lr=0.5&b.placement=pre&b.fork=a@10' });
    const offer = 'In this link lane B goes on from step 10';
    expect(says(page, offer)).toBe(true);
    await page.fork('a', 10, { lr: 0.5 }, 'b');
    expect(says(page, offer)).toBe(false);
  });

  test('of settings that were changed under way is said once', async () => {
    const page = await at(3);
    for (const lr of [0.5, 0.25]) {
      page.setValue('lr', lr);
      await page.ready();
      await trainTo(page, standsAt(page.lane('a'))! + 3);
      await page.recordOf('a');
    }
    expect(page.texts().filter((text) => text.includes('Settings were changed'))).toHaveLength(1);
  });

  test('of a new engine goes with its run', async () => {
    const page = await at(30);
    page.workers[1]!.die('out of memory');
    await page.until(() => says(page, 'A new engine has come back'));
    page.reset();
    await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 0));
    await page.quiet();
    expect(says(page, 'A new engine')).toBe(false);
  });
});

describe('a worker that died', () => {
  test('is replaced once by itself, and its lane catches up', async () => {
    const page = await at(30);
    const before = losses(page.lane('b'));
    page.workers[1]!.die('out of memory');
    await page.until(() => page.workers.length === 3 && page.lane('b').engine.status === 'ready');
    await page.quiet();
    expect(losses(page.lane('b'))).toEqual(before);
    // It was restarted by itself: there is no button to speak of.
    expect(page.texts()).toContain(
      'The engine stopped: out of memory. A new engine has come back to step 30.',
    );
    await trainTo(page, 33);
    page.workers[2]!.die('again');
    await page.until(() => page.lane('b').engine.status === 'failed');
    await pause(20);
    expect(page.workers).toHaveLength(3);
    page.restart('b');
    await page.until(() => page.lane('b').engine.status === 'ready');
    expect(standsAt(page.lane('b'))).toBe(33);
  });

  test('in training keeps the others waiting, so that lanes stay in step', async () => {
    const page = await at(30);
    page.play();
    await page.atStep(40);
    page.workers[1]!.die('out of memory');
    await page.until(() => page.workers.length === 3 && page.lane('b').engine.status === 'ready');
    await page.atStep(60);
    page.pause();
    await page.quiet();
    const [a, b] = page.state().lanes.map(standsAt);
    expect(a).toBe(b);
    expect(stepsOf(page.lane('b').loss)).toEqual(stepsOf(page.lane('a').loss));
  });
});

describe('a fork', () => {
  test('is told by the link and the record, and made again from the link', async () => {
    const first = await at(12);
    await first.fork('a', 10, { lr: 0.5 });
    await first.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane) === 12),
    );
    expect(first.link()).toContain('c.fork=a@10');
    expect(JSON.parse(await first.recordOf('c'))).toMatchObject({
      fork: { lane: 'a', step: 10, name: 'pre-LN' },
    });

    const page = openScope({ hash: first.address.hash() });
    opened.push(page);
    await page.ready();
    expect(page.lane('c').fork).toBeNull();
    page
      .state()
      .notices.find(({ action }) => action?.label === 'Train there and fork')!
      .action!.run();
    await page.until(({ lanes, playing }) => !playing && lanes[2]!.fork !== null);
    await page.quiet();
    await trainTo(page, 12);
    expect(losses(page.lane('c'))).toEqual(losses(first.lane('c')));
  });

  test('goes on from a step with a change, and catches up with the others', async () => {
    const page = await at(30);
    await page.fork('a', 20, { lr: 0.5 });
    await page.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane) === 30),
    );
    const [a, c] = [page.lane('a'), page.lane('c')];
    expect(c).toMatchObject({
      fork: { of: 'a', step: 20 },
      events: [{ step: 20, changes: { lr: 0.5 } }],
    });
    expect(losses(c).slice(0, 20)).toEqual(losses(a).slice(0, 20));
    expect(losses(c).slice(21)).not.toEqual(losses(a).slice(21));
    expect(stepsOf(c.loss)).toEqual(stepsOf(a.loss));
    await page.quiet();
    await trainTo(page, 33);
    // A fork of a fork, in the place of another lane, which is kept.
    await page.fork('c', 25, {}, 'b');
    await page.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane) === 33),
    );
    expect(page.lane('b').fork).toMatchObject({ of: 'c', step: 25, before: { of: 'a', step: 20 } });
    expect(losses(page.lane('b'))).toEqual(losses(page.lane('c')));
    expect(bringing(page)).toBeDefined();
    await page.fork('a', 10, { n_layers: 2 });
    expect(page.texts().join()).toContain('start a model anew');
  });

  test.each([0, 30])('of the present, step %i, stands beside it', async (step) => {
    const page = openScope(SETUP);
    opened.push(page);
    await page.ready();
    if (step > 0) await trainTo(page, step);
    await page.fork('a', step, { lr: 0.5 });
    await page.quiet();
    expect(page.state().lanes.map(standsAt)).toEqual([step, step, step]);
    expect(page.lane('c').config.lr).toBe(0.5);
    await trainTo(page, step + 3);
    expect(losses(page.lane('c')).slice(0, step)).toEqual(losses(page.lane('a')).slice(0, step));
    expect(losses(page.lane('c')).at(-1)).not.toEqual(losses(page.lane('a')).at(-1));
  });
});

describe('a fork that has not caught up', () => {
  async function behind() {
    const page = await at(60, { ...SETUP, engines: [{}, {}, { delay: 3 }] });
    await page.fork('a', 20, { lr: 0.5 });
    await page.until(({ lanes }) => standsAt(lanes[2]!)! > 22);
    return page;
  }

  test('goes to step 0 with the others, where all rest', async () => {
    for (let i = 0; i < 5; i++) {
      const page = await behind();
      await pause(3 * i);
      page.reset();
      expect(page.state().playing).toBe(false);
      await page.quiet();
      await page.ready();
      expect(page.state().lanes.map(standsAt)).toEqual([0, 0, 0]);
    }
  });

  test('goes on catching up once it is brought back', async () => {
    const page = await behind();
    page.reset();
    await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 0));
    await page.quiet();
    await page.bringBack();
    await page.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane) === 60),
      'all to be at step 60',
    );
  });
});

describe('the pedigree of a fork', () => {
  const rested = (page: Opened, step: number) =>
    page.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane) === step),
      `all to be at step ${step}`,
    );
  /** C goes on from B at 10, D from C at 20. */
  async function family() {
    const page = await at(30);
    await page.fork('b', 10, { lr: 0.5 });
    await rested(page, 30);
    await page.fork('c', 20, { lr: 0.25 });
    await rested(page, 30);
    await page.quiet();
    return page;
  }
  const said = (page: Opened, id: 'c' | 'd') => fromWhere(page.lane(id), page.state().lanes);
  const recorded = async (page: Opened, id: 'c' | 'd') =>
    JSON.parse(await page.recordOf(id)) as {
      fork?: { lane: string; step: number; name: string };
    };

  test('is of a run, not of the letter of its lane', async () => {
    const page = await family();
    const name = page.lane('d').fork!.name;
    expect(name).not.toBe('');
    expect(page.link()).toMatch(/c\.fork=b@10.*d\.fork=c@20/);
    expect(said(page, 'd')).toBe('lane C');
    page.removeLane('c');
    expect(page.link()).not.toContain('fork');
    expect(page.address.hash()).not.toContain('fork');
    expect(said(page, 'd')).toBe(name);
    // Another lane has the letter now, and comes as far.
    page.addLane();
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    await page.ready();
    page.trainTo(25);
    await page.until(
      ({ lanes, playing }) => !playing && lanes.every((lane) => standsAt(lane)! >= 25),
    );
    await page.quiet();
    expect(page.link()).not.toContain('fork');
    expect(said(page, 'd')).toBe(name);
    expect((await recorded(page, 'd')).fork).toEqual({ lane: 'c', step: 20, name });
  });

  test('of a run brought back is there again', async () => {
    const page = await family();
    page.removeLane('c');
    await page.bringBack();
    await rested(page, 30);
    await page.quiet();
    expect(said(page, 'd')).toBe('lane C');
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(page.link()).toContain('d.fork=c@20');
  });

  test('at a step before the fork is that of its origin', async () => {
    const page = await family();
    await page.goTo(15, ['d']);
    expect(page.lane('d').fork).toMatchObject({ of: 'b', step: 10 });
    await page.goTo(5, ['d']);
    expect(page.lane('d').fork).toBeNull();
    await page.goTo(20, ['c']);
    expect(page.lane('c').fork).toMatchObject({ of: 'b', step: 10 });
  });

  test('leaves the address with the run, without another entry of the history', async () => {
    const page = await family();
    const entries = page.address.entries.length;
    page.reset();
    await page.until(({ lanes }) => lanes.every((lane) => standsAt(lane) === 0));
    await page.quiet();
    expect(page.address.hash()).not.toContain('fork');
    expect(page.address.hash()).toBe(page.link().split('#')[1]);
    expect(page.address.entries).toHaveLength(entries);
    await page.bringBack();
    await rested(page, 30);
    expect(page.address.hash()).toContain('d.fork=c@20');
  });
});
