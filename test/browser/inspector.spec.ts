import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { decodeSafetensors, encodeSafetensors } from '../../src/lib/safetensors';
import { VIEWS } from '../../src/inspect/readings';
import { expectAccessible, prepareAxe } from './accessible';
import {
  curves,
  layerBar,
  panel,
  saveRecord,
  saveWeightsFile,
  SMALL,
  stack,
  stepBy,
} from './driver';
import { inspector, shows, tab } from './inspecting';
import { whenIdle } from './tap';
import { test } from './test';

const layerField = (page: Page) =>
  inspector(page).getByRole('textbox', { name: 'Layer of the inspector' });

/** Clicks the point of a lane’s curve at a position of the axis, the embedding being the first. */
async function clickPoint(page: Page, lane: number, position: number): Promise<void> {
  const path = (await curves(page, 'activation magnitude'))[lane]!;
  const [x, y] = path.slice(1).split('L')[position]!.split(',').map(Number);
  const box = (await panel(page, 'activation magnitude').locator('.plot').boundingBox())!;
  await page.mouse.click(box.x + x!, box.y + y!);
}

test('a click on a point opens the inspector there, a click beside it marks the layer alone', async ({
  open,
}) => {
  const page = await open({ hash: 'v=1&lanes=2&b.placement=post' });
  await whenIdle(page);
  const plot = panel(page, 'activation magnitude').locator('.plot');
  const box = (await plot.boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.4, box.y + box.height - 40);
  await layerBar(page).getByRole('button', { name: 'Mark no layer' }).click();
  expect(await inspector(page).count()).toBe(0);

  await clickPoint(page, 1, 8);
  await shows(page, 0);
  expect(await layerField(page).inputValue()).toBe('7');
  expect(await page.evaluate(() => location.hash)).toContain('inspect=channels');
  await layerBar(page).getByRole('textbox', { name: 'First layer' }).waitFor();

  // It goes where the panels are marked, and the panels where it goes.
  await stack(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => layerField(page).inputValue()).toBe('8');
  await layerField(page).fill('2');
  await layerField(page).press('Enter');
  await expect.poll(() => stack(page).getAttribute('aria-valuetext')).toMatch(/^layer 2/);

  await page.goBack();
  await page.goBack();
  await page.reload();
  await shows(page, 0);
});

