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
import { whenIdle } from './tap';
import { test } from './test';

test('a worker that dies again takes its lane alone, and Restart brings it back', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 3);
  const fail = (worker: number) =>
    page.evaluate((worker) => {
      const error = new ErrorEvent('error', { message: 'Uncaught Error: out of memory' });
      window.tap.workers[worker]!.dispatchEvent(error);
    }, worker);
  await fail(1);
  await notice(page, /out of memory\..*A new engine has come back to step \d+/);
  await fail(2);
  const trouble = lane(page, 'B').getByRole('alert').first();
  await expect.poll(() => trouble.innerText()).toContain('The engine stopped: out of memory.');
  expect(await trouble.innerText()).toContain('Restart gives this lane a new engine');

  const at = await stepShown(page);
  await untilStep(page, at + 5);
  // What it measured last stays in sight.
  expect(await curves(page, 'gradient')).toHaveLength(2);

  await lane(page, 'B').getByRole('button', { name: 'Restart', exact: true }).click();
  await expect.poll(() => trouble.innerText()).toBe('');
  await notice(page, /A new engine has come back to step \d+/);
  // The other lane takes its next step when this one has caught up.
  await untilStep(page, (await stepShown(page)) + 1);
  await pause(page);
  await whenIdle(page);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  expect(b.frames.map(({ step }) => step)).toEqual(a.frames.map(({ step }) => step));
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

test('a worker that is ended without a word is replaced at once', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await playButton(page).click();
  await untilStep(page, 3);
  await page.evaluate(() => Worker.prototype.terminate.call(window.tap.workers[0]!));
  await notice(page, /was ended by the browser\..*A new engine has come back to step \d+/);
  const at = await stepShown(page);
  await untilStep(page, at + 5);
  await pause(page);
  await whenIdle(page);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  expect(b.frames.map(({ step }) => step)).toEqual(a.frames.map(({ step }) => step));
});
