import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { contentSecurityPolicy } from '../../vite.config';
import { openPage } from './page';

test('the served page opens isolated, under its policy, without errors or foreign requests', async () => {
  const { page, problems, close } = await openPage();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const { headers } = await fetch(page.url());
  expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy());
  expect(problems).toEqual([]);
  await close();
});

test('a static host without headers, in a folder, will do', async () => {
  const { page, problems, close } = await openPage({ host: 'static' });
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  expect(await policy.getAttribute('content')).toBe(contentSecurityPolicy({ inMeta: true }));
  expect(problems).toEqual([]);
  await close();
});

test('the policy comes before anything it governs', () => {
  const html = readFileSync('dist/index.html', 'utf8');
  expect(html.indexOf('Content-Security-Policy')).toBeGreaterThan(0);
  expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(script|link|style)/));
});

test('the page opens where there is a WebGPU adapter', async () => {
  const { problems, close } = await openPage({ webgpu: true });
  expect(problems).toEqual([]);
  await close();
});

test('what goes wrong in the page or a worker is seen', async () => {
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
  await page.waitForTimeout(1500);
  const seen = problems.join('\n');
  for (const sign of [
    'example.com/page',
    'style-src',
    'thrown in the page',
    'HTTP 404',
    'thrown in a worker',
    'refused in a worker: connect-src https://example.com/worker',
    'refused in a worker: script-src-elem',
  ]) {
    expect.soft(seen).toContain(sign);
  }
  await close();
});
