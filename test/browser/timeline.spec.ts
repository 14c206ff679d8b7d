import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import {
  curves,
  lane,
  notice,
  playButton,
  sameShape,
  SMALL,
  stepBy,
  stepShown,
  trainTo,
} from './driver';
import { test } from './test';

const track = (page: Page) => page.getByRole('slider', { name: 'Step on show' });
const value = (page: Page) => track(page).getAttribute('aria-valuetext');
const counter = (page: Page) => page.locator('.hd-counter').innerText();
const panel = (page: Page) => curves(page, 'activation magnitude');

test('keys go through the recorded past, which shows what was measured, and back to live', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const press = (key: string) => page.keyboard.press(key);
  await track(page).waitFor();
  await stepBy(page, 2);
  const atTwo = await panel(page);
  await trainTo(page, 14);
  const last = await stepShown(page);
  expect(await value(page)).toBe(`step ${last}, live`);

  await press('Home');
  expect(await stepShown(page)).toBe(0);
  await press('.');
  await press('ArrowRight');
  expect(await value(page)).toBe(`step 2 of ${last}, past`);
  expect((await counter(page)).replace(/\s+/g, ' ')).toBe(`step 2 · past · paused at ${last}`);
  const isAsAtTwo = async () => (await panel(page)).every((path, i) => sameShape(path, atTwo[i]!));
  await expect.poll(isAsAtTwo).toBe(true);

  // A setting acts on the present (one that does not bring the loss to rise, which would be an alarm), and is told by the step that it was changed at.
  await lane(page, 'A').getByRole('radio', { name: 'sandwich' }).click();
  await notice(page, 'Settings act on the present');
  expect(await stepShown(page)).toBe(2);
  await track(page).focus();
  await press('End');
  await press('PageDown');
  expect(await value(page)).toBe(`step ${last - 10} of ${last}, past`);
  await press('End');
  await expect.poll(() => value(page)).toBe(`step ${last}, live; A: Placement sandwich`);

  await press('b');
  await expect.poll(() => stepShown(page)).toBe(0);
  // Training goes on in the present.
  await playButton(page).click();
  await expect.poll(() => counter(page)).toMatch(/past · training at/);
  await expect
    .poll(async () => Number(/at (\d+)/.exec(await counter(page))?.[1]))
    .toBeGreaterThan(last + 1);
  expect(await stepShown(page)).toBe(0);
});

test('a finger scrubs on a phone', async ({ open }) => {
  const page = await open({ hash: SMALL, width: 390, height: 844, hasTouch: true });
  await trainTo(page, 8);
  await track(page).scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await track(page).boundingBox())!;
  expect(height).toBeGreaterThanOrEqual(44);
  await page.touchscreen.tap(x + 9, y + height / 2);
  await expect.poll(() => stepShown(page)).toBe(0);
  await page.touchscreen.tap(x + width / 2, y + height / 2);
  await expect.poll(() => stepShown(page)).toBeGreaterThan(0);
  const live = page.getByRole('button', { name: 'live', exact: true });
  expect((await live.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await live.tap();
  await expect.poll(() => value(page)).toMatch(/live$/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('from a past step a lane is forked in three clicks, and all go on from there', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await trainTo(page, 6);
  const last = await stepShown(page);
  // The present can be forked, too.
  await page.getByRole('button', { name: 'Fork from here…' }).click();
  await page.getByText(`A new lane goes on from step ${last}, exactly`).waitFor();
  await page.keyboard.press('Escape');
  for (const key of ['Home', '.', '.']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Fork from here…' }).click();
  const form = page.getByRole('dialog', { name: 'Fork' });
  await form.getByRole('radio', { name: 'no norm' }).click();
  // A fault is told beside its field, and nothing that was typed is lost.
  const [rate, more] = [
    form.getByRole('textbox', { name: 'Learning rate of the fork' }),
    form.getByRole('textbox', { name: 'Other settings' }),
  ];
  await rate.fill('banana');
  await more.fill('foo=1');
  await more.press('Enter');
  await form.getByText('lr is “banana”; it must be a number').waitFor();
  await form.getByText('Unknown setting “foo”.').waitFor();
  expect(await rate.inputValue()).toBe('banana');
  expect(await rate.evaluate((field) => field === document.activeElement)).toBe(true);
  const described = await rate.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).innerText()).toContain('banana');
  await rate.fill('');
  await more.fill('n_layers=3');
  await more.press('Enter');
  await form.getByText('These settings start a model anew (n_layers)').waitFor();
  await more.fill('');
  await form.getByRole('button', { name: 'Fork', exact: true }).click();
  // The keys of the timeline go on from there.
  await expect
    .poll(() => track(page).evaluate((slider) => slider === document.activeElement))
    .toBe(true);
  // It catches up with the others.
  await expect.poll(() => lane(page, 'C').innerText()).toMatch(/^no norm[^]*loss/);
  await expect.poll(() => value(page)).toBe(`step ${last}, live`);
  for (const key of ['Home', '.', '.']) await page.keyboard.press(key);
  await expect
    .poll(() => value(page))
    .toBe(`step 2 of ${last}, past; C: goes on from lane A; C: Placement no norm`);

  await page.getByRole('button', { name: 'Go on from here' }).click();
  await expect.poll(() => value(page)).toMatch(/^step 2, live/);
  expect(await track(page).evaluate((slider) => slider === document.activeElement)).toBe(true);
});
