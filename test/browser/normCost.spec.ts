import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { norms } from '../../src/config/norms';
import { WORKING_NORMS } from '../../src/normCosts/work';
import { pauseButton, playButton, SMALL } from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const section = (page: Page) => page.getByRole('region', { name: 'what a norm costs' });
const button = (page: Page, name: string) =>
  section(page).getByRole('button', { name, exact: true });
const timings = async (page: Page) =>
  (await callsOf(page)).filter(({ method }) => method === 'normCost').length;

test('norms are timed when it is asked for, and the table and the sentence say what they cost', async ({
  open,
}) => {
  const page = await open({ query: 'backend=wasm', hash: SMALL });
  await whenIdle(page);
  expect(await section(page).getByRole('textbox').count()).toBe(0);
  await button(page, 'what a norm costs').press('Enter');
  expect(page.url()).toContain('view.costs=open');
  await button(page, 'Time the norms').waitFor();
  expect(await timings(page)).toBe(0);

  const tokens = section(page).getByRole('textbox', { name: 'tokens to time norms at' });
  await tokens.fill('16');
  await tokens.press('Enter');
  await button(page, 'Time the norms').click();
  await section(page).getByRole('progressbar').waitFor();
  await button(page, 'Time again').waitFor({ timeout: 90_000 });

  const rows = section(page).getByRole('row');
  expect(await rows.count()).toBe(WORKING_NORMS.length + 1);
  const first = await rows.nth(1).getByRole('cell').allInnerTexts();
  expect(first).toHaveLength(9);
  expect(first[0]).toMatch(/^[\d.,]+ [µm]s$/);
  for (const norm of WORKING_NORMS) {
    await section(page).getByRole('rowheader', { name: norms[norm].label }).first().waitFor();
  }
  expect(await section(page).locator('.nc-sentence').innerText()).toMatch(
    /^RMSNorm takes [\d.]+ of LayerNorm’s time here: .* for 16 tokens of 16 features\./,
  );
  await page.reload();
  await button(page, 'Time again').waitFor();
  expect(await rows.nth(1).getByRole('cell').allInnerTexts()).toEqual(first);
  expect(await tokens.inputValue()).toBe('16');
  expect(await timings(page)).toBe(0);

  const plot = section(page).getByRole('slider', { name: /^roofline/ });
  await plot.focus();
  await page.keyboard.press('Home');
  expect(await plot.getAttribute('aria-valuetext')).toMatch(/^LayerNorm: .* of the roof$/);
});

test('it can be ended, and training that rested goes on', async ({ open }) => {
  const page = await open({ query: 'backend=wasm', hash: `${SMALL}&view.costs=open` });
  await whenIdle(page);
  await playButton(page).click();
  await button(page, 'Time the norms').click();
  await playButton(page).waitFor();
  await expect.poll(() => timings(page)).toBeGreaterThan(0);
  await button(page, 'Cancel').click();
  await section(page)
    .getByText(/^Ended (after|before)/)
    .waitFor();
  await pauseButton(page).click();
  await whenIdle(page);
  expect(await timings(page)).toBeLessThan(WORKING_NORMS.length);
});
