import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { complete } from '../../src/config/check';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { shortest, type RunRecord } from '../../src/runs/record';
import { createRunner } from '../../src/sweeps/run/runner';
import { readSweep, runKey, runsOf } from '../../src/sweeps/sweep';
import { expectAccessible, prepareAxe } from './accessible';
import { dropFile, notice, pickFileAction, SMALL } from './driver';
import { whenReady } from './page';
import { whenIdle } from './tap';
import { test } from './test';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Sweeps', exact: true });
const map = (page: Page) => dialog(page).getByRole('slider').first();

/** Types a sweep into the form. */
async function fill(
  page: Page,
  grid: string[],
  { steps = 6, seeds = 1, result = 'loss@last' } = {},
) {
  const form = dialog(page).getByRole('form', { name: 'Sweep', exact: true });
  const names = ['First axis, typed', 'Second axis, typed'];
  for (const [i, text] of grid.entries())
    await form.getByRole('textbox', { name: names[i]! }).fill(text);
  if (grid.length === 1) await form.getByRole('button', { name: 'Without second axis' }).click();
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

const start = (page: Page) =>
  dialog(page)
    .getByRole('button', { name: /^(Start|Go on)$/ })
    .click();
const done = (page: Page) =>
  dialog(page)
    .getByText(/^All [\d,]+ runs are made/)
    .waitFor({ timeout: 120_000 });

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
  await dialog(page)
    .getByText(/^12 runs, about .* on 2 workers$/)
    .waitFor({ timeout: 30_000 });
  await start(page);
  await done(page);
  await expect.poll(() => page.url()).toContain('view.sweep=open:lr%3D1e-3..100:3log~n_layers');

  const all = await lines(page);
  expect(all).toHaveLength(12);
  expect(new Set(all.map(({ cell, seed }) => `${cell.join()} ${seed}`)).size).toBe(12);

  // Another process, another JavaScript, the same numbers.
  const base = complete({ n_layers: 2, d_model: 16, n_heads: 2, seq_len: 8 }).config;
  const read = readSweep(
    { grid: ['lr=1e-3..100:3log', 'n_layers=1|2'], seeds: 2, steps: 6, result: 'loss@last' },
    base,
  );
  if ('problems' in read) throw new Error(read.problems.join());
  const text = readFileSync('public/text/opticks.txt', 'utf8');
  await openNodeBackend('wasm');
  const runner = createRunner();
  for (const run of runsOf(read.sweep)) {
    const { result } = await runner.run(read.sweep, run, { text });
    const line = all.find((one) => runKey(one) === runKey(run))!;
    expect(line.result, runKey(run)).toBe(
      Number.isFinite(result) ? shortest(result!) : String(result),
    );
  }
  runner.dispose();

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

const KEPT = ['lr=1e-3..1e-1:6log', 'n_layers=2|3'];

test('a sweep that was left goes on where it stood, and is opened elsewhere from its file and from a run file', async ({
  open,
}) => {
  const page = await open({ hash: 'v=1&lanes=1&n_layers=2&d_model=32&n_heads=2&seq_len=16' });
  await page.keyboard.press('s');
  await fill(page, KEPT, { steps: 30 });
  await start(page);
  await dialog(page)
    .getByText(/stands at [4-9] of 12/)
    .waitFor({ timeout: 60_000 });
  await dialog(page).getByRole('button', { name: 'Pause' }).click();
  await dialog(page).getByText('Paused.').waitFor();
  const before = await lines(page);
  expect(before.length).toBeLessThan(12);
  await page.goto(page.url().replace(/&view\.sweep=[^&]*/, ''));
  await page.reload();
  await whenReady({ page, problems: [] });
  const offer = await notice(page, /A sweep of 12 runs stands at \d+\./);
  await offer.getByRole('button', { name: 'Go on' }).click();
  await done(page);
  const all = await lines(page);
  expect(all).toHaveLength(12);
  expect(new Set(all.map(runKey)).size).toBe(12);
  // A run that was made was not made again: even the seconds that it took are the same.
  for (const line of before) expect(all).toContainEqual(line);
  await page.keyboard.press('Escape');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    pickFileAction(page, 'Save all runs'),
  ]);
  const runs = readFileSync(await download.path());

  const other = await open({ hash: SMALL });
  await dropFile(other, 'sweep.jsonl', all.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await done(other);
  expect((await lines(other)).map(runKey).sort()).toEqual(all.map(runKey).sort());
  await dialog(other)
    .getByRole('button', { name: /^Delete the sweep over/ })
    .click();
  await dialog(other).getByRole('button', { name: 'Start' }).waitFor();
  await other.keyboard.press('Escape');
  await other
    .getByTestId('any-file')
    .setInputFiles({ name: 'all.normscope', mimeType: 'application/zip', buffer: runs });
  await expect.poll(() => other.url(), { timeout: 30_000 }).toContain('d_model=32');
  await whenIdle(other);
  await other.keyboard.press('s');
  await done(other);
  expect(await lines(other)).toEqual(all);
});

