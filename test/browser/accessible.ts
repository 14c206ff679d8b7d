import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Rules by theme: the second has other colours alone. */
const SCHEMES = {
  light: {},
  dark: { runOnly: { type: 'tag', values: ['cat.color'] } },
} satisfies Record<string, RunOptions>;

/** What axe finds fault with, in both themes, by rule and element. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const [colorScheme, options] of Object.entries(SCHEMES) as [
    'light' | 'dark',
    RunOptions,
  ][]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForFunction(
      (theme) => document.documentElement.dataset['theme'] === theme,
      colorScheme,
    );
    const { violations, passes } = await page.evaluate(
      (options) =>
        (window as unknown as { axe: { run(o: RunOptions): Promise<AxeResults> } }).axe.run(
          options,
        ),
      options,
    );
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const [first] = [...any, ...all, ...none];
        return `${id} at ${target.join(' ')}: ${first?.message}`;
      }),
    );
    expect.soft(found, `${state}, ${colorScheme}`).toEqual([]);
    expect(passes.length).toBeGreaterThan(colorScheme === 'light' ? 20 : 0);
  }
}

/** Axe is in the page from now on, until that is loaded again. */
export const prepareAxe = (page: Page): Promise<unknown> => page.evaluate(axe);
