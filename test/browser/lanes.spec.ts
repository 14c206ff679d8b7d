import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import {
  curves,
  lane,
  notice,
  pause,
  playButton,
  sameShape,
  saveRecord,
  SMALL,
  stepShown,
  untilStep,
} from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const laneCount = (page: Page) => page.getByRole('region', { name: /^Lane [A-D]:/ }).count();
const addLane = (page: Page) => page.getByRole('button', { name: 'Add a lane' });

test('lanes come and go under training, and undo brings them back', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 3);
  await addLane(page).click();
  await notice(page, /This lane begins at step 0; the others stand at step \d+/);
  await addLane(page).click();
  await expect.poll(() => curves(page, 'gradient')).toHaveLength(4);
  expect(await addLane(page).count()).toBe(0);
  const at = await stepShown(page);

  await page.getByRole('button', { name: /^Remove lane A/ }).click();
  await page.getByRole('button', { name: /^Remove lane C/ }).click();
  expect(await laneCount(page)).toBe(2);
  await expect.poll(() => curves(page, 'gradient')).toHaveLength(2);
  await untilStep(page, at + 3);
  expect(await lane(page, 'B').count()).toBe(1);
  expect(await lane(page, 'D').count()).toBe(1);

  await page.goBack();
  await page.goBack();
  await expect.poll(() => laneCount(page)).toBe(4);
  await expect.poll(() => curves(page, 'gradient')).toHaveLength(4);
  await untilStep(page, (await stepShown(page)) + 2);
  await pause(page);
  // Lane B went on through all of it.
  const { frames } = await saveRecord(page, 1);
  expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
  expect(frames.length).toBeGreaterThan(at + 3);
});

test('the speed asked for is kept', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.getByRole('button', { name: /^Speed/ }).click();
  await page.getByRole('menuitemradio', { name: '2/s' }).click();
  await playButton(page).click();
  await untilStep(page, 4);
  await pause(page);
  const asked = (await callsOf(page))
    .filter(({ worker, method }) => worker === 0 && method === 'step')
    .map(({ asked }) => asked);
  const gaps = asked.slice(1).map((at, i) => at - asked[i]!);
  expect(gaps.length).toBeGreaterThanOrEqual(3);
  // A tick that came late lets one follow early; over all of them the pace holds.
  expect(asked.at(-1)! - asked[0]!).toBeGreaterThan(450 * gaps.length);
});

test('another backend under training starts all lanes anew, and they go on', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 5);
  await page.locator('.hd-badge').click();
  await page.getByRole('radio', { name: /^JavaScript/ }).click();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.hd-badge').innerText()).toMatch(/^JavaScript/);
  const newSteps = async (worker: number) =>
    (await callsOf(page)).filter((call) => call.worker === worker && call.step !== undefined)
      .length;
  for (const worker of [2, 3]) await expect.poll(() => newSteps(worker)).toBeGreaterThan(4);
  await pause(page);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  for (const { backend, frames } of [a, b]) {
    expect(backend).toBe('cpu');
    expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
  }
  expect(a.frames.length).toBe(b.frames.length);
});

test('going back to step 0 under training goes on from there', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 8);
  await page.getByRole('button', { name: 'Back to step 0' }).click();
  await expect
    .poll(async () => (await callsOf(page)).filter(({ method }) => method === 'reset').length)
    .toBe(2);
  await untilStep(page, 4);
  await pause(page);
  await whenIdle(page);
  const { frames } = await saveRecord(page);
  expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
  const resets = (await callsOf(page)).filter(({ method }) => method === 'reset');
  expect(resets).toHaveLength(2);
});

test('the link that is shared opens the same page', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await lane(page, 'A').getByRole('radio', { name: 'RMSNorm' }).click();
  await addLane(page).click();
  await page.getByRole('button', { name: 'Statistic: entropy' }).click();
  await page.getByRole('menuitemradio', { name: /^first-token share/i }).click();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.keyboard.press('Escape');
  await whenIdle(page);

  const other = await open({ hash: new URL(link).hash.slice(1) });
  await whenIdle(other);
  expect(await laneCount(other)).toBe(3);
  for (const name of ['activation magnitude', 'gradient', 'attention'] as const) {
    const [shared, opened] = [await curves(page, name), await curves(other, name)];
    // An axis that has shown other values may end elsewhere than one that is new.
    expect(opened).toHaveLength(shared.length);
    expect(opened.map((curve, i) => sameShape(curve, shared[i]!))).not.toContain(false);
  }
  expect(await other.getByRole('button', { name: 'Statistic: first-token share' }).count()).toBe(1);
});
