import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import {
  dropFile,
  lane,
  notice,
  panel,
  playButton,
  pause,
  saveRecord,
  SMALL,
  stepBy,
  untilStep,
} from './driver';
import { percent } from '../../src/lib/percent';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const BATCHNORM = `${SMALL}&norm=batchnorm&b.norm=layernorm`;

const section = (page: Page) => page.getByRole('region', { name: 'evaluation' });
const trigger = (page: Page) =>
  section(page).getByRole('button', { name: 'evaluation', exact: true });
const isOpen = async (page: Page) => (await trigger(page).getAttribute('aria-expanded')) === 'true';
const evaluations = async (page: Page) =>
  (await callsOf(page)).filter(({ method }) => method === 'evaluate').length;
const figure = (page: Page, name: string) => page.getByRole('figure', { name, exact: true });
const sentence = (page: Page, name: string) => figure(page, name).locator('figcaption').innerText();
/** The cells of a lane’s row: training and evaluation of each quantity. */
const row = (page: Page, name: string) =>
  section(page).getByRole('row', { name }).getByRole('cell').allInnerTexts();

test('BatchNorm opens the evaluation, which shows its leak and how far its statistics are off', async ({
  open,
}) => {
  const page = await open({ hash: BATCHNORM });
  await whenIdle(page);
  expect(await isOpen(page)).toBe(true);
  await notice(page, /this causal model leaks: changing the last token moves earlier outputs by/);
  expect(await lane(page, 'B').locator('.ui-notice').count()).toBe(0);

  const warning = section(page).locator('.ev-notice');
  await expect
    .poll(() => warning.innerText())
    .toMatch(
      /BatchNorm leaks between tokens: .* by [\d.]+.% \(batch statistics\), 0.% \(running statistics\)\./s,
    );
  const own = await row(page, 'BatchNorm');
  expect(own).toHaveLength(8);
  expect(Number(own[6]!.replace(/\D*$/, ''))).toBeGreaterThan(0.1);
  expect(own[7]).toMatch(/^0.%$/);
  expect(own[0]).not.toBe(own[1]);
  const other = await row(page, 'LayerNorm');
  expect(other[0]).toBe(other[1]);
  // Without a norm over the batch there is nothing to measure.
  expect(other[6]).toBe('–');

  await expect
    .poll(() => sentence(page, 'batch and running statistics'))
    .toMatch(/^BatchNorm: the running mean is [\d.]+ to [\d.]+ standard deviations off/);
  expect(await figure(page, 'batch and running statistics').locator('.trace').count()).toBe(2);
  const compared = figure(page, 'training and evaluation');
  expect(await compared.locator('.trace.dashed').count()).toBe(2);
  expect(await sentence(page, 'training and evaluation')).toMatch(/LayerNorm: the same/);
});

test('lanes are evaluated while it is open: at rest at once, in training now and then', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 1);
  expect(await isOpen(page)).toBe(false);
  expect(await evaluations(page)).toBe(0);

  await trigger(page).click();
  await expect.poll(() => evaluations(page)).toBe(2);
  await whenIdle(page);
  await stepBy(page, 1);
  await expect.poll(() => evaluations(page)).toBe(4);
  const before = await evaluations(page);
  await playButton(page).click();
  await untilStep(page, 40);
  await pause(page);
  const calls = await callsOf(page);
  const steps = calls.filter(({ method }) => method === 'step').length;
  const made = (await evaluations(page)) - before;
  expect(made).toBeGreaterThanOrEqual(2);
  expect(made).toBeLessThan(steps / 4);

  await trigger(page).click();
  await whenIdle(page);
  const closed = await evaluations(page);
  await stepBy(page, 2);
  expect(await evaluations(page)).toBe(closed);
});

test('what was closed by hand does not open by itself again', async ({ open }) => {
  const page = await open({ hash: BATCHNORM });
  await trigger(page).click();
  expect(await isOpen(page)).toBe(false);
  await lane(page, 'B').getByRole('radio', { name: 'RMSNorm' }).click();
  await whenIdle(page);
  expect(await isOpen(page)).toBe(false);

  await page.evaluate((hash) => (location.hash = hash), BATCHNORM);
  await page.reload();
  await whenIdle(page);
  expect(await isOpen(page)).toBe(false);
  await trigger(page).click();
  expect(page.url()).toContain('view.evaluation=open');
  await page.evaluate((hash) => (location.hash = hash), SMALL);
  await page.reload();
  await whenIdle(page);
  expect(await isOpen(page)).toBe(true);
});

