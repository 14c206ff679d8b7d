import { expect } from 'vitest';

import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf, STATISTIC_IDS } from '../../src/config/statistics';
import { decodeSafetensors, encodeSafetensors } from '../../src/lib/safetensors';
import {
  curves,
  dropFile,
  lane,
  loadWeights,
  lossesOf,
  notice,
  notices,
  pathLength,
  saveRecord,
  saveRecordFile,
  saveRunsFile,
  saveWeightsFile,
  SMALL,
  stepBy,
  stepShown,
  trainTo,
  type as typeValue,
} from './driver';
import { expectAccessible, prepareAxe } from './accessible';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

test('a record holds the documented keys, and whole frames', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 2);
  const { name, bytes } = await saveRecordFile(page);
  expect(name).toBe('normscope-pre-ln-step2.json');
  const text = bytes.toString('utf8');
  expect(text).not.toMatch(/\bnull\b|\bNaN\b(?!")/);
  const record = JSON.parse(text) as Awaited<ReturnType<typeof saveRecord>>;
  expect(Object.keys(record)).toEqual([
    'format',
    'version',
    'config',
    'backend',
    'adapter',
    'build',
    'app',
    'tokens',
    'sites',
    'frames',
  ]);
  expect(record).toMatchObject({
    format: 'normscope-record',
    version: 1,
    config: { n_layers: 2, d_model: 16, n_heads: 2, seq_len: 8, batch_size: 4, lr: 1e-3 },
    backend: 'wasm',
  });
  expect(record.sites).toEqual(sitesOf(record.config));
  expect(record.tokens?.inputs).toHaveLength(4);
  expect(record.tokens?.inputs[0]).toHaveLength(8);
  expect(record.frames.map(({ step }) => step)).toEqual([0, 1, 2]);
  for (const frame of record.frames) {
    expect(Object.keys(frame.site).sort()).toEqual(siteStatisticsOf(record.config).sort());
    for (const values of Object.values(frame.site)) {
      expect(values).toHaveLength(record.sites.length);
    }
    expect(Object.keys(frame.head).sort()).toEqual([...STATISTIC_IDS.head].sort());
    for (const rows of Object.values(frame.head)) expect(rows.map((r) => r.length)).toEqual([2, 2]);
    expect(Object.keys(frame.param)).toContain('blocks.1.mlp.w_out');
  }
});

test('saved weights come back to the same loss', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await trainTo(page, 12);
  const trained = await stepShown(page);
  const file = await saveWeightsFile(page);
  expect(file.name).toBe(`normscope-pre-ln-step${trained}.safetensors`);
  const { tensors, metadata } = decodeSafetensors(file.bytes);
  expect(tensors.get('blocks.0.attn.wq')!.shape).toEqual([16, 16]);
  expect(JSON.parse(metadata['normscope_config']!)).toMatchObject({ n_layers: 2, d_model: 16 });

  // Loaded into a lane at step 0, they are measured on the first batch of all.
  await page.getByRole('button', { name: 'Back to step 0' }).click();
  await whenIdle(page);
  const untrained = lossesOf(await saveRecord(page));
  expect(untrained).toHaveLength(1);
  await loadWeights(page, file);
  await whenIdle(page);
  const [first] = lossesOf(await saveRecord(page));
  expect(first).toBeLessThan(untrained[0]! - 0.05);
  await stepBy(page, 3);
  const once = lossesOf(await saveRecord(page));
  expect(once[0]).toBe(first);

  // Once more: the same file, the same numbers to the last bit.
  await loadWeights(page, file);
  await whenIdle(page);
  await typeValue(page, 'Layers', 2);
  await page.getByRole('button', { name: 'Back to step 0' }).click();
  await whenIdle(page);
  await stepBy(page, 3);
  expect(lossesOf(await saveRecord(page))).toEqual(once);
  const again = await saveWeightsFile(page);
  await loadWeights(page, again);
  await whenIdle(page);
  expect(decodeSafetensors((await saveWeightsFile(page)).bytes)).toEqual(
    decodeSafetensors(again.bytes),
  );
});

