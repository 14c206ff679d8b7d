/*
 * A long run of a deep stack: recorded steps of four lanes of 24 layers, whose frames stand-ins for engines repeat. What
 * memory it takes, what a picture of its past costs the page's thread, how long the first picture of the waterfall takes,
 * and how much training beside it is slowed down.
 *
 *   npm run verify                    5,000 steps
 *   LONG_RUN=1000 npm run verify
 */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { pause, playButton, stepBy, stepShown, untilStep } from './driver';
import { paceOf, workAtPictures } from './pace';
import { countDrawn, least, spansOf } from './pictures';
import { replayEngines, replayEvery } from './replay';
import { test } from './test';

const STEPS = Number(process.env.LONG_RUN ?? 5000);
const SPANS = 4;
/** Milliseconds that the first picture of the waterfall may take, and of the page’s thread any picture. */
const FIRST = 300;
const PICTURE = 12;
/** Milliseconds of a step of all lanes while training is timed, and seconds of that. */
const STEP = 25;
const SECONDS = 6;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const inMs = (ms: number) => `${ms.toFixed(1)} ms`;

/** Bytes of the page and its workers, by the browser's own count. */
const memoryOf = (page: Page) =>
  page.evaluate(async () => {
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    return (await measured.measureUserAgentSpecificMemory()).bytes;
  });

/** Milliseconds from a click on a tab until the canvas of its panel is drawn. */
const firstPicture = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const tab = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
          ({ textContent }) => textContent === 'waterfall',
        )!;
        const began = performance.now();
        tab.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }));
        const isDrawn = () => {
          const canvas = document.querySelector<HTMLCanvasElement>('.lower canvas');
          if (!canvas?.width || tab.dataset.state !== 'active') return false;
          const { width, height } = canvas;
          const { data } = canvas.getContext('2d')!.getImageData(0, height >> 1, width, 1);
          return data.some((value) => value > 0);
        };
        const look = () => {
          if (isDrawn()) resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

const stepsPerSecond = async (page: Page) => {
  const newest = () =>
    page.evaluate(() => Math.max(...window.tap.calls.map(({ step }) => step ?? 0)));
  const [from, began] = [await newest(), Date.now()];
  await page.waitForTimeout(SECONDS * 1000);
  return ((await newest()) - from) / ((Date.now() - began) / 1000);
};

test('a long run is seen at the rate of the screen', { timeout: 1_200_000 }, async ({ open }) => {
  const hash = 'v=1&lanes=4&n_layers=24&d_model=16&n_heads=2&seq_len=8';
  const page = await open({ hash, before: [replayEngines] });
  const empty = await memoryOf(page);
  await stepBy(page, 2);
  await replayEvery(page, 0);
  await playButton(page).click();
  await untilStep(page, STEPS, 1e6);
  await pause(page);
  const full = await memoryOf(page);
  console.log(
    `${await stepShown(page)} steps: ${megabytes(full)}, ${megabytes(empty)} before the first`,
  );
  await page.evaluate(workAtPictures);
  await page.waitForTimeout(1000);
  const { slowness } = await paceOf(page);
  const first = await firstPicture(page);
  console.log(
    `first picture of the waterfall: ${inMs(first)}, where all takes ${slowness.toFixed(2)} times as long`,
  );
  await page.getByRole('tab', { name: 'loss' }).click();

  await page.evaluate(countDrawn);
  await page.getByRole('button', { name: 'Playback rate' }).click();
  await page.getByRole('menuitemradio', { name: '60/s' }).click();
  const tell = async (what: string) => {
    const spans = await spansOf(page, SPANS);
    const each = spans
      .map(({ ms, slowness }) => `${inMs(ms)} at ${slowness.toFixed(2)}`)
      .join(', ');
    console.log(
      `${what}: ${inMs(least(spans))} a picture, which is the least of ${each} times as slow`,
    );
    return least(spans);
  };
  await page.keyboard.press('b');
  const past = await tell('the past');
  await page.keyboard.press('b');

  await replayEvery(page, STEP);
  await playButton(page).click();
  const [beside, alone]: number[][] = [[], []];
  for (let turn = 0; turn < 3; turn++) {
    await page.getByRole('button', { name: 'live', exact: true }).click();
    alone!.push(await stepsPerSecond(page));
    await page.keyboard.press('b');
    beside!.push(await stepsPerSecond(page));
    await page.keyboard.press('b');
  }
  const list = (rates: number[]) => rates.map((rate) => rate.toFixed(1)).join(', ');
  console.log(
    `training: ${list(alone!)} steps a second; while its past is played: ${list(beside!)}`,
  );

  expect(first).toBeLessThan(FIRST * Math.max(1, slowness));
  expect(past).toBeLessThan(PICTURE);
  expect(Math.max(...beside!)).toBeGreaterThan(0.9 * Math.max(...alone!));
});
