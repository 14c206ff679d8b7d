/** The pane of labs: its parts, and what a student does in them. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';

export const pane = (page: Page): Locator => page.locator('aside.lb');
export const task = (page: Page, kind: string, nth = 0): Locator =>
  pane(page)
    .getByRole('group', { name: new RegExp(`^${kind}`) })
    .nth(nth);
export const press = (page: Page, name: string): Promise<void> =>
  pane(page).getByRole('button', { name, exact: true }).click();
export const heading = (page: Page, name: string): Promise<void> =>
  pane(page).getByRole('heading', { name, exact: true }).waitFor();
export const drawing = (page: Page): Locator =>
  page.getByRole('group', { name: /^Draw your prediction/ });

/** A file that a button of the pane saves. */
export async function saved(page: Page, button: string) {
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, button)]);
  return {
    name: download.suggestedFilename(),
    text: readFileSync(await download.path(), 'utf8'),
  };
}
