import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { curves, DEPTH_PANELS, lane, pathLength, playButton, SMALL, untilStep } from './driver';
import type { PageOptions } from './page';
import { whenIdle } from './tap';
import { test } from './test';

/** Toggles the first lane’s norm and gives what moves within half a second from when the page shows it. */
async function motions(page: Page): Promise<number> {
  await whenIdle(page);
  const choice = lane(page, 'A').getByRole('radio', { name: 'post-LN' });
  const moving = choice.evaluate(
    (radio) =>
      new Promise<number>((done) => {
        const found = new Set<Animation>();
        let until = Infinity;
        const look = () => {
          for (const animation of document.getAnimations()) {
            const { duration = 0 } = animation.effect?.getComputedTiming() ?? {};
            if (Number(duration) > 1) found.add(animation);
          }
          const isShown = radio.getAttribute('aria-checked') === 'true';
          if (isShown) until = Math.min(until, performance.now() + 500);
          if (performance.now() < until) requestAnimationFrame(look);
          else done(found.size);
        };
        look();
      }),
  );
  await choice.click();
  return moving;
}

test('what moves stands still for who asked for less motion', async ({ open }) => {
  const motion = (reducedMotion: PageOptions['reducedMotion']) =>
    open({ hash: SMALL, reducedMotion }).then(motions);
  expect(await motion('no-preference')).toBeGreaterThan(0);
  expect(await motion('reduce')).toBe(0);
});

/** How far the page reaches past the right edge of the window, and what does. */
const overhang = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    const over = Math.max(root.scrollWidth, document.body.scrollWidth) - innerWidth;
    const found = [...document.querySelectorAll('body *')].filter((element) => {
      const { right, width, height } = element.getBoundingClientRect();
      return width > 0 && height > 0 && right > innerWidth + 1;
    });
    return over > 0
      ? [`${over} px`, ...found.slice(0, 5).map((e) => e.outerHTML.slice(0, 80))]
      : [];
  });

for (const width of [360, 390, 600, 899]) {
  test(`at ${width} px nothing reaches past the edge`, async ({ open }) => {
    const page = await open({ hash: SMALL, width, height: 800 });
    await whenIdle(page);
    expect(await overhang(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add a lane' }).click();
    await whenIdle(page);
    expect(await overhang(page)).toEqual([]);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    expect(await overhang(page)).toEqual([]);
    const sheet = page.locator('.app-sheet-body');
    expect(await sheet.evaluate((e) => e.scrollWidth - e.clientWidth)).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Close the settings' }).click();
    for (const name of DEPTH_PANELS) {
      expect((await curves(page, name)).map(pathLength).every((n) => n >= 2)).toBe(true);
    }
  });
}

test('on a projector the text is larger and what only the desk needs is left out', async ({
  open,
}) => {
  const size = (page: Page) =>
    page
      .locator('figure figcaption')
      .last()
      .evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  const desk = await open({ hash: SMALL });
  const projector = await open({ hash: SMALL, query: 'present' });
  expect(await size(projector)).toBeGreaterThan(await size(desk));
  const groups = (page: Page) => page.getByRole('button', { name: 'Architecture' }).count();
  expect(await groups(desk)).toBe(1);
  expect(await groups(projector)).toBe(0);
  for (const name of ['Layers', 'Learning rate', 'Warm-up']) {
    expect(await projector.getByRole('slider', { name }).count()).toBe(1);
  }
  expect(await projector.getByRole('button', { name: 'Precision' }).count()).toBe(1);
  expect(await projector.getByRole('button', { name: 'Presets for all lanes' }).count()).toBe(1);
  expect(await projector.getByRole('button', { name: 'Files' }).count()).toBe(0);
  await lane(projector, 'A').getByRole('radio', { name: 'no norm' }).click();
  await playButton(projector).click();
  await untilStep(projector, 3);
  expect(await overhang(projector)).toEqual([]);
});

test('the desk becomes a projector and back, and the address says so', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const isPresent = () => page.evaluate(() => 'present' in document.documentElement.dataset);
  await page.getByRole('button', { name: 'Present' }).click();
  expect(await isPresent()).toBe(true);
  expect(new URL(page.url()).searchParams.has('present')).toBe(true);
  await lane(page, 'A').getByRole('radio', { name: 'no norm' }).click();
  await page.goBack();
  expect(await isPresent()).toBe(true);
  expect(new URL(page.url()).searchParams.has('present')).toBe(true);
  await page.getByRole('button', { name: 'Back to the desk' }).click();
  expect(await isPresent()).toBe(false);
  expect(new URL(page.url()).searchParams.has('present')).toBe(false);
});

/**
 * Names of controls that are smaller than a finger needs: under 24 px either way, and not within a larger one. Terms are as
 * high as the lines of their sentences, which WCAG 2.5.8 excepts.
 */
const smallTargets = (page: Page) =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'button:not(.ui-term), [role="slider"], input, a[href]',
      ),
    ]
      .filter((e) => e.offsetParent !== null && !e.closest('label, .app-skip') && e.tabIndex >= 0)
      .filter((e) => {
        const { width, height } = e.getBoundingClientRect();
        return Math.min(width, height) < 24;
      })
      .map((e) => `${e.getAttribute('aria-label') ?? e.textContent} ${e.className}`),
  );

test('on a phone every target is large enough, losses stand on the tabs, nothing is covered', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, width: 360, height: 740 });
  expect(await smallTargets(page)).toEqual([]);
  const lanes = page.getByRole('tablist', { name: 'Lanes' });
  for (const tab of await lanes.getByRole('tab').all()) {
    expect(await tab.innerText()).toMatch(/loss\s+\d/);
  }
  // Nothing is fixed to the screen, and the head has no more than two lines.
  const fixed = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter(
          (e) => getComputedStyle(e).position === 'fixed' && e.getBoundingClientRect().height > 0,
        )
        .map((e) => e.className),
    );
  expect(await fixed()).toEqual([]);
  const head = await page.getByRole('banner').boundingBox();
  expect(head!.height).toBeLessThan(90);
});
