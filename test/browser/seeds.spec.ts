import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { DEPTH_PANELS, openGroup, panel, plot, SMALL, stepBy, stepShown } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const control = (page: Page) => page.getByRole('group', { name: 'Several seeds' });
const bands = (page: Page) =>
  Promise.all(DEPTH_PANELS.map((name) => panel(page, name).locator('.trace.dashed .band').count()));
const none = DEPTH_PANELS.map(() => 0);
const ofBoth = DEPTH_PANELS.map(() => 2);

test('seeds are measured, drawn, told, linked and taken away again by keyboard', async ({
  open,
}) => {
  const page = await open({ query: 'backend=wasm', hash: SMALL });
  await whenIdle(page);
  await stepBy(page, 1);
  await openGroup(page, 'Initialization');
  await page.getByRole('textbox', { name: 'seeds to measure lanes under' }).focus();
  await page.keyboard.type('3');
  await control(page).getByRole('button', { name: 'Measure' }).press('Enter');
  await control(page).getByText('Bands of 3 seeds.').waitFor({ timeout: 60_000 });
  expect(await bands(page)).toEqual(ofBoth);
  // Lanes were left where they stood.
  expect(await stepShown(page)).toBe(1);
  await plot(page, 'activation magnitude').focus();
  await page.keyboard.press('End');
  expect(await plot(page, 'activation magnitude').getAttribute('aria-valuetext')).toMatch(
    /^layer 1, pre-LN, mean of 3 seeds [\d.]+, post-LN, mean of 3 seeds [\d.]+, pre-LN [\d.]+, /,
  );
  await panel(page, 'activation magnitude')
    .getByText(/Over 3 seeds at step 0 they differ/)
    .waitFor();

  expect(page.url()).toContain('seeds=3');
  await page.reload();
  await expect.poll(() => bands(page), { timeout: 60_000 }).toEqual(ofBoth);
  await control(page).getByRole('button', { name: 'Remove' }).press('Enter');
  await expect.poll(() => bands(page)).toEqual(none);
  expect(page.url()).not.toContain('seeds');
});

test('lanes train under several seeds, drawn as one band against depth and steps, by keyboard', async ({
  open,
}) => {
  const page = await open({ query: 'backend=wasm', hash: SMALL });
  await whenIdle(page);
  await stepBy(page, 3);
  await openGroup(page, 'Initialization');
  const training = page.getByRole('group', { name: 'Seeds in training' });
  await page.getByRole('textbox', { name: 'seeds to train lanes under' }).focus();
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  // They begin at step 0, and are soon where the lanes are.
  await panel(page, 'activation magnitude')
    .getByText(/Over 3 seeds at step 3 they differ/)
    .waitFor({ timeout: 60_000 });
  expect(await bands(page)).toEqual(ofBoth);
  await training.getByText('Each lane trains under 3 seeds').waitFor();
  await stepBy(page, 2);
  await panel(page, 'gradient').getByText('at step 5').waitFor();
  const loss = plot(page, 'loss');
  await loss.focus();
  await page.keyboard.press('End');
  expect(await loss.getAttribute('aria-valuetext')).toMatch(
    /^step 5, pre-LN [\d.]+, post-LN [\d.]+, pre-LN, mean of 3 seeds [\d.]+, post-LN, mean of 3 seeds [\d.]+$/,
  );
  // A step of the past has the band that it had.
  await page.keyboard.press('Home');
  await page.getByRole('slider', { name: /^Step on show/ }).focus();
  await page.keyboard.press('Home');
  await panel(page, 'activation magnitude').getByText('Over 3 seeds at step 0').waitFor();
  expect(page.url()).toContain('training_seeds=3');
  await page.getByRole('textbox', { name: 'seeds to train lanes under' }).focus();
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await expect.poll(() => bands(page)).toEqual(none);
});
