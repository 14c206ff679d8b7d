import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { GROUPS } from '../../src/config/fields';
import {
  DEPTH_PANELS,
  fieldOf,
  openGroup,
  PANELS,
  pauseButton,
  playButton,
  plot,
  sliderOf,
  SMALL,
  stepBy,
  stepShown,
  untilStep,
} from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const press = (page: Page, key: string) => page.keyboard.press(key);

test('space plays and pauses, an arrow steps, R goes back, ? helps', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await press(page, 'ArrowRight');
  await expect.poll(() => stepShown(page)).toBe(1);
  await press(page, ' ');
  await pauseButton(page).waitFor();
  await untilStep(page, 4);
  await press(page, ' ');
  await playButton(page).waitFor();
  await whenIdle(page);
  const rest = await stepShown(page);
  await press(page, 'ArrowRight');
  await expect.poll(() => stepShown(page)).toBe(rest + 1);

  await press(page, '?');
  const help = page.getByRole('dialog');
  await help.waitFor();
  // What is pressed in the dialog steers nothing behind it.
  await press(page, 'ArrowRight');
  await press(page, 'r');
  await whenIdle(page);
  expect(await stepShown(page)).toBe(rest + 1);
  await press(page, 'Escape');
  await help.waitFor({ state: 'detached' });

  await press(page, 'r');
  await expect.poll(() => stepShown(page)).toBe(0);

  await press(page, '2');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('lane-b');
});

test('typing in a field is typing', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 1);
  const layers = await fieldOf(page, 'Layers');
  await layers.focus();
  for (const key of ['r', ' ', '?', 'ArrowRight', '3']) await press(page, key);
  await press(page, 'Escape');
  await whenIdle(page);
  expect(await stepShown(page)).toBe(1);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await layers.inputValue()).toBe('2');
});

interface Stop {
  what: string;
  /** Whether the browser says so, and something of the element shows it. */
  visible: boolean;
  onScreen: boolean;
}

/** Marks everything that Tab should reach. A group with a roving stop hands the focus on to one inside. */
const markTabbable = (page: Page) =>
  page.evaluate(() => {
    const found = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, textarea, [tabindex]'),
    ].filter(
      (element) =>
        element.tabIndex >= 0 &&
        !element.matches(':disabled') &&
        element.checkVisibility({ visibilityProperty: true }),
    );
    found.forEach((element, i) => (element.dataset['tabTest'] = String(i)));
    return found.length;
  });

/** The element that has the focus. */
const focused = (page: Page): Promise<Stop & { mark: string | undefined }> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const box = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    const marked =
      element.closest<HTMLElement>(':is([role="radiogroup"], [role="tablist"])[data-tab-test]') ??
      element;
    return {
      mark: marked.dataset['tabTest'],
      what: `${element.tagName} ${element.ariaLabel ?? element.textContent.slice(0, 40)}`,
      visible: element.matches(':focus-visible') && (outlined || boxShadow !== 'none'),
      onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  });

test('Tab reaches everything in turn, and the focus is seen', async ({ open }) => {
  const page = await open({ hash: SMALL });
  for (const group of GROUPS) await openGroup(page, group);
  await whenIdle(page);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await page.mouse.click(2, 890);
  const count = await markTabbable(page);
  expect(count).toBeGreaterThan(80);

  const reached: number[] = [];
  const faint: string[] = [];
  for (let i = 0; i < count + 5; i++) {
    await press(page, 'Tab');
    const { mark, what, visible, onScreen } = await focused(page);
    if (mark === undefined) continue;
    if (reached.includes(Number(mark))) break;
    reached.push(Number(mark));
    if (!visible || !onScreen) faint.push(`${what}: ${visible ? 'off screen' : 'no focus ring'}`);
  }
  expect(faint).toEqual([]);
  const all = Array.from({ length: count }, (_, i) => i);
  expect(reached.toSorted((a, b) => a - b)).toEqual(all);
});

test('arrow keys move within a lane’s toggles', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const group = page
    .getByRole('region', { name: 'Lane A:' })
    .getByRole('radiogroup', { name: 'Placement' });
  await group.getByRole('radio', { name: 'pre-LN' }).focus();
  await press(page, 'ArrowRight');
  const focusedRadio = group.getByRole('radio').and(page.locator(':focus'));
  await expect.poll(() => focusedRadio.innerText()).toBe('post-LN');
  await press(page, ' ');
  await expect
    .poll(() => group.getByRole('radio', { name: 'post-LN' }).getAttribute('aria-checked'))
    .toBe('true');
  await whenIdle(page);
  expect(await stepShown(page)).toBe(0);
});

test('a slider answers to the arrow keys, and a menu to its letters', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const layers = await sliderOf(page, 'Layers');
  await layers.focus();
  await press(page, 'ArrowRight');
  await press(page, 'ArrowRight');
  expect(await layers.getAttribute('aria-valuetext')).toBe('4');
  await press(page, 'Home');
  expect(await layers.getAttribute('aria-valuetext')).toBe('1');

  const activation = page.getByRole('button', { name: /^Activation:/ });
  await activation.focus();
  await press(page, 'Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.type('relu');
  const focusedItem = page.getByRole('menuitemradio').and(page.locator(':focus'));
  await expect.poll(() => focusedItem.innerText()).toMatch(/^ReLU/);
  await press(page, 'Enter');
  await expect.poll(() => activation.getAttribute('aria-label')).toBe('Activation: ReLU');
  expect(await stepShown(page)).toBe(0);
});

test('in a plot the arrow keys step through the layers, read out in every panel', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await whenIdle(page);
  const said = (name: (typeof PANELS)[number]) => plot(page, name).getAttribute('aria-valuetext');
  expect(await said('gradient')).toBe('no layer marked');
  await plot(page, 'gradient').focus();
  const heard = new Set<string | null>();
  for (const layer of [0, 1]) {
    await press(page, 'ArrowRight');
    for (const name of DEPTH_PANELS) {
      await expect
        .poll(() => said(name))
        .toMatch(new RegExp(`^layer ${layer}, pre-LN \\d.*, post-LN \\d`));
      expect(await plot(page, name).getAttribute('aria-valuenow')).toBe(String(layer));
      const plates = plot(page, name).locator('.readout .plate text');
      expect(await plates.count()).toBe(2);
      heard.add(await said(name));
    }
    const stack = page.getByRole('slider', { name: 'The stack: layer' });
    expect(await stack.getAttribute('aria-valuenow')).toBe(String(layer));
  }
  expect(heard.size).toBe(6);
  // The last layer is the end, and the page did not take the arrow for a step.
  await press(page, 'ArrowRight');
  expect(await said('gradient')).toMatch(/^layer 1,/);
  await press(page, 'Escape');
  await expect.poll(() => said('attention')).toBe('no layer marked');
  expect(await stepShown(page)).toBe(0);
});

test('in the loss plot they step through the steps', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 3);
  await plot(page, 'loss').focus();
  await press(page, 'ArrowLeft');
  await expect
    .poll(() => plot(page, 'loss').getAttribute('aria-valuetext'))
    .toMatch(/^step 3, pre-LN \d.*, post-LN \d/);
  await press(page, 'Home');
  await expect.poll(() => plot(page, 'loss').getAttribute('aria-valuetext')).toMatch(/^step 0, /);
});
