import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { SMALL, stepShown } from './driver';
import { test } from './test';
import { callsOf } from './tap';

const badge = (page: Page) => page.locator('.hd-badge');

/** What the badge says, and what it explains when it is opened. */
async function device(page: Page) {
  const name = await badge(page).locator('span').first().innerText();
  await badge(page).click();
  const reason = await page.getByRole('dialog', { name: 'Backend' }).locator('p').innerText();
  return { name, reason };
}

test('without an adapter the badge says wasm, and why', async ({ open }) => {
  const { name, reason } = await device(await open({ hash: SMALL }));
  expect(name).toBe('WebAssembly');
  expect(reason).toMatch(/^Not used: webgpu: (there is no WebGPU adapter|.*has no WebGPU);/);
  expect(reason).toMatch(/webgl: .*software/i);
});

test('a software adapter is not chosen unasked, and is named', async ({ open }) => {
  const { name, reason } = await device(await open({ hash: SMALL, webgpu: true }));
  expect(name).toBe('WebAssembly');
  expect(reason).toMatch(/webgpu: its adapter \(.*swiftshader.*\) is software/i);
});

test('what was asked for and cannot run is replaced, and named', async ({ open }) => {
  const page = await open({ hash: SMALL, query: 'backend=webgpu' });
  const { name, reason } = await device(page);
  expect(name).toBe('WebAssembly');
  expect(reason).toMatch(/^webgpu was asked for\. Not used: webgpu: /);
});

test('another backend is taken under way, from step 0', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.getByRole('button', { name: 'One step' }).click();
  await expect.poll(() => stepShown(page)).toBe(1);
  await badge(page).click();
  await page.getByRole('radio', { name: /^JavaScript/ }).click();
  await expect.poll(() => badge(page).innerText()).toMatch(/^JavaScript/);
  await expect.poll(() => stepShown(page)).toBe(0);
  const calls = await callsOf(page);
  expect(calls.filter(({ worker, method }) => worker > 1 && method === 'probe').length).toBe(2);
});
