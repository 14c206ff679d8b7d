import { expect } from 'vitest';

import { expectAccessible, prepareAxe } from './accessible';
import { dropFile, SMALL, stepShown } from './driver';
import { test } from './test';
import type { Page } from 'playwright-core';

const STORY = `---
title: Told here
kind: story
question: Why?
minutes: 1
level: first course
---

## One

::page{link="${SMALL}"}

::show{at=stack}

Two lanes.

## Two

::show{at=loss play=4}

Lane A has a loss of :live{of="A.loss@3"}, after :term[unigram entropy].

## Three

::page{link="${SMALL}&n_layers=3"}

::show{at=gradient}

Anew.
`;

const story = (page: Page) => page.locator('.story');
const heading = (page: Page, name: string) => story(page).getByRole('heading', { name }).waitFor();

/** The frame lies on a part of the page. */
async function expectRing(page: Page, selector: string) {
  await expect
    .poll(async () => {
      const [ring, part] = await Promise.all(
        ['.story-ring', selector].map((one) => page.locator(one).first().boundingBox()),
      );
      if (!ring || !part) return 'nothing';
      return Math.max(Math.abs(ring.x - part.x), Math.abs(ring.y - part.y)) < 6;
    })
    .toBe(true);
}

test('the first visit offers a tour once, which changes nothing of the page', async ({ open }) => {
  const page = await open({ hash: SMALL, isFirstVisit: true });
  await page.getByText('New here?').waitFor();
  await page.getByRole('button', { name: 'A tour of the page' }).click();
  await heading(page, 'An oscilloscope for transformers');
  expect(await page.getByText('New here?').count()).toBe(0);
  const hash = () => new URL(page.url()).hash;
  const before = hash();
  await page.keyboard.press('PageDown');
  await heading(page, 'The stack');
  await expectRing(page, '.app-stack');
  // The page can be used meanwhile, by its own keys too.
  await page.keyboard.press('l');
  await page.locator('.app-bench[data-enlarged="loss"]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.app-bench:not([data-enlarged])').waitFor();
  await heading(page, 'The stack');
  for (;;) {
    const next = story(page).locator('.story-next');
    const isLast = (await next.innerText()) === 'End';
    await next.click();
    if (isLast) break;
  }
  await story(page).waitFor({ state: 'detached' });
  expect(hash()).toBe(before);
  expect(new URL(page.url()).searchParams.has('lab')).toBe(false);
  await page.reload();
  await page.locator('html[data-ready="true"]').waitFor();
  // It is still to be had, and not offered again.
  await page.keyboard.press('e');
  await page.getByRole('list', { name: 'Stories' }).getByText('Why is post-LN stuck?').waitFor();
  expect(await page.getByText('New here?').count()).toBe(0);
});

test('a story is told by keys, trains where it says so, and tells numbers of this very run', async ({
  open,
}) => {
  const page = await open({ width: 390, height: 844, hash: SMALL });
  await dropFile(page, 'told.md', STORY);
  await heading(page, 'One');
  await page.keyboard.press('ArrowRight');
  await heading(page, 'Two');
  await expect.poll(() => stepShown(page)).toBe(4);
  await expectRing(page, '[data-panel="loss"]');
  await expect.poll(() => story(page).locator('.story-live').innerText()).toMatch(/^\d\.\d\d$/);
  await page.keyboard.press('ArrowLeft');
  await heading(page, 'One');
  // The run stays where it is.
  expect(await stepShown(page)).toBeGreaterThanOrEqual(4);
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await heading(page, 'Three');
  await expect.poll(() => stepShown(page)).toBe(0);
  expect(page.url()).toContain('n_layers=3');
  await prepareAxe(page);
  await expectAccessible(page, 'a story on a phone');
  await page.keyboard.press('Escape');
  await story(page).waitFor({ state: 'detached' });
});
