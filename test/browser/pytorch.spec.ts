import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { script } from '../../src/pytorch/script';
import { decodeSafetensors } from '../../src/lib/safetensors';
import { expectAccessible, prepareAxe } from './accessible';
import { dropFile, pickFileAction, saveRecord, saveWeightsFile, SMALL, stepBy } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

/** The same reading no text, so that nothing need stand beside its script. */
const TEXTLESS = `${SMALL}&task=induction`;
const OF_TEXTLESS: Config = {
  ...DEFAULTS,
  ...{ n_layers: 2, d_model: 16, n_heads: 2, seq_len: 8, task: 'induction' },
};

const dialog = (page: Page) => page.getByRole('dialog', { name: /^Export as PyTorch/ });

async function saved(page: Page, button: RegExp | string) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog(page).getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('a lane is exported as a script, alone and with its weights, by keys too', async ({
  open,
}) => {
  const page = await open({ hash: TEXTLESS });
  await stepBy(page, 1);
  await pickFileAction(page, 'Export as PyTorch');
  await prepareAxe(page);
  await expectAccessible(page, 'the export');
  const alone = await saved(page, /^Save .*\.py$/);
  expect(alone.bytes.toString('utf8')).toBe(script(OF_TEXTLESS));
  expect(await dialog(page).getByRole('region', { name: 'Script' }).innerText()).toContain(
    'class Transformer',
  );
  expect(await dialog(page).getByRole('region', { name: 'Commands' }).innerText()).toContain(
    `python3 ${alone.name} --steps 100 --out run`,
  );

  await dialog(page).getByLabel('the weights of now, step 1').check();
  const zip = await saved(page, /^Save .*\.zip$/);
  expect(zip.name).toBe(alone.name.replace('.py', '.zip'));
  const files = unzipSync(zip.bytes);
  expect(Object.keys(files)).toEqual([alone.name, 'weights.safetensors']);
  expect(Buffer.from(files[alone.name]!)).toEqual(alone.bytes);

  // The focus is back where the menu was opened.
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
    'Files',
  );
  const weights = decodeSafetensors((await saveWeightsFile(page)).bytes).tensors;
  expect(decodeSafetensors(files['weights.safetensors']!).tensors).toEqual(weights);
});

test('a text goes along; a setting that no script can have is said', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&precision=bf16&precision_policy=every_op` });
  await pickFileAction(page, 'Export as PyTorch');
  const obstacles = dialog(page).locator('.px-obstacles');
  await obstacles.waitFor();
  expect(await obstacles.innerText()).toContain('precision_policy');
  expect(await dialog(page).getByRole('button', { name: /^Save/ }).count()).toBe(0);
  await page.keyboard.press('Escape');

  await page.evaluate((hash) => (location.hash = hash), SMALL);
  await whenIdle(page);
  await pickFileAction(page, 'Export as PyTorch');
  const { bytes } = await saved(page, /^Save .*\.zip$/);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toHaveLength(2);
  expect(Buffer.from(files['text.txt']!).toString('utf8')).toContain('Light');
});

test('a recorded lane is exported where its file holds all settings', async ({ open }) => {
  const page = await open({ hash: TEXTLESS });
  await stepBy(page, 1);
  const record = await saveRecord(page);
  const drop = (name: string, of: object) => dropFile(page, name, JSON.stringify(of));
  await drop('whole.json', record);
  await page.getByRole('region', { name: /whole.*recorded$/ }).waitFor();
  await pickFileAction(page, 'Export as PyTorch', 2);
  const { bytes } = await saved(page, /^Save .*\.py$/);
  expect(bytes.toString('utf8')).toBe(script(OF_TEXTLESS));
  expect(await dialog(page).getByRole('radio').count()).toBe(0);
  await page.keyboard.press('Escape');

  const { app: _, ...others } = record as object & { app?: string };
  await drop('part.json', { ...others, config: { n_layers: 2 } });
  await page.getByRole('region', { name: /part.*recorded$/ }).waitFor();
  await pickFileAction(page, 'Export as PyTorch', 3);
  await dialog(page).getByText('does not hold all settings').waitFor();
});
