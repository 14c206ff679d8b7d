import { afterEach, describe, expect, test } from 'vitest';
import type { LaneId } from '../../src/runs/state';
import { openScope, type Setup } from './openScope';

type Opened = ReturnType<typeof openScope>;
let opened: Opened[] = [];
afterEach(() => {
  for (const { scope } of opened) scope.dispose();
  opened = [];
});

const FAULT = { step: 30, site: 'blocks.0.mlp_add', value: Infinity };
async function open(setup: Partial<Setup> = {}) {
  const page = openScope({
    hash: 'v=1&lanes=1&n_layers=1&lr=0.25',
    engines: [{ diverges: FAULT }],
    ...setup,
  });
  opened.push(page);
  await page.ready();
  return page;
}
const standsAt = (page: Opened, id: LaneId = 'a') => page.lane(id).engine.latest!.frame.step;
async function untilAlarm(page: Opened) {
  page.play();
  await page.until(({ playing, lanes }) => !playing && !!lanes[0]!.trouble, 'an alarm');
  await page.quiet();
}
const at30 = { rule: 'not_finite', step: 30, layer: 0, at: FAULT.site, direction: 'forward' };

describe('an alarm', () => {
  test('brings training to rest right after its step, once', async () => {
    const page = await open();
    await untilAlarm(page);
    expect(standsAt(page)).toBeLessThanOrEqual(31);
    expect(page.lane('a').trouble!.alarm).toMatchObject(at30);
    expect(page.lane('a').trouble!.alarm.sentence).toContain('Step 30: at blocks.0.mlp_add');
    page.dismissTrouble('a');
    page.trainTo(60);
    await page.until(({ playing }) => !playing);
    await page.quiet();
    expect(standsAt(page)).toBe(60);
    expect(page.lane('a')).toMatchObject({ trouble: null, alarms: [at30] });
  });

  test('only marks where that is asked', async () => {
    const page = await open({ alarmsOnlyMark: () => true });
    page.trainTo(40);
    await page.until(({ playing }) => !playing);
    await page.quiet();
    expect(standsAt(page)).toBe(40);
    expect(page.lane('a').trouble!.alarm).toMatchObject(at30);
  });

  test('only marks on the way to the step of a link', async () => {
    const page = await open({ hash: 'v=1&lanes=1&n_layers=1&lr=0.25&view.step=40' });
    const [offer] = page.state().notices;
    offer!.action!.run();
    await page.until(({ playing }) => !playing);
    await page.quiet();
    expect(standsAt(page)).toBe(40);
    expect(page.lane('a').trouble!.alarm).toMatchObject(at30);
  });

  test('goes with its frame: out at a return, back with the run, and in again when it is made again', async () => {
    const page = await open();
    await untilAlarm(page);
    await page.goTo(20);
    expect(page.lane('a')).toMatchObject({ alarms: [], trouble: null });
    await page.bringBack();
    expect(page.lane('a').alarms).toMatchObject([at30]);
    await page.goTo(25);
    await untilAlarm(page);
    expect(page.lane('a').alarms).toMatchObject([at30]);
    page.reset();
    await page.until(({ lanes }) => lanes[0]!.loss.length === 1);
    expect(page.lane('a')).toMatchObject({ alarms: [], trouble: null });
  });

  test('is told with remedies, which pass or fail on forks', async () => {
    // The engine of the second fork has the fault, too.
    const page = await open({ engines: [{ diverges: FAULT }, {}, { diverges: FAULT }] });
    await untilAlarm(page);
    const { remedies } = page.lane('a').trouble!;
    expect(remedies.map(({ id }) => id)).toEqual(expect.arrayContaining(['half_rate', 'clipping']));
    const [half, clip] = ['half_rate', 'clipping'].map((id) => remedies.find((r) => r.id === id)!);
    await page.tryRemedies('a', [half!, clip!]);
    await page.until(({ playing, lanes }) => {
      const trials = lanes[0]!.trouble!.trials;
      return !playing && trials.length === 2 && trials.every(({ outcome }) => outcome !== 'open');
    }, 'both outcomes');
    await page.quiet();
    expect(page.lane('a').trouble!.trials).toMatchObject([
      { lane: 'b', outcome: 'passed', step: 50 },
      { lane: 'c', outcome: 'failed', step: 30 },
    ]);
    expect(page.lane('b').config.lr).toBe(0.125);
    expect(page.lane('b').fork).toMatchObject({ of: 'a', step: 20 });
    expect(['a', 'b', 'c'].map((id) => standsAt(page, id as LaneId))).toEqual([50, 50, 50]);
    expect(page.lane('b').alarms).toEqual([]);
  });

  test('with four lanes takes the place of the one that is named', async () => {
    const page = await open({ hash: 'v=1&lanes=4&n_layers=1&lr=0.25' });
    await untilAlarm(page);
    const half = page.lane('a').trouble!.remedies.find(({ id }) => id === 'half_rate')!;
    await page.tryRemedies('a', [half], 'c');
    await page.until(
      ({ playing, lanes }) => !playing && lanes[0]!.trouble?.trials[0]?.outcome === 'passed',
      'the outcome',
    );
    expect(page.state().lanes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(page.lane('c').fork).toMatchObject({ of: 'a', step: 20 });
    expect(page.lane('c').config.lr).toBe(0.125);
    expect(page.lane('a').trouble!.trials).toMatchObject([{ lane: 'c' }]);
  });
});
