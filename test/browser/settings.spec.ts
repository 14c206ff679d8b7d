import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { lane, lineOf, notices, openGroup, settings, SMALL } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const hash = (page: Page) => decodeURIComponent(new URL(page.url()).hash);
const toggle = (page: Page, letter: string, setting: string) =>
  lane(page, letter).getByRole('radiogroup', { name: setting });
const shownIn = (page: Page, letter: string, setting: string) =>
  toggle(page, letter, setting).getByRole('radio').allInnerTexts();

test('a choice out of the menu takes a place beside the others', async ({ open }) => {
  const page = await open({ hash: SMALL });
  expect(await shownIn(page, 'A', 'Placement')).toEqual([
    'pre-LN',
    'post-LN',
    'no norm',
    'sandwich',
  ]);
  await lane(page, 'A').getByRole('button', { name: 'Placement: every choice' }).click();
  await page.getByRole('menuitemradio', { name: 'DeepNorm' }).click();
  await expect.poll(() => hash(page)).toContain('placement=deepnorm');
  expect((await shownIn(page, 'A', 'Placement')).at(-1)).toBe('DeepNorm');
  // It stays there for the way back.
  await toggle(page, 'A', 'Placement').getByRole('radio', { name: 'pre-LN' }).click();
  expect((await shownIn(page, 'A', 'Placement')).at(-1)).toBe('DeepNorm');
  expect((await shownIn(page, 'B', 'Placement')).at(-1)).toBe('sandwich');
  await page.goBack();
  const deep = toggle(page, 'A', 'Placement').getByRole('radio', { name: 'DeepNorm' });
  await expect.poll(() => deep.getAttribute('aria-checked')).toBe('true');
});

test('an open menu explains what is highlighted: equation, meaning, source', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await lane(page, 'A').getByRole('button', { name: 'Norm: every choice' }).click();
  const about = page.locator('.ui-menu-about [data-shown]');
  expect(await about.innerText()).toContain('Layer Normalization');
  await page.getByRole('menuitemradio', { name: 'RMSNorm', exact: true }).hover();
  await expect.poll(() => about.innerText()).toContain('Zhang, Sennrich 2019');
  await about.locator('math').waitFor({ state: 'attached' });
  const before = await page.getByRole('menu').boundingBox();
  await page.keyboard.press('End');
  expect(await page.getByRole('menu').boundingBox()).toEqual(before);
  const item = page.getByRole('menuitemradio').and(page.locator(':focus'));
  const describedBy = await item.getAttribute('aria-describedby');
  const description = await page.evaluate(
    (id) => document.getElementById(id!)?.textContent,
    describedBy,
  );
  expect(description?.length).toBeGreaterThan(20);
});

test('what does not apply is out of the way, with its reason', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&sublayers=mlp` });
  await openGroup(page, 'Architecture');
  const heads = settings(page).getByRole('slider', { name: 'Heads', exact: true });
  expect(await heads.count()).toBe(0);
  const line = settings(page).getByRole('button', { name: 'that do not apply here' }).last();
  expect(await line.innerText()).toMatch(/^[2-9] that do not apply here$/);
  await line.click();
  await heads.waitFor();
  expect(await heads.getAttribute('data-disabled')).not.toBeNull();
  expect(await settings(page).innerText()).toContain('The blocks have no attention.');
});

test('a line that cannot be read stays as it was typed, and what held goes on holding', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const line = await lineOf(page, 'Exceptions');
  await line.fill('1:post');
  await line.press('Enter');
  await expect.poll(() => hash(page)).toContain('layer_overrides=1:post');
  const held = page.url();

  await line.fill('1:post,0:sideways');
  expect(await line.getAttribute('aria-invalid')).toBe('true');
  await page.getByText('“sideways” is no placement').waitFor();
  await line.press('Enter');
  await line.blur();
  expect(await line.inputValue()).toBe('1:post,0:sideways');
  expect(await page.getByText('“sideways” is no placement').count()).toBe(1);
  expect(page.url()).toBe(held);

  await line.fill('1:post,0:none');
  await line.blur();
  await expect.poll(() => hash(page)).toContain('layer_overrides=1:post,0:none');
  await line.fill('nonsense');
  await line.press('Escape');
  expect(await line.inputValue()).toBe('1:post,0:none');
  await page.goBack();
  await expect.poll(() => line.inputValue()).toBe('1:post');
});

test('what was said of a setting shows while its group is closed', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&layer_overrides=1:post` });
  await openGroup(page, 'Normalization');
  await settings(page)
    .getByRole('button', { name: /^Normalization/ })
    .click();
  await openGroup(page, 'Architecture');
  const layers = settings(page).getByRole('textbox', { name: 'Layers, typed' });
  await layers.fill('1');
  await layers.press('Enter');
  await expect
    .poll(async () => (await notices(page)).join())
    .toMatch(/layer_overrides names layer 1, but the model has layer 0 alone/);
});

test('a preset is one change that can be undone, and leaves what is not its own', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&lr=0.01` });
  await whenIdle(page);
  await page.getByRole('button', { name: 'Presets of lane B' }).click();
  await page.getByRole('menuitemradio', { name: 'Gemma 2' }).click();
  const heading = lane(page, 'B').getByRole('heading');
  await expect.poll(() => heading.innerText()).toBe('Gemma 2');
  for (const part of ['b.placement=sandwich', 'b.norm=rmsnorm', 'b.attn_softcap=50', 'lr=0.01']) {
    expect(hash(page)).toContain(part);
  }
  expect(hash(page)).not.toContain('b.lr');
  await whenIdle(page);
  await page.getByRole('button', { name: 'Presets of lane B' }).click();
  const item = page.getByRole('menuitemradio', { name: 'Gemma 2' });
  expect(await item.getAttribute('aria-checked')).toBe('true');
  await page.keyboard.press('Escape');
  await page.goBack();
  await expect.poll(() => heading.innerText()).toBe('post-LN');
  expect(hash(page)).toBe(`#${SMALL}&lr=0.01`);

  await page.getByRole('button', { name: 'Presets for all lanes' }).click();
  await page.getByRole('menuitemradio', { name: 'Mix-LN' }).click();
  // Half a layer of two is one.
  await expect.poll(() => hash(page)).toContain('layer_overrides=0:post');
  await expect.poll(() => lane(page, 'B').getByRole('heading').innerText()).toBe('pre-LN (2)');
});

test('the loss has the levels of the tasks that run now, and no others', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&b.task=random&c.task=markov` });
  await whenIdle(page);
  const levels = () => page.locator('.level').count();
  expect(await levels()).toBeGreaterThan(3);
  await page.evaluate((to) => {
    location.hash = to;
  }, `${SMALL}&task=random`);
  await expect.poll(levels).toBe(1);
  const names = page.locator('.end-label.plain');
  await expect.poll(() => names.allTextContents()).toHaveLength(1);
  expect(await names.first().locator('text').textContent()).toMatch(
    /^ln V = unigram(?: entropy)? = floor/,
  );
});
