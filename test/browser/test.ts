import type { Page } from 'playwright-core';
import { test as base, expect } from 'vitest';

import { openPage, type OpenPage, type PageOptions } from './page';
import { tapWorkers } from './tap';

interface Fixtures {
  /** Opens the page, with its engines tapped. Nothing may go wrong in it until the test is over. */
  open(options?: PageOptions): Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // The runner reads the first parameter's pattern.
  open: async ({ task }, use) => {
    const opened: OpenPage[] = [];
    await use(async (options) => {
      const one = await openPage({ ...options, before: [tapWorkers, ...(options?.before ?? [])] });
      opened.push(one);
      return one.page;
    });
    const problems = opened.flatMap((one) => one.problems);
    if (task.result?.state === 'fail') {
      const name = task.name.replace(/\W+/g, '-');
      await opened.at(-1)?.page.screenshot({ path: `shots/failed/${name}.png` });
    }
    for (const { close } of opened) await close();
    expect(problems).toEqual([]);
  },
});
