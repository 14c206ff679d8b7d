import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { DEPTH_PANELS, SMALL } from './driver';
import { test } from './test';

/** Two and four lanes; with small models, because the page's heights do not depend on the model's. */
const LANES = {
  2: SMALL,
  4: `${SMALL}&c.placement=none&d.placement=sandwich`,
} as const;

/** The least height of a depth panel's data area, in pixels, with two lanes; with four, 0.85 of it. */
const SCREENS = [
  { width: 1280, height: 720, least: 84 },
  { width: 1440, height: 900, least: 120 },
  { width: 1920, height: 1080, least: 160 },
];
const PROJECTORS = [...SCREENS.slice(0, 2), { width: 1920, height: 1080, least: 170 }];

/** Every plot's data area, from top to bottom of the page. */
const grounds = (page: Page) =>
  page
    .locator('main [data-ground]')
    .evaluateAll((all) =>
      all
        .map((ground) => ground.getBoundingClientRect())
        .map(({ top, bottom, height }) => ({ top, bottom, height })),
    );

for (const lanes of [2, 4] as const) {
  for (const query of ['', 'present']) {
    const where = query ? 'on a projector' : 'at a desk';
    test(`${where}, ${lanes} lanes: three tall panels and the loss on one screen`, async ({
      open,
    }) => {
      const page = await open({ hash: LANES[lanes], query });
      for (const { least, ...screen } of query ? PROJECTORS : SCREENS) {
        await page.setViewportSize(screen);
        // Plots follow the window with its next picture.
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
        );
        const found = await grounds(page);
        expect(found).toHaveLength(4);
        const wanted = lanes === 2 ? least : 0.85 * least;
        for (const { height } of found.slice(0, 3)) {
          expect(height, `at ${screen.width}`).toBeGreaterThanOrEqual(wanted);
        }
        expect(found[3]!.height, `at ${screen.width}`).toBeGreaterThanOrEqual(60);
        expect(Math.max(...found.map(({ bottom }) => bottom))).toBeLessThan(screen.height);
        // One row of layers' numbers serves all three.
        expect(await page.locator('main .depth-ticks').count()).toBe(1);
      }
    });
  }
}

test('a panel takes the whole column, and gives it back; a link can say so', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const [before] = await grounds(page);
  await page.getByRole('button', { name: 'Enlarge gradient' }).click();
  await expect.poll(() => grounds(page).then((all) => all.length)).toBe(1);
  const [enlarged] = await grounds(page);
  expect(enlarged!.height).toBeGreaterThan(3 * before!.height);
  expect(page.url()).toContain('view.panel=gradient');
  await page.getByRole('button', { name: 'All panels' }).click();
  await expect.poll(() => grounds(page).then((all) => all.length)).toBe(4);

  const linked = await open({ hash: `${SMALL}&view.panel=loss`, width: 390, height: 800 });
  expect(await linked.getByRole('figure', { name: 'loss' }).count()).toBe(1);
  for (const name of DEPTH_PANELS)
    expect(await linked.getByRole('figure', { name }).count()).toBe(0);
});

test('messages move no plot', async ({ open }) => {
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const quiet = await open({ hash: SMALL, ...size });
    const told = await open({ hash: `${SMALL}&no_such_setting=3&norm=unheard_of`, ...size });
    expect(await told.getByRole('status').filter({ hasText: 'no_such_setting' }).count()).toBe(1);
    expect((await grounds(told)).map(({ top }) => top)).toEqual(
      (await grounds(quiet)).map(({ top }) => top),
    );
  }
});
