import type { Page } from 'playwright-core';

import { stepShown } from './driver';
import { paceOf } from './pace';
import { tasksDuring } from './trace';

declare global {
  interface Window {
    /** The browser’s pictures: all, those that had a new step to show, and those that showed one. */
    pictures: { all: number; due: number; drawn: number };
  }
}

/** Counts the pictures that show another step. Given to a page to run there, so it must stand alone. */
export function countDrawn(): void {
  window.pictures = { all: 0, due: 0, drawn: 0 };
  const counter = new MutationObserver(() => window.pictures.drawn++);
  const changes = { characterData: true, subtree: true, childList: true };
  counter.observe(document.querySelector('.hd-step')!, changes);
}

/** Milliseconds of a span. */
const SPAN = 2000;

/** What pictures take over a span, where they are counted and paced. */
async function pictures(page: Page) {
  await paceOf(page);
  const before = await page.evaluate(() => ({ ...window.pictures }));
  const [from, began] = [await stepShown(page), Date.now()];
  const tasks = await tasksDuring(page, () => page.waitForTimeout(SPAN));
  const seconds = (Date.now() - began) / 1000;
  const steps = (await stepShown(page)) - from;
  const { all, slowness } = await paceOf(page);
  const after = await page.evaluate(() => ({ ...window.pictures }));
  const drawn = after.drawn - before.drawn;
  const ms = (tasks.reduce((sum, task) => sum + task, 0) - all) / drawn;
  return { steps, seconds, due: after.due - before.due, drawn, ms, tasks, slowness };
}

export type Span = Awaited<ReturnType<typeof pictures>>;
/** What pictures take over so many spans. */
export async function spansOf(page: Page, count: number): Promise<Span[]> {
  const spans: Span[] = [];
  for (let i = 0; i < count; i++) spans.push(await pictures(page));
  return spans;
}
/** The least milliseconds of a picture, as they would be on the machine that limits are meant for. */
export const least = (spans: readonly Span[]) =>
  Math.min(...spans.map(({ ms, slowness }) => ms / slowness));
