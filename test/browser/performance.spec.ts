import { expect } from 'vitest';

import { curves, DEPTH_PANELS, pause, playButton, stepShown, untilStep } from './driver';
import { openPage } from './page';
import { callsOf, tapWorkers } from './tap';
import { test } from './test';

declare global {
  interface Window {
    watch: { longTasks: number[]; frames: number[]; curvesAt: number | null };
  }
}

/** Times what a person would feel. Given to a page as `before`, so it must stand alone. */
function watchPage(): void {
  const watch: Window['watch'] = { longTasks: [], frames: [], curvesAt: null };
  window.watch = watch;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watch.longTasks.push(duration);
  }).observe({ type: 'longtask' });
  let last = performance.now();
  const look = (now: number) => {
    watch.frames.push(now - last);
    last = now;
    watch.curvesAt ??= document.querySelectorAll('.trace .curve').length >= 6 ? now : null;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const quantile = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;
const round = (value: number) => Math.round(value * 10) / 10;
