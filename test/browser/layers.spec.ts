import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import {
  clickLayer,
  curves,
  DEPTH_PANELS,
  dragLayers,
  layerBar,
  otherCurves,
  sameShape,
  playButton,
  plot,
  saveRecord,
  stack,
  stepBy,
  stepShown,
  untilStep,
  pause,
} from './driver';
import { whenReady } from './page';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const L = 4;
const FOUR = `v=1&n_layers=${L}&d_model=16&n_heads=2&seq_len=8`;

const bar = (page: Page, name: string) =>
  layerBar(page).getByRole('radiogroup', { name: 'Placement' }).getByRole('radio', { name });
const said = (page: Page) => stack(page).getAttribute('aria-valuetext');
const hash = (page: Page) => decodeURIComponent(new URL(page.url()).hash);
/** How many norms the rows of the stack show, lane by lane, and how many of them are not the lane's. */
const drawnNorms = (page: Page) =>
  page.locator('.st-row').evaluateAll((rows) =>
    rows.map((row) => ({
      norms: row.querySelectorAll('.st-norm:not([data-absent])').length,
      other: row.querySelectorAll('.st-norm[data-look="other"]:not([data-absent])').length,
    })),
  );

test('a click marks a layer everywhere, and its placement is changed alone', async ({ open }) => {
  const page = await open({ hash: FOUR });
  await whenIdle(page);
  const before = await Promise.all(DEPTH_PANELS.map((name) => curves(page, name)));
  await clickLayer(page, 2, L);
  await page.mouse.move(5, 5);
  expect(await said(page)).toBe('layer 2: pre-LN, post-LN');
  for (const name of DEPTH_PANELS) {
    expect(await plot(page, name).getAttribute('aria-valuenow')).toBe('2');
  }
  expect(await page.locator('.st-figure').first().innerText()).toContain('layer 2');

  await layerBar(page).getByRole('radio', { name: 'Lane A alone' }).click();
  expect(await bar(page, 'pre-LN').getAttribute('aria-checked')).toBe('true');
  await bar(page, 'post-LN').click();
  await expect.poll(() => hash(page)).toContain('layer_overrides=2:post');
  expect(await said(page)).toBe('layer 2: post-LN, post-LN');
  for (const [i, name] of DEPTH_PANELS.entries()) {
    const [a, b] = await otherCurves(page, name, before[i]!);
    expect(a).not.toBe(before[i]![0]);
    expect(sameShape(b!, before[i]![1]!)).toBe(true);
  }
  const heading = page.getByRole('region', { name: 'Lane A:' }).getByRole('heading');
  expect(await heading.innerText()).toBe('pre-LN · layer 2 post-LN');

  // What the lane has anyway is no exception.
  await bar(page, 'pre-LN').click();
  await expect.poll(() => hash(page)).not.toContain('layer_overrides');
  for (const [i, name] of DEPTH_PANELS.entries()) {
    const same = async () => sameShape((await curves(page, name)).join(), before[i]!.join());
    await expect.poll(same).toBe(true);
  }
  await page.goBack();
  await expect.poll(() => hash(page)).toContain('layer_overrides=2:post');
  await page.goBack();
  await expect.poll(() => hash(page)).not.toContain('layer_overrides');
  expect(await said(page)).toBe('layer 2: pre-LN, post-LN');
});

