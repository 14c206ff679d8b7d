import { expect } from 'vitest';

import { pause, playButton, stepBy, stepShown, untilStep } from './driver';
import { replayEngines, replayEvery } from './replay';
import { whenIdle } from './tap';
import { test } from './test';
import { tasksDuring } from './trace';

declare global {
  interface Window {
    watch: { longTasks: number[]; gaps: number[]; curvesAt: number | null };
    pictures: { all: number; due: number; drawn: number };
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
/** Of the page’s thread, what pictures may take: the rest is for whoever clicks and drags. */
const SHARE = 2 / 3;

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
  const from = await stepShown(page);
  const began = Date.now();
  const tasks = await tasksDuring(page, () => page.waitForTimeout(SECONDS * 1000));
  const seconds = (Date.now() - began) / 1000;
  const steps = (await stepShown(page)) - from;
  const { all, due, drawn } = await page.evaluate(() => window.pictures);
  await pause(page);

  const busy = tasks.reduce((sum, ms) => sum + ms, 0);
  const perPicture = busy / drawn;
  console.log(
    [
      `${(steps / seconds).toFixed(0)} steps and ${(drawn / seconds).toFixed(1)} drawn pictures per second`,
      `of ${all} pictures ${due} had a new step to show, and ${drawn} did`,
      `${inMs(perPicture)} of the page's thread per drawn picture`,
      `the longest of ${tasks.length} tasks ${inMs(Math.max(...tasks))}`,
    ].join('; '),
  );
  expect(drawn).toBeGreaterThan(50);
  expect(tasks.length).toBeGreaterThan(drawn);
  expect(Math.max(...tasks)).toBeLessThan(LONG);
  // Whenever there is a new step the next picture shows it, and it leaves the thread the time for as many
  // as a screen has. The rate by the clock holds what else the machine does, and is told alone.
  expect(drawn / due).toBeGreaterThan(SMOOTH / SCREEN);
  expect(perPicture).toBeLessThan((1000 / SMOOTH) * SHARE);
});

/** Steps of a run, and the most that a picture of them may cost, in those of training. */
const RECORDED = 300;
const AS_MUCH = 1.3;

test('the recorded past of four deep lanes is drawn as fast as training is', async ({ open }) => {
  const hash = 'v=1&lanes=4&n_layers=24&d_model=16&n_heads=2&seq_len=8';
  const page = await open({ hash, before: [replayEngines] });
  await stepBy(page, 2);
  await replayEvery(page, 0);
  await playButton(page).click();
  await untilStep(page, RECORDED);
  await page.evaluate(() => {
    window.pictures = { all: 0, due: 0, drawn: 0 };
    const counter = new MutationObserver(() => window.pictures.drawn++);
    const changes = { characterData: true, subtree: true, childList: true };
    counter.observe(document.querySelector('.hd-step')!, changes);
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const count = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    const seconds = metrics
      .filter(({ name }) => /^(Script|Layout|RecalcStyle)Duration$/.test(name))
      .reduce((sum, { value }) => sum + value, 0);
    return { ms: seconds * 1000, pictures: await page.evaluate(() => window.pictures.drawn) };
  };
  /** Of the page's thread, what a picture takes until it is painted. */
  const perPicture = async () => {
    const from = await count();
    await page.waitForTimeout(3000);
    const to = await count();
    expect(to.pictures - from.pictures).toBeGreaterThan(20);
    return (to.ms - from.ms) / (to.pictures - from.pictures);
  };

  await page.getByRole('button', { name: 'Playback rate' }).click();
  await page.getByRole('menuitemradio', { name: '60/s' }).click();
  await replayEvery(page, 16);
  const live = await perPicture();
  await pause(page);
  await page.keyboard.press('b');
  await expect.poll(() => page.locator('.hd-counter').innerText()).toContain('past');
  const past = await perPicture();
  console.log(`${inMs(past)} for a picture of the past, ${inMs(live)} for one of training`);
  // Either is more on a busy machine, which is why they are compared.
  expect(past).toBeLessThan(AS_MUCH * live);
});
