import { expect } from 'vitest';

import { pause, playButton, stepBy, stepShown, untilStep } from './driver';
import { workAtPictures } from './pace';
import { countDrawn, least, spansOf, type Span } from './pictures';
import { replayEngines, replayEvery } from './replay';
import { whenIdle } from './tap';
import { test } from './test';

declare global {
  interface Window {
    watch: { longTasks: number[]; gaps: number[]; curvesAt: number | null };
  }
}

/** Times what a person would feel. Given to a page to run there, so it must stand alone. */
function watchPage(): void {
  const watch: Window['watch'] = { longTasks: [], gaps: [], curvesAt: null };
  window.watch = watch;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.longTasks.push(duration);
  }).observe({ type: 'longtask' });
  let last = performance.now();
  const look = (now: number) => {
    watch.gaps.push(now - last);
    last = now;
    watch.curvesAt ??= document.querySelectorAll('.trace .curve').length >= 6 ? now : null;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const quantile = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
const inMs = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

const SECONDS = 8;

test('the page answers while both default lanes train', async ({ open }) => {
  const page = await open({ before: [watchPage] });
  await whenIdle(page);
  const curvesAt = (await page.evaluate(() => window.watch.curvesAt))!;

  const cdp = await page.context().newCDPSession(page);
  // Time that the page's thread really had: on a busy machine the clock on the wall says little.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busySeconds = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };

  await playButton(page).click();
  await untilStep(page, 3);
  await page.evaluate(() => Object.assign(window.watch, { longTasks: [], gaps: [] }));
  const [from, busyFrom, began] = [await stepShown(page), await busySeconds(), Date.now()];
  await page.waitForTimeout(SECONDS * 1000);
  const [to, busyTo, ended] = [await stepShown(page), await busySeconds(), Date.now()];
  const { longTasks, gaps } = await page.evaluate(() => window.watch);
  await pause(page);

  const steps = to - from;
  const perStep = ((busyTo - busyFrom) * 1000) / steps;
  console.log(
    [
      `first curves after ${inMs(curvesAt)}`,
      `${((steps * 1000) / (ended - began)).toFixed(1)} steps per second`,
      `${inMs(perStep)} of the page's thread per step`,
      `pictures ${inMs(quantile(gaps, 0.5))} apart at the median, ${inMs(quantile(gaps, 0.95))} at 95 %`,
      `${longTasks.length} long tasks, the longest ${inMs(Math.max(0, ...longTasks))}`,
    ].join('; '),
  );
  expect(steps).toBeGreaterThanOrEqual(4);
  expect(curvesAt).toBeLessThan(20_000);
  // A task of 50 ms is long; what one step costs must leave room for the rest of the page.
  expect(perStep).toBeLessThan(50);
  expect(quantile(gaps, 0.5)).toBeLessThan(100);
});

/**
 * Counts the browser’s pictures, those before which all lanes had taken another step, and those that then
 * showed one. Given to a page to run there, so it must stand alone.
 */
function countPictures(): void {
  const pictures = (window.pictures = { all: 0, due: 0, drawn: 0 });
  const { calls, workers } = window.tap;
  const newest = () =>
    Math.min(
      ...workers.map(
        (_, lane) => calls.findLast((c) => c.worker === lane && c.answered)?.step ?? 0,
      ),
    );
  const onShow = () =>
    Number(document.querySelector('.hd-step')!.textContent!.replace(/\D/g, '')) || 0;
  let [before, isDue] = [onShow(), false];
  // What a picture shows is seen when the next one begins.
  const look = () => {
    const now = onShow();
    pictures.all++;
    if (isDue) pictures.due++;
    if (isDue && now > before) pictures.drawn++;
    [before, isDue] = [now, newest() > now];
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Pictures a second that look like all that a screen shows; and a long task, in ms. */
const SMOOTH = 55;
const SCREEN = 60;
const LONG = 50;
/** Steps before the pictures that are looked at. */
const LONG_RUN = 2000;
/** Milliseconds of the page’s thread that a picture may take: two thirds, the rest is for whoever clicks and drags. */
const PICTURE = (1000 / SMOOTH) * (2 / 3);
/** Spans that are looked at: the least counts, for in others the machine may have had else to do. */
const SPANS = 4;

test('four lanes at full speed are drawn at the rate of the screen', async ({ open }) => {
  const page = await open({ hash: 'v=1&lanes=4', before: [replayEngines] });
  await stepBy(page, 3);
  // No picture may cost more because many steps came before it.
  await replayEvery(page, 0);
  await playButton(page).click();
  await untilStep(page, LONG_RUN);
  // A device that takes 4 ms for a step of all lanes; pictures come slower than its steps.
  await replayEvery(page, 4);
  await page.evaluate(countPictures);
  await page.evaluate(workAtPictures);
  const spans = await spansOf(page, SPANS);
  await pause(page);

  for (const { steps, seconds, due, drawn, ms, tasks, slowness } of spans) {
    console.log(
      [
        `${(steps / seconds).toFixed(0)} steps and ${(drawn / seconds).toFixed(1)} drawn pictures per second`,
        `${due} pictures had a new step to show, and ${drawn} did`,
        `${inMs(ms)} of the page's thread per drawn picture`,
        `the longest of ${tasks.length} tasks ${inMs(Math.max(...tasks))}`,
        `${slowness.toFixed(2)} times as long as where limits hold as they are`,
      ].join('; '),
    );
  }
  const sum = (of: (span: Span) => number) => spans.reduce((total, span) => total + of(span), 0);
  expect(sum(({ drawn }) => drawn)).toBeGreaterThan(50);
  expect(sum(({ tasks }) => tasks.length)).toBeGreaterThan(sum(({ drawn }) => drawn));
  for (const { tasks, slowness } of spans) {
    expect(Math.max(...tasks)).toBeLessThan(LONG * Math.max(1, slowness));
  }
  // Whenever there is a new step the next picture shows it, and it leaves the thread the time for as many
  // as a screen has. The rate by the clock holds what else the machine does, and is told alone.
  expect(sum(({ drawn }) => drawn) / sum(({ due }) => due)).toBeGreaterThan(SMOOTH / SCREEN);
  expect(least(spans)).toBeLessThan(PICTURE);
});

/** Steps of a run whose past is looked at: at 60 a second they go on for longer than half of those spans. */
const RECORDED = 500;

test('the recorded past of four deep lanes is drawn at the rate of the screen', async ({
  open,
}) => {
  const hash = 'v=1&lanes=4&n_layers=24&d_model=16&n_heads=2&seq_len=8';
  const page = await open({ hash, before: [replayEngines] });
  await stepBy(page, 2);
  await replayEvery(page, 0);
  await playButton(page).click();
  await untilStep(page, RECORDED);
  await page.evaluate(countDrawn);
  await page.evaluate(workAtPictures);
  await page.getByRole('button', { name: 'Playback rate' }).click();
  await page.getByRole('menuitemradio', { name: '60/s' }).click();
  await pause(page);
  await page.keyboard.press('b');
  await expect.poll(() => page.locator('.hd-counter').innerText()).toContain('past');
  const spans = await spansOf(page, SPANS / 2);
  console.log(
    `per picture of the past: ${spans.map(({ ms, slowness }) => `${inMs(ms)}, where all takes ${slowness.toFixed(2)} times as long`).join('; ')}`,
  );
  for (const { drawn } of spans) expect(drawn).toBeGreaterThan(20);
  expect(least(spans)).toBeLessThan(PICTURE);
});
