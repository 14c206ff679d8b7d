import { expect } from 'vitest';

import {
  curves,
  lane,
  notice,
  pause,
  playButton,
  saveRecord,
  SMALL,
  stepShown,
  untilStep,
} from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

test('a worker that dies takes its lane alone, and Restart brings it back', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 3);
  await page.evaluate(() => {
    const error = new ErrorEvent('error', { message: 'Uncaught Error: out of memory' });
    window.tap.workers[1]!.dispatchEvent(error);
  });
  const trouble = lane(page, 'B').getByRole('alert').first();
  await expect.poll(() => trouble.innerText()).toContain('The engine stopped: out of memory.');
  expect(await lane(page, 'A').locator('.ui-notice').count()).toBe(0);

  const at = await stepShown(page);
  await untilStep(page, at + 5);
  // What it measured last stays in sight.
  expect(await curves(page, 'gradient')).toHaveLength(2);

  await lane(page, 'B').getByRole('button', { name: 'Restart', exact: true }).click();
  await expect.poll(() => trouble.innerText()).toBe('');
  await notice(page, /This lane begins at step 0; the others stand at step \d+/);
  await lane(page, 'B').getByRole('button', { name: 'Start all at step 0' }).click();
  await expect.poll(() => lane(page, 'B').locator('.ui-notice').count()).toBe(0);
  await untilStep(page, 5);
});

test('an error thrown in a worker reaches its lane', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await whenIdle(page);
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('a fault of the driver');
    });
  });
  await notice(page, 'The engine stopped: a fault of the driver.');
  expect(await page.getByRole('button', { name: 'Restart', exact: true }).count()).toBe(1);
});

test('a command that the graphics device refuses ends its lane, which says so', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, query: 'backend=webgpu', webgpu: true });
  await whenIdle(page);
  const worker = page.workers()[0]!;
  // The device is the engine's own: it is met where it is asked for something.
  await worker.evaluate(() => {
    const { createCommandEncoder } = GPUDevice.prototype;
    GPUDevice.prototype.createCommandEncoder = function (...given) {
      this.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
      return createCommandEncoder.apply(this, given);
    };
  });
  await page.getByRole('button', { name: 'One step' }).click();
  await notice(page, /The engine stopped: the graphics device refused a command \(.*usage/i);
  expect(await page.getByRole('button', { name: 'Restart', exact: true }).count()).toBe(1);
});

test('an engine that falls silent is named, and can be replaced', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 3);
  await page.evaluate(() => {
    const silent = window.tap.workers[0]!;
    Worker.prototype.terminate.call(silent);
  });
  await notice(page, /has been at work on one answer for long/);
  await lane(page, 'A').getByRole('button', { name: 'Restart this lane' }).click();
  await lane(page, 'A').getByRole('button', { name: 'Start all at step 0' }).click();
  // Training goes on, so step 0 itself may be gone before it can be read.
  const resets = async () =>
    (await callsOf(page)).filter(({ method }) => method === 'reset').length;
  await expect.poll(resets).toBe(2);
  await pause(page);
  await whenIdle(page);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  expect(a.frames[0]!.step).toBe(0);
  expect(a.frames.length).toBeGreaterThan(0);
  expect(b.frames.map(({ step }) => step)).toEqual(a.frames.map(({ step }) => step));
});