test('a drag marks several, in the stack or in a panel, and Shift more of them', async ({
  open,
}) => {
  const page = await open({ hash: FOUR });
  await whenIdle(page);
  await dragLayers(page, 1, 3, L);
  await page.mouse.move(5, 5);
  expect(await said(page)).toMatch(/^layers 1 to 3:/);
  expect(await plot(page, 'gradient').getAttribute('aria-valuetext')).toMatch(
    /^layers 1 to 3, pre-LN \S+ to \S+, post-LN /,
  );
  // Backwards, and from the keyboard: the end across from where it was begun moves.
  await dragLayers(page, 2, 0, L);
  await page.mouse.move(5, 5);
  expect(await said(page)).toMatch(/^layers 0 to 2:/);
  await stack(page).focus();
  await page.keyboard.press('Escape');
  expect(await said(page)).toBe('no layer marked');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await said(page)).toMatch(/^layers 1 to 2:/);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await said(page)).toMatch(/^layers 0 to 1:/);
  await plot(page, 'attention').focus();
  await page.keyboard.press('Shift+End');
  await expect.poll(() => said(page)).toMatch(/^layers 0 to 3:/);

  await clickLayer(page, 1, L);
  await page.keyboard.down('Shift');
  await clickLayer(page, 3, L);
  await page.keyboard.up('Shift');
  await page.mouse.move(5, 5);
  expect(await said(page)).toMatch(/^layers 1 to 3:/);
  const box = (label: string) => layerBar(page).getByRole('textbox', { name: label });
  expect(await box('First layer').inputValue()).toBe('1');
  await box('First layer').fill('2');
  await box('First layer').press('Enter');
  expect(await said(page)).toMatch(/^layers 2 to 3:/);
  await layerBar(page).getByRole('button', { name: 'Mark no layer' }).click();
  expect(await said(page)).toBe('no layer marked');
  expect(await stepShown(page)).toBe(0);
});

test('the last layers become post-LN in two clicks, and keep their weights', async ({ open }) => {
  const page = await open({ hash: `${FOUR}&lanes=1` });
  await playButton(page).click();
  await untilStep(page, 3);
  await layerBar(page)
    .getByRole('button', { name: /^Layers/ })
    .click();
  await page.getByRole('dialog').getByRole('radio', { name: 'post-LN' }).first().click();
  await expect.poll(() => hash(page)).toContain('layer_overrides=3:post');
  await page.keyboard.press('Escape');
  await untilStep(page, (await stepShown(page)) + 3);
  await pause(page);

  const models = (await callsOf(page)).filter(({ n_layers }) => n_layers !== undefined);
  expect(models.map(({ kept }) => kept)).toEqual([false, true]);
  const { frames } = await saveRecord(page);
  const sizes = frames.map(({ param }) => Number(param['blocks.3.mlp.w_in']!.param_rms));
  const moves = sizes.slice(1).map((size, i) => Math.abs(size - sizes[i]!));
  expect(Math.max(...moves)).toBeLessThan(0.005 * sizes[0]!);
});

test('every layer is drawn with what it has', async ({ open }) => {
  const page = await open({
    hash: `${FOUR}&layer_overrides=0:/rmsnorm,3:none&b.placement=sandwich&b.layer_overrides=`,
  });
  await whenIdle(page);
  // Pre-LN: two norms in each of three layers, the first layer's not the lane's. No final norm after a
  // layer without one. Sandwich: four in each, and the final one.
  expect(await drawnNorms(page)).toEqual([
    { norms: 6, other: 2 },
    { norms: 17, other: 0 },
  ]);
});

