import type { Page } from 'playwright-core';

import type { ViewId } from '../../src/inspect/readings';

export const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
export const tab = (page: Page, view: ViewId) =>
  inspector(page).getByRole('tab', {
    name: view === 'distribution' ? 'values' : view,
    exact: true,
  });
/** Waits until a view of this step is on show. */
export const shows = (page: Page, step: number) =>
  inspector(page).getByText(`step ${step}`, { exact: true }).waitFor();