test('a file that is no weights file changes nothing and says why', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 1);
  const good = await saveWeightsFile(page);
  const cases: [what: string, bytes: Uint8Array, words: RegExp][] = [
    ['cut.safetensors', good.bytes.subarray(0, good.bytes.length - 7), /blocks|unembed|bytes/],
    ['short.safetensors', new Uint8Array([1, 2, 3]), /The file has 3 bytes/],
    ['zeros.safetensors', new Uint8Array(4096), /The header is not valid JSON/],
    ['picture.safetensors', Uint8Array.from({ length: 999 }, (_, i) => i * 7), /no safetensors/],
    ['empty.safetensors', new Uint8Array(0), /The file has 0 bytes/],
    [
      'other.safetensors',
      encodeSafetensors([{ name: 'conv1', shape: [2], data: new Float32Array(2) }], {}),
      /The file has no tensor \S+; this model needs one of shape \[/,
    ],
  ];
  for (const [name, bytes, words] of cases) {
    await loadWeights(page, { name, bytes });
    await expect
      .poll(() => lane(page, 'A').getByRole('alert').allInnerTexts())
      .toContainEqual(expect.stringContaining(`${name} was not loaded. `));
    const said = (await notices(page)).filter((text) => text.includes('was not loaded'));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(words);
  }
  expect(await stepShown(page)).toBe(1);
  await trainTo(page, 4);
});

test('a dropped record stands beside the lanes and ends no run; its settings are offered', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&lanes=1` });
  const { name, bytes } = await saveRecordFile(page);
  await typeValue(page, 'Layers', 3);
  await whenIdle(page);
  await stepBy(page, 2);
  await dropFile(page, name, bytes.toString('utf8'));
  const said = await notice(page, `${name} stands beside the lanes, as it was recorded.`);
  const recorded = page.getByRole('region', { name: /^Lane B: .*recorded$/ });
  await recorded.getByText('Recorded, step 0.').waitFor();
  expect(await curves(page, 'activation magnitude')).toHaveLength(2);
  expect(await stepShown(page)).toBe(2);
  await said.getByRole('button', { name: 'Use its settings for lane A' }).click();
  await whenIdle(page);
  expect(await page.getByRole('textbox', { name: 'Layers, typed' }).inputValue()).toBe('2');
  // The same model at step 0: curve on curve, and ratios of one.
  const [own, other] = await curves(page, 'activation magnitude');
  expect(own).toBe(other);
  await recorded.getByRole('button', { name: /^Remove lane B/ }).click();
  await expect.poll(() => curves(page, 'activation magnitude')).toHaveLength(1);

  await stepBy(page, 2);
  await dropFile(page, 'mine.txt', 'a text of one’s own, long enough to learn from');
  await (
    await notice(page, /mine\.txt is a text.*run ends at step 2/)
  )
    .getByRole('button', { name: 'Learn from it' })
    .click();
  await (
    await notice(page, 'The lanes learn from mine.txt now. Their run ended at step 2.')
  )
    .getByRole('button', { name: 'Bring it back' })
    .click();
  await expect.poll(() => stepShown(page)).toBe(2);
  await whenIdle(page);
  expect((await callsOf(page)).filter(({ error }) => error)).toEqual([]);
});

test('weights saved with other settings say which, and offer them', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&lanes=1&activation=relu` });
  const file = await saveWeightsFile(page);
  const [first] = lossesOf(await saveRecord(page));
  await page.evaluate((hash) => (location.hash = hash), `${SMALL}&lanes=1`);
  await whenIdle(page);
  await loadWeights(page, file);
  const said = await notice(page, /other settings than it has here: activation relu → gelu\./);
  expect(lossesOf(await saveRecord(page))[0]).not.toBe(first);
  await said.getByRole('button', { name: 'Use the file’s settings' }).click();
  await said.waitFor({ state: 'detached' });
  await whenIdle(page);
  expect(lossesOf(await saveRecord(page))[0]).toBe(first);
});

