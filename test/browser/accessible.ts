import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of what passes, axe tells the rules: the elements are many. */
const EVERY_RULE: RunOptions = { resultTypes: ['violations'] };
/** The other theme changes colours alone: of axe's rules for colours, those that it has on by itself. */
const OF_COLOURS: RunOptions = {
  ...EVERY_RULE,
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};
const THEMES = [
  { colorScheme: 'light', options: EVERY_RULE, rules: 20 },
  { colorScheme: 'dark', options: OF_COLOURS, rules: 0 },
] as const;

/** What axe finds fault with, in both themes, by rule and element. */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const { colorScheme, options, rules } of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForFunction(
      (theme) => document.documentElement.dataset['theme'] === theme,
      colorScheme,
    );
    const { violations, passes } = await page.evaluate(
      (options) =>
        (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(
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
    expect(passes.length).toBeGreaterThan(rules);
  }
}

/** Axe is in the page from now on, until that is loaded again. */
export const prepareAxe = (page: Page): Promise<unknown> => page.evaluate(axe);
