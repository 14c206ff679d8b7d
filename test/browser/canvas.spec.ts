import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { panel, SMALL, stepBy } from './driver';
import { test } from './test';

const canvas = (page: Page) => panel(page, 'loss').locator('canvas');

/** Size on the page and in pixels, how many of these are drawn on, and the strongest colours there. */
const look = (page: Page) =>
  canvas(page).evaluate((element) => {
    const { width, height, clientWidth, clientHeight } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement)
      .getContext('2d')!
      .getImageData(0, 0, width, height);
    const colours = new Map<string, number>();
    let drawn = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3]! > 0) drawn++;
      if (data[i + 3] !== 255) continue;
      const colour = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return { width, height, clientWidth, clientHeight, drawn, colours: [...colours.keys()] };
  });

/** The lanes’ colours in the theme on show, as a canvas gives them back. */
const laneColours = (page: Page) =>
  page.evaluate(() =>
    ['a', 'b'].map((id) => {
      const probe = document.createElement('i');
      probe.style.color = `var(--lane-${id})`;
      document.body.append(probe);
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    }),
  );

test('the loss is drawn in the lanes’ colours, again in those of another theme', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, colorScheme: 'light' });
  await stepBy(page, 12);
  const light = await laneColours(page);
  await expect.poll(async () => (await look(page)).colours).toEqual(expect.arrayContaining(light));
  await page.getByRole('button', { name: /^Change to the dark theme/ }).click();
  const dark = await laneColours(page);
  expect(dark).not.toEqual(light);
  await expect.poll(async () => (await look(page)).colours).toEqual(expect.arrayContaining(dark));
  expect((await look(page)).colours).not.toEqual(expect.arrayContaining(light));
});

test('a canvas has the pixels of its screen, also on another screen', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 6);
  const before = await look(page);
  expect([before.width, before.height]).toEqual([before.clientWidth, before.clientHeight]);
  expect(before.drawn).toBeGreaterThan(50);

  const cdp = await page.context().newCDPSession(page);
  const metrics = { width: 1100, height: 800, deviceScaleFactor: 2, mobile: false };
  await cdp.send('Emulation.setDeviceMetricsOverride', metrics);
  await expect
    .poll(async () => {
      const { width, clientWidth, drawn } = await look(page);
      const isSmaller = clientWidth < before.clientWidth;
      return { isSmaller, ratio: width / clientWidth, isDrawn: drawn > 100 };
    })
    .toEqual({ isSmaller: true, ratio: 2, isDrawn: true });
});
