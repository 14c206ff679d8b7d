import { afterEach, expect, test } from 'vitest';
import { DEFAULT_VIEW, engineStep } from '../../src/runs/state';
import { deepest, named } from '../../src/views/panels/lanes';
import { seriesOf } from '../../src/views/panels/series';
import { readShown } from '../../src/views/panels/useDepthPanel';
import { openScope } from './openScope';

let close: () => void = () => undefined;
afterEach(() => close());

const read = readShown((shown) => seriesOf(shown, DEFAULT_VIEW.magnitude));

test('an older step is shown with its values, layers and name, and engines go on', async () => {
  const page = openScope({ hash: 'v=1&n_layers=3&dropout=0.1&lanes=1' });
  close = () => page.scope.dispose();
  await page.ready();
  page.watchEvaluations();
  await page.until(({ lanes }) => lanes[0]!.evaluation !== null);
  const [atStart, evaluation] = [read(page.lane('a'))!, page.lane('a').evaluation!];
  for (const step of [1, 2]) {
    page.stepOnce();
    await page.atStep(step);
    await page.quiet();
  }
  // Under training, so that earlier measurements keep their own configuration.
  page.setValue('placement', 'post');
  await page.ready();

  page.showMoment(0);
  const lane = page.lane('a');
  expect(read(lane)).toEqual(atStart);
  expect(lane.evaluation!.frame).toEqual({ ...evaluation.frame, batch: null });
  expect(lane.evaluation!.training).toBe(lane.shown);
  expect(named([lane])[0]!.name).toBe('pre-LN');
  expect(deepest([lane])).toBe(3);
  expect(engineStep(lane)).toBe(2);
  expect(lane.config.placement).toBe('post');

  page.play();
  await page.until(({ lanes }) => engineStep(lanes[0]!) > 5);
  page.pause();
  await page.quiet();
  expect(page.lane('a').shown).toBe(lane.shown);
  expect(page.lane('a').evaluation).toBe(lane.evaluation);
  expect(read(page.lane('a'))).toEqual(atStart);

  // Nothing was recorded of a step in between: the one before it stands for it.
  page.showMoment(1.5);
  expect(page.lane('a').shown!.frame.step).toBe(1);
  page.moveMoment(Infinity);
  expect(page.state().moment).toBe('live');
  expect(page.lane('a').shown).toBe(page.lane('a').engine.latest);
  expect(named(page.state().lanes)[0]!.name).toBe('post-LN');
});

test('the past is gone through step by step and by itself, and ends where the engines stand', async () => {
  const page = openScope({ hash: 'v=1&n_layers=2&lanes=1' });
  close = () => page.scope.dispose();
  await page.ready();
  page.trainTo(6);
  await page.until(({ playing, lanes }) => !playing && engineStep(lanes[0]!) === 6);
  await page.quiet();
  expect(engineStep(page.lane('a'))).toBe(6);

  const moments = [-1, -3, 10, -10, 1].map((by) => {
    page.moveMoment(by);
    return page.state().moment;
  });
  expect(moments).toEqual([5, 2, 'live', 0, 1]);

  const seen: unknown[] = [];
  page.scope.subscribe(({ moment }) => moment !== seen.at(-1) && seen.push(moment));
  page.setPlaybackSpeed(50);
  page.playBack(1);
  await page.until(({ playback }) => playback.direction === 0);
  expect(seen).toEqual([1, 2, 3, 4, 5, 'live']);
  page.playBack(-1);
  await page.until(({ playback }) => playback.direction === 0);
  expect(page.state().moment).toBe(0);

  // Nothing is left of a run that begins anew.
  page.showMoment(3);
  page.reset();
  await page.until(({ lanes, moment }) => moment === 'live' && engineStep(lanes[0]!) === 0);
});

test('a link to a step offers to train there, and is given with the settings of that step', async () => {
  const page = openScope({ hash: 'v=1&n_layers=2&lanes=1&view.step=3' });
  close = () => page.scope.dispose();
  await page.ready();
  const [offer] = page.state().notices;
  expect(offer!.text).toContain('step 3');
  offer!.action!.run();
  await page.until(({ playing, lanes }) => !playing && engineStep(lanes[0]!) === 3);
  await page.quiet();
  expect(page.state().notices).toEqual([]);

  page.setValue('lr', 0.5);
  await page.ready();
  page.showMoment(2);
  expect(page.link()).not.toContain('step');
  expect(page.link()).toContain('lr=0.5');
  expect(page.link(true)).toMatch(/view\.step=2$/);
  expect(page.link(true)).not.toContain('lr');
});

test('a lane without a frame of the step shows none', async () => {
  const page = openScope({ hash: 'v=1&n_layers=2&lanes=1' });
  close = () => page.scope.dispose();
  await page.ready();
  page.trainTo(4);
  await page.until(({ playing, lanes }) => !playing && engineStep(lanes[0]!) === 4);
  page.showMoment(2);
  page.addLane();
  await page.until(({ lanes }) => lanes.every(({ engine }) => engine.status === 'ready'));
  expect(page.state().lanes.map(({ shown }) => shown?.frame.step)).toEqual([2, undefined]);
});
