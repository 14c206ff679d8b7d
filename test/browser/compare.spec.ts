import { expect } from 'vitest';

import { curves, panel, saveRecord, SMALL, stepBy } from './driver';
import { test } from './test';

test('lanes are compared: a ratio, traces, the waterfall, a pinned moment, side by side', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 2);

  // The baseline over itself is 1 everywhere: a level line. The link says so.
  await page.getByRole('button', { name: 'Values or ratio: values' }).first().click();
  await page.getByRole('menuitemradio', { name: /ratio to pre-LN/ }).click();
  await expect.poll(() => page.url()).toContain('view.baseline=a');
  const [base] = await curves(page, 'activation magnitude');
  expect(new Set([...base!.matchAll(/,([\d.]+)/g)].map(([, y]) => y)).size).toBe(1);
  await page
    .getByRole('button', { name: /^Values or ratio: ÷/ })
    .first()
    .click();
  await page.getByRole('menuitemradio', { name: /^values/ }).click();

  // Arrow keys go from tab to tab, and the focus stays on them.
  await page.getByRole('tab', { name: 'loss' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('figure', { name: 'traces' }).waitFor();
  await page.keyboard.press('ArrowRight');
  const waterfall = page.getByRole('figure', { name: 'waterfall' });
  await waterfall.waitFor();
  await expect.poll(() => page.url()).toContain('view.lower=waterfall');
  expect(
    await page
      .getByRole('tab', { name: 'waterfall' })
      .evaluate((tab) => tab === document.activeElement),
  ).toBe(true);

  // A cell says what the record has, and a click goes to its step and marks its layer.
  const slider = waterfall.getByRole('slider');
  const ground = (await waterfall.locator('[data-ground]').boundingBox())!;
  const column = ground.width / 4;
  await page.mouse.move(ground.x + 1.5 * column, ground.y + 3);
  const record = await saveRecord(page);
  await page.mouse.move(ground.x + 1.5 * column, ground.y + 2);
  const at = record.sites.indexOf('blocks.0.resid_post');
  const wanted = Number(record.frames[0]!.site.rms![at]).toPrecision(3);
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain(`pre-LN ${wanted}`);
  await page.mouse.click(ground.x + 1.5 * column, ground.y + 2);
  await expect.poll(() => waterfall.locator('.step-line.moment').count()).toBe(2);
  expect(await panel(page, 'gradient').locator('.readout.selected').count()).toBe(1);

  // What is pinned stays behind the curves of another moment.
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Pin what is seen' }).click();
  await page.getByRole('list', { name: 'Pinned' }).getByText('step 0').waitFor();
  await expect.poll(() => panel(page, 'gradient').locator('.trace.ghost').count()).toBe(2);
  await page.getByRole('checkbox', { name: 'Lanes side by side' }).check();
  await expect.poll(() => panel(page, 'gradient').getByRole('slider').count()).toBe(2);
  await page.getByRole('button', { name: 'Remove step 0' }).click();
  await expect.poll(() => page.locator('.trace.ghost').count()).toBe(0);

  // Where they part is told, and each step of how it goes on is a way there.
  const parting = page.getByRole('region', { name: 'Where lanes part' });
  expect(await parting.innerText()).toMatch(
    /post-LN at step 0, first at blocks\.0\.attn_in on the way forward: [\d.]+ % apart/,
  );
  await parting.getByText('How it goes on').click();
  expect(await parting.getByRole('row').count()).toBeGreaterThan(2);
  await parting.getByRole('button', { name: 'Show step 1' }).click();
  await expect.poll(() => page.locator('.hd-step').innerText()).toBe('1');
});