test('weights of another shape offer the settings they were saved with', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&lanes=1` });
  const file = await saveWeightsFile(page);
  const [first] = lossesOf(await saveRecord(page));
  await typeValue(page, 'Layers', 3);
  await whenIdle(page);
  expect(lossesOf(await saveRecord(page))[0]).not.toBe(first);

  await loadWeights(page, file);
  const offer = lane(page, 'A').getByRole('button', { name: 'Use the file’s settings' });
  await offer.click();
  await offer.waitFor({ state: 'detached' });
  await whenIdle(page);
  expect(await page.getByRole('textbox', { name: 'Layers, typed' }).inputValue()).toBe('2');
  expect(lossesOf(await saveRecord(page))).toEqual([first]);
  expect((await callsOf(page)).filter(({ error }) => error)).toHaveLength(1);
});

test('a run file opens elsewhere as the page was, and training goes on with the same bits', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&norm=batchnorm&dropout=0.1` });
  await stepBy(page, 3);
  // A setting changed under way is another model of the history.
  await typeValue(page, 'Norm ε', 0.001);
  await whenIdle(page);
  await stepBy(page, 2);
  const file = await saveRunsFile(page);
  expect(file.name).toBe('normscope-step5.normscope');
  await stepBy(page, 2);
  const went = [lossesOf(await saveRecord(page, 0)), lossesOf(await saveRecord(page, 1))];

  const other = await open({ hash: `${SMALL}&lanes=1&n_layers=3` });
  await other.getByTestId('any-file').setInputFiles({
    ...{ name: file.name, mimeType: '', buffer: file.bytes },
  });
  await expect.poll(() => stepShown(other), { timeout: 30_000 }).toBe(5);
  await whenIdle(other);
  expect(await curves(other, 'activation magnitude')).toHaveLength(2);
  await stepBy(other, 2);
  for (const [i, losses] of went.entries())
    expect(lossesOf(await saveRecord(other, i))).toEqual(losses);
});

test('a table whose columns are called otherwise is opened as a dialog names them, and asked about once', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&lanes=1` });
  await stepBy(page, 1);
  const csv = [
    '"Step","sun-1 - train/loss","layers.0.act_rms","layers.1.act_rms","layers.0.gain","layers.1.gain"',
    '0,4,1,2,5,6',
    '1,3,2,4,5,6',
    '',
  ].join('\n');
  await dropFile(page, 'wandb.csv', csv);
  const dialog = page.getByRole('dialog', { name: 'Columns of wandb.csv' });
  const field = (name: string) => dialog.getByRole('combobox', { name });
  await dialog.waitFor();
  expect(await field('Step').inputValue()).toBe('step');
  expect(await field('sun-1 - train/loss').inputValue()).toBe('loss');
  expect(await field('layers.{n}.act_rms').inputValue()).toBe('blocks.{n}.resid_post/rms');
  expect(await field('layers.{n}.gain').inputValue()).toBe('');
  await prepareAxe(page);
  await expectAccessible(page, 'columns of a table');

  // Two columns cannot be one; the keyboard alone leads through.
  const openIt = dialog.getByRole('button', { name: 'Open', exact: true });
  await field('layers.{n}.gain').fill('blocks.{n}.resid_post/rms');
  await dialog.getByText(/resid_post\/rms is told by layers\.0\.act_rms already/).waitFor();
  expect(await openIt.isDisabled()).toBe(true);
  await field('layers.{n}.gain').fill('blocks.{n}.mlp_out/rms');
  await page.keyboard.press('Enter');
  const recorded = page.getByRole('region', { name: /^Lane B: wandb, recorded$/ });
  await recorded.getByText('Recorded, steps 0–1.').waitFor();
  await expect.poll(() => curves(page, 'activation magnitude')).toHaveLength(2);
  const [, drawn] = await curves(page, 'activation magnitude');
  expect(pathLength(drawn!)).toBe(2);

  await page.reload();
  await page.locator('.hd-step').waitFor();
  await dropFile(page, 'another.csv', csv);
  await recorded.or(page.getByRole('region', { name: /^Lane B: another, recorded$/ })).waitFor();
  expect(await dialog.count()).toBe(0);
  const again = page.getByRole('region', { name: /^Lane B: another, recorded$/ });
  await again.getByText(/its columns named as before/).waitFor();
  await again.getByRole('button', { name: 'Columns…' }).click();
  const anew = page.getByRole('dialog', { name: 'Columns of another.csv' });
  expect(await anew.getByRole('combobox', { name: 'layers.{n}.gain' }).inputValue()).toBe(
    'blocks.{n}.mlp_out/rms',
  );
  await page.keyboard.press('Escape');
  await anew.waitFor({ state: 'detached' });
  expect(await curves(page, 'activation magnitude')).toHaveLength(2);
});
