import { csvParse } from 'd3-dsv';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { expectAccessible, prepareAxe } from './accessible';
import { panel, sliderOf, type PanelName } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

/** A model of which all assumptions hold, small enough for many pictures a second. */
const SETTINGS =
  'd_model=128&n_heads=4&n_layers=4&seq_len=16&batch_size=4&task=gaussian&objective=random_projection';
const HASH = `v=1&lanes=2&${SETTINGS}`;

const dashes = (page: Page, name: PanelName) => panel(page, name).locator('.trace.dashed .curve');
const pathOf = (page: Page, name: PanelName) =>
  dashes(page, name).evaluateAll((all) => all.map((path) => path.getAttribute('d')));
const said = (page: Page, name: PanelName) => panel(page, name).locator('figcaption').innerText();
const saying = (page: Page, name: PanelName, words: RegExp) =>
  expect.poll(() => said(page, name), { timeout: 20_000 }).toMatch(words);

async function csvOf(
  page: Page,
  name: PanelName,
): Promise<{ lane: string; series: string; layer: string; value: string }[]> {
  await page.getByRole('button', { name: `Save figure: ${name}`, exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  return csvParse(text.replace(/^#.*\n/gm, '')) as never;
}

/** Numbers by layer, as the command line prints them. */
async function printed(settings: string): Promise<Record<string, number[]>> {
  const { stdout } = await promisify(execFile)('npx', [
    'tsx',
    'src/cli/theory.ts',
    '--config',
    settings,
  ]);
  return (JSON.parse(stdout) as { quantities: Record<string, number[]> }).quantities;
}

test('theory is drawn over the measurement, exported, held against it, in the link and undone', async ({
  open,
}) => {
  const page = await open({ hash: `${HASH}&view.theory=on`, reducedMotion: 'reduce' });
  await whenIdle(page);
  for (const name of ['activation magnitude', 'gradient', 'attention'] as const) {
    await saying(page, name, /^Theory: pre-LN within [^;]+; post-LN within/);
    expect(await dashes(page, name).count()).toBe(2);
  }
  expect(await panel(page, 'gradient').locator('.trace.faint').count()).toBe(0);

  const rows = await csvOf(page, 'gradient');
  const theory = await printed(`placement=post&${SETTINGS}`);
  const exported = rows
    .filter(
      ({ lane, series, layer }) => lane === 'post-LN' && series === 'theory' && layer !== 'embed',
    )
    .map(({ value }) => Number(value));
  // Another build of the same engine may round an exponential otherwise.
  const expected = theory['resid_post/grad_rms']!;
  expect(exported).toHaveLength(expected.length);
  exported.forEach((value, layer) => expect(value).toBeCloseTo(expected[layer]!, 12));

  await page.keyboard.press('t');
  await saying(page, 'gradient', /^Theory: pre-LN within/);
  expect(page.url()).toContain('view.theory=ratio');
  const measured = rows.filter(
    ({ lane, series, layer }) => lane === 'post-LN' && series === '' && layer !== 'embed',
  );
  const ratios = (await csvOf(page, 'gradient')).filter(
    ({ lane, layer }) => lane === 'post-LN' && layer !== 'embed',
  );
  expect(ratios.map(({ value }) => Number(value))).toEqual(
    measured.map(({ value }, i) => Number(value) / exported[i]!),
  );
  expect(await panel(page, 'gradient').locator('.limit').textContent()).toBe('theory');

  await page.reload();
  await page.waitForSelector('html[data-ready="true"]');
  await panel(page, 'gradient').locator('.limit').waitFor();
  await page.goBack();
  await expect.poll(() => dashes(page, 'gradient').count()).toBe(2);
  expect(page.url()).not.toContain('ratio');
  await panel(page, 'gradient').getByRole('button', { name: 'Theory', exact: true }).click();
  expect(await dashes(page, 'gradient').count()).toBe(0);
  expect(page.url()).not.toContain('theory');
});

test('an assumption that fails is named, and what is predicted opens to its equation', async ({
  open,
}) => {
  const page = await open({
    hash: `${HASH}&d_model=64&view.theory=on&view.magnitude=kurtosis@resid_post`,
    reducedMotion: 'reduce',
  });
  await saying(page, 'gradient', /^Theory does not hold \(width 64 < 128\): pre-LN/);
  await saying(page, 'activation magnitude', /^No law predicts kurtosis at resid_post\./);
  expect(await panel(page, 'gradient').locator('.trace.dashed.faint').count()).toBe(2);
  await page.keyboard.press('ArrowRight');
  await saying(
    page,
    'gradient',
    /^Theory does not hold \(1 update has been made|updates have been made/,
  );

  await prepareAxe(page);
  const button = panel(page, 'gradient').getByRole('button', {
    name: /^Theory of .* some of which fail/,
  });
  await button.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.locator('.katex').first().waitFor();
  expect(await dialog.innerText()).toContain('The width is 64');
  expect(await dialog.innerText()).toContain('Schoenholz');
  await expectAccessible(page, 'with theory opened');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('while a slider is dragged, measurement and theory both move', async ({ open }) => {
  const page = await open({ hash: `${HASH}&view.theory=on`, reducedMotion: 'reduce' });
  await saying(page, 'gradient', /^Theory: pre-LN within/);
  await page.evaluate(() => {
    const seen = ((window as never as { seen: Record<string, Set<string>> }).seen = {
      solid: new Set(),
      dashed: new Set(),
    });
    const root = document.querySelector('[data-panel="gradient"]')!;
    const look = () => {
      const [a] = root.querySelectorAll('.trace:not(.dashed) .curve');
      const [b] = root.querySelectorAll('.trace.dashed .curve');
      if (a) seen['solid']!.add(a.getAttribute('d')!);
      if (b) seen['dashed']!.add(b.getAttribute('d')!);
      requestAnimationFrame(look);
    };
    look();
  });
  const thumb = await sliderOf(page, 'Gain');
  await thumb.scrollIntoViewIfNeeded();
  const knob = (await thumb.boundingBox())!;
  const [x, y] = [knob.x + knob.width / 2, knob.y + knob.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const began = Date.now();
  for (let i = 1; i <= 24; i++) {
    await page.mouse.move(x - 25 * Math.sin((i / 24) * Math.PI * 2), y);
    await page.waitForTimeout(16);
  }
  const seconds = (Date.now() - began) / 1000;
  const seen = await page.evaluate(() =>
    Object.values((window as never as { seen: Record<string, Set<string>> }).seen).map(
      ({ size }) => size,
    ),
  );
  await page.mouse.up();
  console.log(
    `dragged for ${seconds.toFixed(1)} s: ${seen.map((n) => (n / seconds).toFixed(0)).join(' and ')} pictures a second of measurement and theory`,
  );
  expect(Math.min(...seen)).toBeGreaterThan(3);
  const gain = await thumb.getAttribute('aria-valuetext');
  await saying(page, 'gradient', /^Theory: pre-LN within/);
  await whenIdle(page);
  const last = await pathOf(page, 'gradient');
  expect(page.url()).toContain(gain === '1' ? '' : `init_gain=${gain}`);
  expect(last).toHaveLength(2);
});