test('a click on a mark of the stack opens its site, a key the marked layer', async ({ open }) => {
  const page = await open({ hash: 'v=1&lanes=2&b.placement=post&n_layers=4' });
  await whenIdle(page);
  const place = inspector(page).getByRole('button', { name: /^Place/ });
  const click = async (lane: number, layer: number, mark: string) => {
    const marks = page.locator('.st-row').nth(lane).locator(`[data-layer="${layer}"] ${mark}`);
    const { x, y, width, height } = (await marks.first().boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
  };
  await click(0, 2, '.st-f');
  await shows(page, 0);
  expect(await place.innerText()).toBe('attn_out');
  await click(0, 1, '.st-norm');
  expect(await place.innerText()).toBe('attn_in');
  await click(1, 3, '.st-norm');
  await expect.poll(() => place.innerText()).toBe('resid_mid');
  expect(await layerField(page).inputValue()).toBe('3');

  await page.keyboard.press('Escape');
  await inspector(page).getByRole('button', { name: 'Close the inspector' }).press('Escape');
  await expect.poll(() => inspector(page).count()).toBe(0);
  await page.keyboard.press('i');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('inspector');
  await page.keyboard.press('Escape');
  await expect.poll(() => inspector(page).count()).toBe(0);
});

test('a tap on a phone marks the layer, the next one opens the inspector', async ({ open }) => {
  const page = await open({
    hash: SMALL.replace('n_layers=2', 'n_layers=4'),
    width: 390,
    height: 844,
    hasTouch: true,
  });
  await whenIdle(page);
  const mark = page.locator('.st-row').first().locator('[data-layer="2"] .st-norm').first();
  const { x, y, width, height } = (await mark.boundingBox())!;
  const tap = () => page.touchscreen.tap(x + width / 2, y + height / 2);
  await tap();
  await layerBar(page).getByRole('textbox', { name: 'First layer' }).waitFor();
  expect(await inspector(page).count()).toBe(0);
  await tap();
  await shows(page, 0);
  expect(await layerField(page).inputValue()).toBe('2');
});

test('a step of the past is gone to while the lanes stay, and held', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&view.inspect=channels/blocks.1.resid_post/a/0.0.0` });
  await shows(page, 0);
  const said = () => inspector(page).locator('figcaption').first().innerText();
  await stepBy(page, 3);
  await shows(page, 3);
  const atThree = await said();
  await stepBy(page, 4);
  await shows(page, 7);
  expect(await said()).not.toBe(atThree);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
  await shows(page, 3);
  expect(await said()).toBe(atThree);
  expect(await inspector(page).getByText('other numbers').count()).toBe(0);
  await inspector(page).getByRole('button', { name: 'Hold' }).click();
  await page.keyboard.press('End');
  await tab(page, 'distribution').click();
  await inspector(page).getByRole('figure').first().waitFor();
  await inspector(page).getByText('held at step 3', { exact: true }).waitFor();
});

/** The embedding of a symbol is made so many times larger. */
const FACTOR = 300;

test('a planted massive activation is found in three clicks: channel, token, layer, head', async ({
  open,
}) => {
  const page = await open({ hash: 'v=1&lanes=1&n_layers=6&seed=3' });
  await whenIdle(page);
  const { inputs } = (await saveRecord(page)).tokens!;
  const { bytes } = await saveWeightsFile(page);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const table = tensors.get('embed.token')!;
  const D = table.shape[1]!;
  const symbol = inputs[1]![5]!;
  const row = table.data.subarray(symbol * D, (symbol + 1) * D);
  row.forEach((x, i) => (row[i] = FACTOR * x));
  const widest = row.reduce((best, x, i) => (Math.abs(x) > Math.abs(row[best]!) ? i : best), 0);
  const planted = encodeSafetensors(
    [...tensors].map(([name, tensor]) => ({ name, ...tensor })),
    metadata,
  );
  await page.getByTestId('weights-file').setInputFiles({
    name: 'planted.safetensors',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(planted),
  });
  await expect
    .poll(() => panel(page, 'activation magnitude').locator('figcaption').innerText())
    .toMatch(/./);
  await whenIdle(page);

  // The layer, in the panel; the channel and the tokens, beside it.
  await clickPoint(page, 0, 4);
  await shows(page, 0);
  expect(await layerField(page).inputValue()).toBe('3');
  const said = () => inspector(page).locator('figcaption').first().innerText();
  await expect.poll(said).toMatch(new RegExp(`channel ${widest} holds`));
  const token = inspector(page)
    .getByRole('button', { name: /\(\d+\) of sequence \d+/ })
    .first();
  const [, at, of] = /\((\d+)\) of sequence (\d+)/.exec(await token.innerText())!;
  expect(inputs[Number(of)]![Number(at)]).toBe(symbol);
  await token.click();
  await tab(page, 'attention').click();
  await expect
    .poll(said)
    .toMatch(new RegExp(`head \\d gives “.+” \\(${at}\\) most, 0\\.\\d+ on average`));
});

for (const [width, height, hasTouch] of [
  [1440, 900, false],
  [390, 844, true],
] as const) {
  test(`axe finds no fault in the inspector at ${width} pixels`, async ({ open }) => {
    const page = await open({
      hash: `${SMALL}&lanes=2&b.placement=post&view.inspect=channels/blocks.1.resid_post/a/0.0.0`,
      ...{ width, height, hasTouch, reducedMotion: 'reduce' },
    });
    await prepareAxe(page);
    await shows(page, 0);
    for (const view of VIEWS) {
      await tab(page, view).click();
      await inspector(page).getByRole('figure').first().waitFor();
      await expectAccessible(page, `the inspector’s ${view}`);
    }
  });
}
