import type { Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds of the processor that the thread had. */
  tdur?: number;
  args: { name?: string };
}

/**
 * What the page’s thread does while `watched` goes on: how long each of its tasks took, in milliseconds
 * that the thread really had the processor. Unlike times by the clock they hold on a busy machine, too.
 */
export async function tasksDuring(page: Page, watched: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await watched();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: TraceEvent[];
  };
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  // Other pages of the browser have such a thread, too: this one draws.
  const frames = new Map<string, number>();
  for (const event of traceEvents) {
    if (event.name !== 'FireAnimationFrame') continue;
    frames.set(threadOf(event), (frames.get(threadOf(event)) ?? 0) + 1);
  }
  const [thread] = [...frames].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return traceEvents
    .filter(
      (event) =>
        event.name === 'ThreadControllerImpl::RunTask' &&
        event.ph === 'X' &&
        threadOf(event) === thread,
    )
    .map(({ tdur }) => (tdur ?? 0) / 1000);
}
