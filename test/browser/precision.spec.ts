import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { panel, SMALL } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const options = async (page: Page, name: 'activation magnitude' | 'gradient') => {
  await panel(page, name)
    .getByRole('button', { name: /^Statistic/ })
    .click();
  const found = await page.getByRole('menuitemradio').allInnerTexts();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  return found;
};
const pick = async (page: Page, name: 'activation magnitude' | 'gradient', option: string) => {
  await panel(page, name)
    .getByRole('button', { name: /^Statistic/ })
    .click();
  await page.getByRole('menuitemradio', { name: option, exact: true }).click();
};

test('a lane of low precision has lines where its format ends, and counts what was lost', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&precision=fp16&b.precision=fp8_e4m3` });
  await whenIdle(page);
  const gradient = panel(page, 'gradient');
  expect(await gradient.locator('.limit').count()).toBeGreaterThan(0);
  const limits = await gradient.locator('.limit').allTextContents();
  expect(limits.join()).toMatch(/fp8 e4m3 (normal from|min)/);
  expect(await gradient.locator('figcaption').innerText()).toMatch(/Lines?: .*fp8 e4m3/);

  expect(await options(page, 'activation magnitude')).toContain('underflow');
  expect(await options(page, 'activation magnitude')).not.toContain('gradient underflow');
  await pick(page, 'gradient', 'gradient underflow');
  await expect
    .poll(() => gradient.locator('figcaption').innerText())
    .toMatch(/\d+ numbers became 0 on the way back/);
  expect(await gradient.getByRole('button', { name: 'Site: whole block' }).count()).toBe(1);
  expect(await gradient.locator('.limit').count()).toBe(0);
  await expect
    .poll(() => gradient.locator('.value-lines.count .tick').allTextContents())
    .toContain('0');
  expect(page.url()).toContain('view.gradient=grad_underflow@block');
});

test('in fp32 nothing of it is offered', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await whenIdle(page);
  expect(await options(page, 'activation magnitude')).not.toContain('underflow');
  expect(
    await panel(page, 'gradient')
      .getByRole('button', { name: /^Statistic/ })
      .count(),
  ).toBe(0);
  expect(await page.locator('.limit').count()).toBe(0);
});

test('two modalities are shown at once', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&task=two_modality` });
  await whenIdle(page);
  const magnitude = panel(page, 'activation magnitude');
  await magnitude.getByRole('checkbox', { name: 'each modality' }).check();
  await expect.poll(() => magnitude.locator('.trace').count()).toBe(4);
  const names = await magnitude.locator('.end-label text').allTextContents();
  for (const name of ['pre-LN m0', 'pre-LN m1', 'post-LN m0', 'post-LN m1']) {
    expect(names.join()).toContain(name);
  }
  await expect.poll(() => magnitude.locator('figcaption').innerText()).toMatch(/pre-LN m1/);
  expect(page.url()).toContain('view.magnitude=rms@resid_post/each');
  await magnitude.getByRole('checkbox', { name: 'each modality' }).uncheck();
  await expect.poll(() => magnitude.locator('.trace').count()).toBe(2);
});
