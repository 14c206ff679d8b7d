import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { lane, panel, playButton, saveRecord, stepBy, stepShown } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const faultOf = (page: Page) => lane(page, 'A').locator('.al > p').innerText();

const STACK = 'v=1&lanes=1&placement=none&d_model=16&n_heads=2&seq_len=8&n_layers=10';

test('numbers that leave the finite range at once are named by their first site', async ({
  open,
}) => {
  const page = await open({ hash: `${STACK}&init_gain=100` });
  await whenIdle(page);
  const { sites, frames } = await saveRecord(page);
  const first = frames[0]!.site.rms!.findIndex((value) => typeof value === 'string');
  expect(first).toBeGreaterThan(0);
  const said = await faultOf(page);
  expect(said).toMatch(/^Not finite Step 0: at /);
  expect(said).toContain(`${sites[first]} (`);

  const magnitude = panel(page, 'activation magnitude');
  expect(await magnitude.locator('.not-finite').count()).toBeGreaterThan(0);
  const layer = Number(/^blocks\.(\d+)\./.exec(sites[first]!)![1]);
  expect(await magnitude.locator('figcaption').innerText()).toMatch(
    new RegExp(`not finite .*layer ${layer}.* at step 0`),
  );
  expect(await panel(page, 'loss').locator('figcaption').innerText()).toContain(
    'not finite since step 0',
  );
  await stepBy(page, 2);
  expect(await faultOf(page)).toBe(said);
});

test('a run that breaks under training is named by its step', async ({ open }) => {
  const page = await open({ hash: `${STACK}&n_layers=4&optimizer=sgd&lr=100` });
  await stepBy(page, 12);
  expect(await stepShown(page)).toBe(12);
  const { frames } = await saveRecord(page);
  const first = frames.findIndex(({ loss }) => typeof loss === 'string');
  expect(first).toBeGreaterThan(0);
  const said = await faultOf(page);
  const step = Number(/Step (\d+): at blocks/.exec(said)![1]);
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThanOrEqual(first);
});

test('an alarm stops training, names its layer, and a fork without the fault passes', async ({
  open,
}) => {
  const page = await open({
    hash: 'v=1&lanes=1&n_layers=4&d_model=16&n_heads=2&seq_len=8&task=markov&interventions=2:scale.mlp=1e6@12',
  });
  await playButton(page).click();
  const message = lane(page, 'A').locator('.al');
  await message.waitFor();
  await whenIdle(page);
  expect(await stepShown(page)).toBe(13);
  expect(await message.innerText()).toContain('Step 12: at blocks.2.mlp_add');
  expect(await page.locator('.st-ring').count()).toBe(1);
  expect(await page.locator('.tm-mark[data-kind=alarm]').count()).toBe(1);

  // In slow motion the site of the alarm comes after those before it, and its layer is lit up.
  await message.getByText('Slow motion through step 12').click();
  const site = message.getByRole('slider', { name: 'Site of step 12' });
  expect(await site.getAttribute('aria-valuetext')).toMatch(/^blocks\.2\.\w+, forward: RMS /);
  for (let i = 0; i < 4; i++) await site.press('ArrowRight');
  expect(await site.getAttribute('aria-valuetext')).toMatch(
    /^blocks\.2\.mlp_add, forward: RMS .+, .+ at step 11$/,
  );
  expect(await message.innerText()).toContain('blocks.2.mlp_add, forward, the alarm');
  expect(await page.locator('.st-hovered').count()).toBe(1);

  await message.getByRole('button', { name: 'Show step 11' }).click();
  expect(await stepShown(page)).toBe(11);
  await message.getByRole('button', { name: 'Without the intervention, from step 2' }).click();
  await expect
    .poll(() => message.innerText(), { timeout: 60_000 })
    .toContain('Lane B, Without the intervention: no alarm up to step 32: it passed.');
  await whenIdle(page);
  expect(await stepShown(page)).toBe(32);
});

test('on a phone slow motion leaves the stack that it lights up in sight', async ({ open }) => {
  const page = await open({
    ...{ width: 390, height: 844 },
    hash: 'v=1&n_layers=4&d_model=16&n_heads=2&seq_len=8&task=markov&interventions=2:scale.mlp=1e6@12',
  });
  await playButton(page).click();
  const message = page.locator('.ln-floating .al');
  await message.waitFor();
  await whenIdle(page);
  await message.getByText('Slow motion through step 12').click();
  await message.getByText('Go back and continue').click();
  const lit = page.locator('.st-hovered');
  await lit.waitFor();
  const [over, under] = [(await message.boundingBox())!, (await lit.boundingBox())!];
  expect(under.y + under.height).toBeLessThan(over.y);
  expect((await page.locator('.ln-floating').boundingBox())!.height).toBeLessThan(844 / 2);
});