test('a run that cannot be made is told in its cell and the others are made; the button tells the share of a sweep', async ({
  open,
}) => {
  const page = await open({ hash: 'v=1&lanes=1&n_layers=2&d_model=16&n_heads=2&seq_len=8' });
  const button = page.getByRole('button', { name: /^Sweeps/ });
  await page.keyboard.press('s');
  await fill(page, ['lr=1e-4..1e-1:4log', 'sublayers=both|attn'], {
    ...{ steps: 3, result: 'rms@mlp_out[0]' },
  });
  await start(page);
  const told = dialog(page).getByText('4 runs could not be made.', { exact: true });
  await told.waitFor({ timeout: 60_000 });
  await dialog(page)
    .getByText(
      /^Learning rate 1e-4, .* and 3 more: This configuration has no mlp_out\/rms in layer 0/,
    )
    .waitFor();
  await dialog(page).getByRole('button', { name: 'Try them again' }).waitFor();
  expect(await lines(page)).toHaveLength(4);
  await map(page).focus();
  await page.keyboard.press('ArrowDown');
  expect(await map(page).getAttribute('aria-valuetext')).toContain('could not be made: This conf');
  // Nothing is to come, so the next visit is not asked to go on.
  await expect.poll(() => page.url()).toContain('mlp_out');
  await page.reload();
  await whenReady({ page, problems: [] });
  await told.waitFor();
  expect(await page.evaluate(() => localStorage.getItem('normscope.sweep'))).toBe(null);

  await fill(page, ['lr=1e-4..100:20log', 'init_gain=0.1..2:10'], { steps: 300 });
  await start(page);
  await page.keyboard.press('Escape');
  await expect
    .poll(() => button.getAttribute('aria-label'), { timeout: 60_000 })
    .toMatch(/^Sweeps, [1-9]\d* % done$/);
  await prepareAxe(page);
  await expectAccessible(page, 'a sweep behind its button');
  await button.click();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).getByRole('button', { name: 'Go on' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await button.getAttribute('aria-label')).toBe('Sweeps');
});

/** The share of the page’s thread that a sweep may take: 50 pictures a second have the rest. */
const SHARE = 0.3;
const SECONDS = 4;

test('while a sweep runs the page draws its pictures, and can be used by anybody', async ({
  open,
}) => {
  const page = await open({ hash: 'v=1&lanes=1&n_layers=2&d_model=16&n_heads=2&seq_len=8' });
  await page.keyboard.press('s');
  // So long that it is under way still when the pictures are counted.
  await fill(page, ['lr=1e-4..100:20log', 'init_gain=0.1..2:10'], { steps: 300 });
  await prepareAxe(page);
  await start(page);
  await dialog(page)
    .getByText(/stands at \d\d+ of 200/)
    .waitFor({ timeout: 60_000 });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };
  const from = await busy();
  const { pictures, longest, ms } = await page.evaluate(async (seconds) => {
    const began = performance.now();
    let [pictures, last, longest] = [0, began, 0];
    await new Promise<void>((resolve) => {
      const look = (now: number) => {
        pictures++;
        longest = Math.max(longest, now - last);
        last = now;
        if (now - began > seconds * 1000) resolve();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    return { pictures, longest, ms: performance.now() - began };
  }, SECONDS);
  const share = ((await busy()) - from) / ms;
  console.log(
    `${((pictures * 1000) / ms).toFixed(1)} pictures a second beside two workers, ${(share * 100).toFixed(1)} % of the page's thread, the longest wait ${longest.toFixed(0)} ms`,
  );
  expect(pictures).toBeGreaterThan(1);
  expect(share).toBeLessThan(SHARE);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await dialog(page).getByRole('button', { name: 'Go on' }).waitFor();
  await expectAccessible(page, 'a sweep with results');
});