test('interventions are made in the layers’ menu, drawn, part of the link, and taken back', async ({
  open,
}) => {
  const page = await open({ hash: `${FOUR}&lanes=1` });
  await whenIdle(page);
  // Of the layers that are marked: what is drawn above a panel changes its height, and so its curves.
  const gradient = () => plot(page, 'gradient').getAttribute('aria-valuetext');
  await dragLayers(page, 1, 2, L);
  await page.mouse.move(5, 5);
  const before = await gradient();
  await layerBar(page)
    .getByRole('button', { name: /^Intervene/ })
    .click();
  const menu = page.getByRole('dialog', { name: 'Intervene in layers 1 to 2' });
  await menu.getByRole('radio', { name: 'MLP' }).click();
  await menu.getByRole('textbox', { name: 'Factor' }).fill('0.25');
  await menu.getByRole('button', { name: 'Add' }).click();
  await expect.poll(() => hash(page)).toContain('interventions=1-2:scale.mlp=0.25');
  await expect.poll(gradient).not.toBe(before);
  const scaled = await gradient();

  // From step 2 on, so that nothing happens yet.
  await menu.getByRole('radio', { name: 'silence' }).click();
  await menu.getByRole('textbox', { name: /^Head/ }).fill('1');
  await menu.getByRole('textbox', { name: 'From step' }).fill('10');
  await menu.getByRole('textbox', { name: 'To step' }).fill('5');
  await menu.getByText('Step 5 comes before step 10.').waitFor();
  expect(await menu.getByRole('button', { name: 'Add' }).isDisabled()).toBe(true);
  await menu.getByRole('textbox', { name: 'To step' }).fill('');
  await menu.getByRole('textbox', { name: 'From step' }).fill('2');
  await menu.getByRole('button', { name: 'Add' }).click();
  await expect.poll(() => hash(page)).toContain('1-2:silence=1@2');
  await whenIdle(page);
  expect(await gradient()).toBe(scaled);
  const bars = page.locator('.st-act');
  expect(await bars.count()).toBe(2);
  expect(await page.locator('.st-act[data-idle]').count()).toBe(1);
  await page.keyboard.press('Escape');
  await stepBy(page, 2);
  expect(await page.locator('.st-act[data-idle]').count()).toBe(0);

  await page.reload();
  await whenReady({ page, problems: [] });
  await whenIdle(page);
  expect(await bars.count()).toBe(2);
  await dragLayers(page, 1, 2, L);
  await page.mouse.move(5, 5);
  expect(await gradient()).toBe(scaled);
  await layerBar(page).getByRole('button', { name: 'Mark no layer' }).click();

  await layerBar(page)
    .getByRole('button', { name: /^Layers/ })
    .click();
  await page.getByRole('button', { name: 'Remove MLP × 0.25 of layers 1 to 2 in lane A' }).click();
  await expect.poll(() => hash(page)).not.toContain('scale');
  await page.keyboard.press('Escape');
  await dragLayers(page, 1, 2, L);
  await page.mouse.move(5, 5);
  await expect.poll(gradient).toBe(before);
  await page.goBack();
  await expect.poll(gradient).toBe(scaled);
});

test('a frozen sublayer keeps its weights while the others learn', async ({ open }) => {
  const page = await open({ hash: `${FOUR}&lanes=1&interventions=1:freeze.mlp` });
  await stepBy(page, 3);
  const { frames } = await saveRecord(page);
  const sizes = (name: string) =>
    new Set(frames.map(({ param }) => Number(param[name]!.param_rms)));
  expect(sizes('blocks.1.mlp.w_in').size).toBe(1);
  expect(sizes('blocks.2.mlp.w_in').size).toBeGreaterThan(1);
});

test('layers are changed from the keyboard alone', async ({ open }) => {
  const page = await open({ hash: `${FOUR}&lanes=1` });
  await whenIdle(page);
  await stack(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(() => said(page)).toMatch(/^layers 2 to 3:/);
  // What can be done to them comes with its first use.
  await layerBar(page).getByLabel('First layer').waitFor();
  const focused = page.locator(':focus');
  // From the stack through the two numbers to the placement.
  for (const wanted of ['First layer', 'Last layer']) {
    await page.keyboard.press('Tab');
    await expect.poll(() => focused.getAttribute('aria-label')).toBe(wanted);
  }
  await page.keyboard.press('Tab');
  await expect.poll(() => focused.innerText()).toBe('pre-LN');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => focused.innerText()).toBe('post-LN');
  await page.keyboard.press(' ');
  await expect.poll(() => hash(page)).toContain('layer_overrides=2-3:post');
});

test('on a phone a tap marks a layer, and what can be done to it stands under the stack', async ({
  open,
}) => {
  const page = await open({ hash: FOUR, width: 390, height: 844 });
  await whenIdle(page);
  await clickLayer(page, 3, L);
  await bar(page, 'post-LN').click();
  await expect.poll(() => hash(page)).toContain('layer_overrides=3:post');
  await layerBar(page)
    .getByRole('button', { name: /^Intervene/ })
    .click();
  await page.getByRole('dialog', { name: 'Intervene in layer 3' }).waitFor();
});
