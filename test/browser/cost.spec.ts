import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { StepCost } from '../../src/protocol/engine';
import { playButton, SMALL, stepBy, untilStep } from './driver';
import { replayEngines, replayEvery } from './replay';
import { test } from './test';

const ON_DEVICE: StepCost = {
  jsMs: 0.31,
  dispatches: 370,
  submits: 1,
  readbackBytes: 4100,
  deviceBytes: 12_300_000,
  compileMs: 840,
  statisticsMs: 0.25,
  replayed: true,
  threads: null,
};
const ON_PROCESSOR: StepCost = {
  ...ON_DEVICE,
  dispatches: null,
  submits: null,
  deviceBytes: null,
  replayed: false,
};

const meter = (page: Page) => page.getByRole('button', { name: 'Cost of a step' });
const lines = async (page: Page) => {
  const rows = page.getByRole('dialog', { name: 'Cost of a step' }).getByRole('row');
  const cells = await rows.evaluateAll((found) =>
    found.map((row) => [...row.children].map((cell) => cell.firstChild?.textContent ?? '')),
  );
  return new Map(cells.map(([name, ...values]) => [name, values]));
};

async function running(page: Page, cost: StepCost) {
  await stepBy(page, 2);
  await replayEvery(page, 20, cost);
  await playButton(page).click();
  // Times are running means: until nothing is left in them of the steps that were real.
  await untilStep(page, 150);
}

test('the meter says how fast it goes and what a step costs, and each lane’s when asked', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, before: [replayEngines] });
  expect(await meter(page).innerText()).toContain('–/s');
  await running(page, ON_DEVICE);
  await expect.poll(() => meter(page).innerText()).toMatch(/\d\/s/);
  await expect
    .poll(() => meter(page).innerText())
    .toMatch(/370 dispatches · statistics 0\.250 ms, [\d.]+\s%/);

  await meter(page).click();
  await expect.poll(async () => (await lines(page)).get('dispatches')).toEqual(['370', '370']);
  const told = await lines(page);
  expect(told.get('JavaScript')).toEqual(['0.310 ms', '0.310 ms']);
  expect(told.get('submits')).toEqual(['1', '1']);
  expect(told.get('read back')).toEqual(['4.10 kB', '4.10 kB']);
  expect(told.get('device memory')).toEqual(['12.3 MB', '12.3 MB']);
  expect(told.get('compiled in')).toEqual(['840 ms', '840 ms']);
  expect(told.get('replayed')).toEqual(['yes', 'yes']);
});

test('what a backend does not have is left out', async ({ open }) => {
  const page = await open({ hash: SMALL, before: [replayEngines] });
  await running(page, ON_PROCESSOR);
  await expect.poll(() => meter(page).innerText()).toContain('kernels on CPU');
  await meter(page).click();
  await expect.poll(async () => (await lines(page)).has('read back')).toBe(true);
  const told = await lines(page);
  for (const absent of ['dispatches', 'submits', 'device memory']) {
    expect(told.has(absent)).toBe(false);
  }
  expect(await page.getByRole('dialog', { name: 'Cost of a step' }).innerText()).toContain(
    'Kernels run on the processor',
  );
});
