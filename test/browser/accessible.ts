import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SCHEMES = ['light', 'dark'] as const;

/** What axe finds fault with, in both themes, by rule and element. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForFunction(
      (theme) => document.documentElement.dataset['theme'] === theme,
      colorScheme,
    );
    const { violations, passes } = await page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => {
        const [first] = [...any, ...all, ...none];
        return `${id} at ${target.join(' ')}: ${first?.message}`;
      }),
    );
    expect.soft(found, `${state}, ${colorScheme}`).toEqual([]);
    expect(passes.length).toBeGreaterThan(20);
  }
}

/** Axe is in the page from now on, until that is loaded again. */
export const prepareAxe = (page: Page): Promise<unknown> => page.evaluate(axe);
