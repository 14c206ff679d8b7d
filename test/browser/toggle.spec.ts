import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import {
  curves,
  DEPTH_PANELS,
  lane,
  otherCurves,
  sameShape,
  pause,
  playButton,
  saveRecord,
  SMALL,
  stepShown,
  untilStep,
} from './driver';
import { whenReady } from './page';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const placement = (page: Page, letter: string, name: string) =>
  lane(page, letter).getByRole('radiogroup', { name: 'Placement' }).getByRole('radio', { name });
const isChecked = (page: Page, letter: string, name: string) =>
  placement(page, letter, name).getAttribute('aria-checked');

/** Where the norms of the first lane’s block stand. */
const normPlaces = (page: Page) =>
  page
    .locator('.st-figure')
    .first()
    .locator('.st-norm:not([data-absent])')
    .evaluateAll((marks) => marks.map((mark) => (mark as SVGGElement).style.transform));
const equation = (page: Page) => page.locator('.st-figure').first().locator('math').textContent();
const hashOf = (page: Page) => new URL(page.url()).hash;

test('at step 0 a click moves the norm, its equation, the curves and the address', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const places = await normPlaces(page);
  const before = await Promise.all(DEPTH_PANELS.map((name) => curves(page, name)));
  const said = await equation(page);
  expect(places).toHaveLength(2);

  await placement(page, 'A', 'post-LN').click();
  await expect.poll(() => normPlaces(page)).not.toEqual(places);
  expect(await normPlaces(page)).toHaveLength(2);
  expect(await equation(page)).not.toBe(said);
  for (const [i, name] of DEPTH_PANELS.entries()) {
    const [a, b] = await otherCurves(page, name, before[i]!);
    // Both lanes are post-LN now, from the same weights.
    expect(a).toBe(b);
  }
  expect(hashOf(page)).toContain('placement=post');
  expect(await stepShown(page)).toBe(0);

  await page.goBack();
  await expect.poll(() => isChecked(page, 'A', 'pre-LN')).toBe('true');
  await expect.poll(() => normPlaces(page)).toEqual(places);
  for (const [i, name] of DEPTH_PANELS.entries()) {
    const same = async () => sameShape((await curves(page, name)).join(), before[i]!.join());
    await expect.poll(same).toBe(true);
  }
  expect(hashOf(page)).toBe(`#${SMALL}`);

  await page.goForward();
  await expect.poll(() => isChecked(page, 'A', 'post-LN')).toBe('true');
  await page.reload();
  await whenReady({ page, problems: [] });
  expect(await isChecked(page, 'A', 'post-LN')).toBe('true');
  expect(await isChecked(page, 'B', 'post-LN')).toBe('true');
  const [a, b] = await curves(page, 'gradient');
  expect(a).toBe(b);
});

test('under training the weights stay and the steps go on', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 10);
  await placement(page, 'A', 'post-LN').click();
  const at = await stepShown(page);
  await untilStep(page, at + 5);
  expect(hashOf(page)).toContain('placement=post');
  await page.goBack();
  await expect.poll(() => isChecked(page, 'A', 'pre-LN')).toBe('true');
  await untilStep(page, (await stepShown(page)) + 3);
  // Without a norm the loss would rise, and an alarm bring training to rest.
  await placement(page, 'A', 'sandwich').click();
  await untilStep(page, (await stepShown(page)) + 3);
  await pause(page);

  const models = (await callsOf(page)).filter(({ n_layers }) => n_layers !== undefined);
  expect(models.map(({ kept }) => kept)).toEqual([false, false, true, true, true]);
  const { frames } = await saveRecord(page, 0);
  expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
  const sizes = frames.map(({ param }) => Number(param['blocks.1.mlp.w_in']!.param_rms));
  expect(sizes.every(Number.isFinite)).toBe(true);
  // Weights drift by a step at a time, and never jump back to where they began.
  const moves = sizes.slice(1).map((size, i) => Math.abs(size - sizes[i]!));
  const drift = Math.abs(sizes.at(-1)! - sizes[0]!);
  expect(drift).toBeGreaterThan(0);
  expect(Math.max(...moves)).toBeLessThan(0.005 * sizes[0]!);
});

test('two lanes toggled under training stay in step', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  // Without a norm the loss would rise, and an alarm bring training to rest.
  for (const [letter, name] of [
    ['A', 'sandwich'],
    ['B', 'pre-LN'],
    ['A', 'pre-LN'],
    ['B', 'post-LN'],
  ] as const) {
    await untilStep(page, (await stepShown(page)) + 2);
    await placement(page, letter, name).click();
  }
  await untilStep(page, (await stepShown(page)) + 2);
  await pause(page);
  await whenIdle(page);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  expect(a.frames.map(({ step }) => step)).toEqual(b.frames.map(({ step }) => step));
  expect(a.frames.map(({ tokens }) => tokens)).toEqual(b.frames.map(({ tokens }) => tokens));
});
