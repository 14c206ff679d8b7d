import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { RunRecord } from '../../src/runs/record';
import { expectAccessible, prepareAxe } from './accessible';
import { dropFile, notice, pickFileAction, SMALL } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Sweeps', exact: true });
const map = (page: Page) => dialog(page).getByRole('slider').first();

/** Types a sweep into the form. */
async function fill(page: Page, grid: string[], { steps = 6, seeds = 1, result = 'loss@last' } = {}) {
  const form = dialog(page).getByRole('form', { name: 'Sweep', exact: true });
  const names = ['First axis, typed', 'Second axis, typed'];
  for (const [i, text] of grid.entries())
    await form.getByRole('textbox', { name: names[i]! }).fill(text);
  if (grid.length === 1)
    await form.getByRole('button', { name: 'Without second axis' }).click();
  await form.getByRole('textbox', { name: 'Result, typed' }).fill(result);
  for (const [name, value] of [
    ['Seeds of each cell', seeds],
    ['Steps of each run', steps],
  ] as const) {
    const field = form.getByRole('textbox', { name });
    await field.fill(String(value));
    await field.press('Enter');
  }
}

const start = (page: Page) => dialog(page).getByRole('button', { name: /^(Start|Go on)$/ }).click();
const done = (page: Page) =>
  dialog(page).getByText(/^All [\d,]+ runs are made/).waitFor({ timeout: 120_000 });

interface Line {
  cell: number[];
  seed: number;
  result: number | string | null;
  config: Record<string, unknown>;
}

/** The lines of the sweep on show, as its file has them. */
async function lines(page: Page): Promise<Line[]> {
  await dialog(page).getByRole('button', { name: 'Save the runs' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^JSON lines/ }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('a sweep is typed, told what is wrong with it, run, read, and opened as a lane with the same numbers', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await page.keyboard.press('s');
  await dialog(page).waitFor();
  await fill(page, ['lr=1e-3..1:4log', 'n_layers=1|pony']);
  await dialog(page).getByText('n_layers is “pony”; it must be a whole number').waitFor();
  expect(await dialog(page).getByRole('button', { name: 'Start' }).count()).toBe(0);
  await fill(page, ['lr=1e-3..100:3log', 'n_layers=1|2'], { seeds: 2 });
  await dialog(page).getByText(/^12 runs, about .* on 2 workers$/).waitFor({ timeout: 30_000 });
  await start(page);
  await done(page);
  await expect.poll(() => page.url()).toContain('view.sweep=open:lr%3D1e-3..100:3log~n_layers');

  const all = await lines(page);
  expect(all).toHaveLength(12);
  expect(new Set(all.map(({ cell, seed }) => `${cell.join()} ${seed}`)).size).toBe(12);

  await map(page).focus();
  await page.keyboard.press('ArrowDown');
  // The first cell is that of the last row: the least value of the second axis is at the bottom.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const said = await map(page).getAttribute('aria-valuetext');
  expect(said).toMatch(/^Learning rate 0\.316, Layers 1: /);
  await page.keyboard.press('Enter');
  await notice(page, 'with Learning rate 0.316, Layers 1 is a lane of its own');
  await page.getByRole('region', { name: /^Lane C:/ }).waitFor();
  await expect.poll(() => page.locator('.hd-step').innerText(), { timeout: 30_000 }).toBe('5');
  await whenIdle(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    pickFileAction(page, 'Save record', 2),
  ]);
  const record = JSON.parse(readFileSync(await download.path(), 'utf8')) as RunRecord;
  const told = all.find(({ cell, seed }) => cell.join() === '1,0' && seed === 0)!;
  expect(record.config).toEqual(told.config);
  expect(record.frames.at(-1)).toMatchObject({ step: 5, loss: told.result });
});
