import { expect } from 'vitest';

import { pause, playButton, stepShown, untilStep } from './driver';
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