test('a longer evaluation shows every position and where training ended', async ({ open }) => {
  const page = await open({
    hash: `${SMALL}&seq_len=32&eval_seq_len=64&positions=rope&lanes=1`,
  });
  await whenIdle(page);
  expect(await isOpen(page)).toBe(true);
  const position = figure(page, 'against position');
  const slider = position.getByRole('slider');
  expect(await slider.getAttribute('aria-valuemax')).toBe('63');
  await position.getByText('trained on 32 tokens').waitFor();
  await expect
    .poll(() => sentence(page, 'against position'))
    .toMatch(/at positions 0 to 31, as in training, and [\d.]+ past them/);

  await slider.focus();
  await page.keyboard.press('End');
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/^position 63, \S+ [\d.]+/);
  await page.keyboard.press('ArrowLeft');
  expect(await slider.getAttribute('aria-valuenow')).toBe('62');

  await position.getByRole('button', { name: /^By position/ }).click();
  await page.getByRole('menuitemradio', { name: 'attention entropy' }).click();
  expect(await position.innerText()).toContain('the last layer');
  // A layer that is marked anywhere is the one that is shown.
  await panel(page, 'gradient').getByRole('slider').focus();
  await page.keyboard.press('Home');
  await expect.poll(() => position.innerText()).toContain('layer 0');
  expect(page.url()).toContain('view.position=entropy');
});

test('a link shows what was shown', async ({ open }) => {
  const page = await open({
    hash: `${BATCHNORM}&view.evaluation=closed&view.compared=entropy@mean&view.discrepancy=mlp.norm&view.position=rms`,
  });
  await whenIdle(page);
  expect(await isOpen(page)).toBe(false);
  await trigger(page).press('Enter');
  const picks = section(page).getByRole('button', {
    name: /^(Compared statistic|Norm|By position):/,
  });
  const named = () =>
    picks.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
  await expect
    .poll(named)
    .toEqual(['Compared statistic: entropy', 'Norm: mlp.norm', 'By position: RMS of resid_post']);
  expect(page.url()).toContain('view.evaluation=open');
  await page.goBack();
  await expect.poll(() => isOpen(page)).toBe(false);
});

test('the record holds the evaluations that were made', async ({ open }) => {
  const page = await open({ hash: BATCHNORM });
  await whenIdle(page);
  const { frames } = await saveRecord(page);
  expect(frames).toHaveLength(1);
  expect(frames[0]!.evaluation!.leak!.training).toBeGreaterThan(0);
  expect(frames[0]!.evaluation!.position.loss).toHaveLength(8);
  expect((await saveRecord(page, 1)).frames[0]).not.toHaveProperty('evaluation');
});

test('opening it moves nothing above, and nothing reaches past the edge', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await whenIdle(page);
  const places = () =>
    page
      .locator('.app-panel')
      .evaluateAll((panels) => panels.map((one) => JSON.stringify(one.getBoundingClientRect())));
  const before = await places();
  await trigger(page).click();
  await section(page).getByRole('figure').first().waitFor();
  await page.evaluate(() => document.querySelector('.app-bench')!.scrollTo(0, 0));
  expect(await places()).toEqual(before);

  const phone = await open({ hash: `${BATCHNORM}&view.evaluation=open`, width: 360, height: 800 });
  await whenIdle(phone);
  expect(await section(phone).getByRole('figure').count()).toBe(3);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

test('a run out of a file shows the evaluation that it has, and one without says so', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&lanes=1` });
  const sites = ['blocks.0.resid_post/rms', 'blocks.1.resid_post/rms'];
  const names = ['step', 'loss', 'evaluation/loss', 'evaluation/output/accuracy', ...sites];
  const csv = [
    [...names, ...sites.map((name) => `evaluation/${name}`)].join(),
    '0,4,4.5,0.25,1,2,1.5,2.5',
    '1,3,3.5,0.5,2,4,3,5\n',
  ].join('\n');
  await dropFile(page, 'theirs.csv', csv);
  // It opens by itself.
  await figure(page, 'training and evaluation').waitFor();
  expect(await isOpen(page)).toBe(true);
  const cells = () => row(page, 'theirs');
  await expect.poll(cells).toEqual(['4.00', '4.50', '–', percent(0.25), '–', '–', '–', '–']);
  const curvesOf = () => figure(page, 'training and evaluation').locator('.trace .curve').count();
  await expect.poll(curvesOf).toBe(4);
  expect(await sentence(page, 'against position')).toContain('theirs has no loss by position');
  await dropFile(page, 'plain.csv', `step,loss,${sites.join()}\n0,4,1,2\n`);
  await section(page).getByText('plain was recorded without evaluation.').waitFor();
  expect(await row(page, 'plain')).toEqual(Array.from({ length: 8 }, () => '–'));
  await stepBy(page, 1);
  await expect.poll(cells).toEqual(['3.00', '3.50', '–', percent(0.5), '–', '–', '–', '–']);
});
