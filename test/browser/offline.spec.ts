import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { notice, SMALL, stepBy, stepShown } from './driver';
import { whenReady } from './page';
import { staticSite } from './site';
import { test } from './test';

/** All of the build is in the browser. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });

test('after one visit the page opens, trains and shows all its parts without a network', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, keepsItself: true });
  await kept(page);
  await page.context().setOffline(true);
  for (const query of ['', '?backend=cpu']) {
    await page.goto(`${page.url().replace(/[?#].*/, '')}${query}#${SMALL}&view.theory=on`);
    await page.reload();
    await whenReady({ page, problems: [] });
    await stepBy(page, 2);
    expect(await stepShown(page)).toBe(2);
    // Its headers are kept with it: threads and fine timers are there as before.
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  }
  await page.getByRole('button', { name: 'Claims', exact: true }).click();
  await page
    .getByRole('dialog', { name: 'Claims' })
    .locator('.katex, article, li')
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.getByRole('dialog', { name: 'Sweeps', exact: true }).getByRole('form').waitFor();
});

test('a newer version is offered and waits; it comes with the reload', async ({ open }) => {
  const dist = mkdtempSync(join(tmpdir(), 'normscope-'));
  cpSync(resolve(import.meta.dirname, '../../dist'), dist, { recursive: true });
  const site = await staticSite('/app/', dist);
  try {
    const page = await open({ hash: SMALL, keepsItself: true, host: site });
    await kept(page);
    await page.reload();
    await whenReady({ page, problems: [] });
    await stepBy(page, 1);
    appendFileSync(join(dist, 'sw.js'), '\n// another version');
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await notice(page, /A newer version of Normscope is here; this page is \d/);
    expect(await stepShown(page)).toBe(1);
    const left = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Reload now' }).click();
    await left;
    await whenReady({ page, problems: [] });
    await page.waitForFunction(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration?.active && !registration.waiting;
    });
  } finally {
    await site.close();
    rmSync(dist, { recursive: true });
  }
});
