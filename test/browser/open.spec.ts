import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test as untouched } from 'vitest';

import { contentSecurityPolicy } from '../../vite.config';
import {
  curves,
  DEPTH_PANELS,
  lane,
  notice,
  panel,
  PANELS,
  pathLength,
  SMALL,
  stepBy,
  stepShown,
} from './driver';
import { openPage } from './page';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

/** Two stacks as in the textbook, measured and not trained. */
async function expectPairAtRest(page: Page) {
  expect(await lane(page, 'A').getByRole('heading').innerText()).toBe('pre-LN');
  expect(await lane(page, 'B').getByRole('heading').innerText()).toBe('post-LN');
  expect(await stepShown(page)).toBe(0);
  for (const name of DEPTH_PANELS) {
    const [pre = '', post = '', ...more] = await curves(page, name);
    expect(more).toEqual([]);
    expect(pre).not.toBe(post);
    for (const curve of [pre, post]) {
      expect(curve).not.toMatch(/NaN|Infinity/);
      expect(pathLength(curve)).toBeGreaterThanOrEqual(12);
    }
  }
  for (const name of PANELS) {
    const text = (await panel(page, name).innerText()).toLowerCase();
    expect(text).toContain('pre-ln');
    expect(text).toContain('post-ln');
  }
  // Sentences are renewed a few times a second: the lane that came last may not be in it at once.
  await expect
    .poll(() => panel(page, 'loss').locator('figcaption').innerText())
    .toMatch(/^Step 0: pre-LN \d\.\d+.*; post-LN \d\.\d+/);
}

test('two lanes open at rest with traces in all panels', async ({ open }) => {
  const page = await open();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const { headers } = await fetch(page.url());
  expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy());
  await whenIdle(page);
  await expectPairAtRest(page);
  const methods = (await callsOf(page)).map(({ worker, method }) => `${worker} ${method}`);
  expect(methods.sort()).toEqual(
    ['0 open', '0 configure', '0 probe', '1 open', '1 configure', '1 probe'].sort(),
  );
});

untouched('a static host without headers, in a folder, will do', async () => {
  const { page, problems, close } = await openPage({ host: 'static' });
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  expect(await policy.getAttribute('content')).toBe(contentSecurityPolicy({ inMeta: true }));
  await expectPairAtRest(page);
  expect(problems).toEqual([]);
  await close();
});

untouched('the policy comes before anything it governs', () => {
  const html = readFileSync('dist/index.html', 'utf8');
  expect(html.indexOf('Content-Security-Policy')).toBeGreaterThan(0);
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(script|link|style)/));
});

untouched('what goes wrong in the page or a worker is seen', async () => {
  const { page, problems, close } = await openPage();
  await page.evaluate(() => {
    const inWorker = `setTimeout(() => {
      fetch('https://example.com/worker').catch(() => 0);
      try { importScripts('data:text/javascript,0'); } catch {}
      throw new Error('thrown in a worker');
    }, 500)`;
    const url = URL.createObjectURL(new Blob([inWorker], { type: 'text/javascript' }));
    new Worker(url);
    fetch('https://example.com/page').catch(() => 0);
    document.head.append(Object.assign(document.createElement('style'), { textContent: 'a{}' }));
    setTimeout(() => {
      throw new Error('thrown in the page');
    });
    return fetch('./missing.json');
  });
  for (const sign of [
    'example.com/page',
    'style-src',
    'thrown in the page',
    'HTTP 404',
    'thrown in a worker',
    'refused in a worker: connect-src https://example.com/worker',
    'refused in a worker: script-src-elem',
  ]) {
    await expect.poll(() => problems.join('\n')).toContain(sign);
  }
  await close();
});

untouched('opened as a file it says how it is opened', async () => {
  const { page, close } = await openPage();
  await page.goto(pathToFileURL('dist/index.html').href);
  const start = page.locator('.app-start');
  expect(await start.isVisible()).toBe(true);
  expect(await start.innerText()).toMatch(/opened as a file.*npm start/s);
  await close();
});

test('storage that never answers, or throws, is told of and not waited for', async ({ open }) => {
  const page = await open({
    hash: SMALL,
    before: [
      () => {
        IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('refused', 'SecurityError');
          },
        });
      },
    ],
  });
  await notice(page, /no access to the text kept in it: it gave no answer for 4 seconds/);
  await stepBy(page, 1);
});

untouched('a part whose code does not come says so, and is fetched again when asked', async () => {
  const { page, close } = await openPage({ hash: SMALL });
  const help = /HelpDialog-.*\.js$/;
  await page.route(help, (route) => route.abort());
  await page.getByRole('button', { name: /^Help/ }).click();
  const missing = page.getByText('This part of the page could not be loaded');
  await missing.waitFor();
  // The head stays as high as it is.
  const head = await page.getByRole('banner').boundingBox();
  expect(head!.height).toBeLessThan(50);
  await page.unroute(help);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('dialog').getByText('Keys in a focused plot').waitFor();
  expect(await missing.count()).toBe(0);
  await close();
});
