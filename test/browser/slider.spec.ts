import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { curves, panel, pathLength, sliderOf, SMALL } from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

/** Takes hold of a slider; gives a way to move to a share of its width. */
async function grab(page: Page, label: string) {
  const thumb = await sliderOf(page, label);
  await thumb.scrollIntoViewIfNeeded();
  const knob = (await thumb.boundingBox())!;
  const track = (await thumb
    .locator('xpath=ancestor::*[contains(@class, "ln-slider")]')
    .boundingBox())!;
  const y = knob.y + knob.height / 2;
  await page.mouse.move(knob.x + knob.width / 2, y);
  await page.mouse.down();
  return {
    thumb,
    moveTo: (share: number) => page.mouse.move(track.x + track.width * share, y, { steps: 8 }),
  };
}

const lastModels = async (page: Page) => {
  const models = (await callsOf(page)).filter(({ n_layers }) => n_layers !== undefined);
  // On a machine that is busy an engine may have been replaced.
  const living = await page.evaluate(() =>
    [...window.tap.workers.keys()].filter((worker) => !window.tap.ended.has(worker)),
  );
  return living.map((worker) => models.findLast((call) => call.worker === worker)?.n_layers);
};

test('while the number of layers is dragged the curves follow, and end at the last value', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const entries = () => page.evaluate(() => history.length);
  const before = await entries();
  const { thumb, moveTo } = await grab(page, 'Layers');

  const seen: number[] = [];
  for (const share of [0.15, 0.3, 0.2]) {
    await moveTo(share);
    const asked = Number(await thumb.getAttribute('aria-valuetext'));
    // The button is still down: this is a probe under way, not the one at the end.
    await expect.poll(() => lastModels(page)).toEqual([asked, asked]);
    await expect
      .poll(async () => (await curves(page, 'activation magnitude')).map(pathLength))
      .toEqual([asked + 1, asked + 1]);
    seen.push(asked);
  }
  expect(new Set(seen).size).toBe(3);
  expect(await entries()).toBe(before);
  expect(page.url()).not.toContain(`n_layers=${seen[2]}`);

  await moveTo(1);
  await page.mouse.up();
  expect(await thumb.getAttribute('aria-valuetext')).toBe('48');
  await expect.poll(() => lastModels(page), { timeout: 60_000 }).toEqual([48, 48]);
  await whenIdle(page);
  expect((await curves(page, 'gradient')).map(pathLength)).toEqual([49, 49]);
  expect(await panel(page, 'gradient').locator('figcaption').innerText()).toContain('layer 47');
  expect(page.url()).toContain('n_layers=48');
  expect(await entries()).toBe(before + 1);
});

test('while the gain is dragged the curves follow', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const { thumb, moveTo } = await grab(page, 'Gain');
  const seen = new Set<string>();
  for (const share of [0.75, 0.9, 0.4]) {
    await moveTo(share);
    const before = [...seen].at(-1) ?? '';
    await expect.poll(async () => (await curves(page, 'gradient')).join()).not.toBe(before);
    await whenIdle(page);
    seen.add((await curves(page, 'gradient')).join());
  }
  expect(seen.size).toBe(3);
  await page.mouse.up();
  await whenIdle(page);
  const gain = (await thumb.getAttribute('aria-valuetext'))!;
  expect(page.url()).toContain(`init_gain=${gain}`);
  expect((await curves(page, 'gradient')).join()).toBe([...seen].at(-1));
});
