import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { curves, DEPTH_PANELS, lane, pathLength, playButton, SMALL, untilStep } from './driver';
import type { PageOptions } from './page';
import { whenIdle } from './tap';
import { test } from './test';

/** Toggles the first lane’s norm and gives what moves then. */
async function motions(page: Page): Promise<number> {
  await whenIdle(page);
  const moving = page.evaluate(
    () =>
      new Promise<number>((done) => {
        const found = new Set<Animation>();
        const until = performance.now() + 1000;
        const look = () => {
          for (const animation of document.getAnimations()) {
            const { duration = 0 } = animation.effect?.getComputedTiming() ?? {};
            if (Number(duration) > 1) found.add(animation);
          }
          if (performance.now() < until) requestAnimationFrame(look);
          else done(found.size);
        };
        look();
      }),
  );
  await lane(page, 'A').getByRole('radio', { name: 'post-LN' }).click();
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
  expect(await desk.getByRole('region', { name: 'Settings' }).count()).toBe(1);
  expect(await projector.getByRole('region', { name: 'Settings' }).count()).toBe(0);
  expect(await projector.getByRole('button', { name: 'Files' }).count()).toBe(0);
  await lane(projector, 'A').getByRole('radio', { name: 'no norm' }).click();
  await playButton(projector).click();
  await untilStep(projector, 3);
  expect(await overhang(projector)).toEqual([]);
});
