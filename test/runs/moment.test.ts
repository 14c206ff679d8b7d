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
  page.showMoment('live');
  expect(page.lane('a').shown).toBe(page.lane('a').engine.latest);
  expect(named(page.state().lanes)[0]!.name).toBe('post-LN');
});
