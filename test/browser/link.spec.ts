import { expect } from 'vitest';

import { fieldOf, lane, notice, notices, SMALL, type as typeValue } from './driver';
import { test } from './test';

const BAD = [
  'v=9',
  'n_layers=3',
  'd_model=30',
  'n_heads=4',
  'seq_len=8',
  'norm_eps=tiny',
  'placement=sideways',
  'norm=rmsnorm',
  'batch_size=0',
  'nonsense=1',
  'b.lr=fast',
].join('&');

test('everything wrong in a link is explained, and the rest applies', async ({ open }) => {
  const page = await open({ hash: BAD });
  const explanations = [
    /v is “9”; this version of Normscope reads v=1/,
    /norm_eps is “tiny”; it must be a number from 0 to 1/,
    /placement is “sideways”; it must be one of pre, post/,
    /batch_size is 0; it must be a whole number from 1 to 512/,
    /Unknown setting “nonsense”/,
    /d_model 30 cannot be divided among n_heads 4/,
    /Lane B: lr is “fast”/,
  ];
  await expect.poll(async () => (await notices(page)).length).toBeGreaterThan(0);
  const seen = (await notices(page)).join('\n');
  for (const explanation of explanations) expect.soft(seen).toMatch(explanation);

  const value = async (label: string) => (await fieldOf(page, label)).inputValue();
  expect(await value('Layers')).toBe('3');
  expect(await value('Width')).toBe('30');
  expect(await value('Heads')).toBe('3');
  expect(await value('Norm ε')).toBe('1e-5');
  const norm = lane(page, 'A').getByRole('radio', { name: 'RMSNorm' });
  expect(await norm.getAttribute('aria-checked')).toBe('true');
});

test('a flood of mistakes is told in a few lines, and the page is there at once', async ({
  open,
}) => {
  const keys = Array.from({ length: 12_000 }, (_, i) => `unknown_${i}=1`).join('&');
  const began = performance.now();
  const page = await open({
    hash: `${SMALL}&${keys}&${'k'.repeat(1e5)}=1&norm=${'v'.repeat(1e5)}`,
  });
  await notice(page, '… and 11,997 more.');
  expect(performance.now() - began).toBeLessThan(20_000);
  expect((await notices(page)).join('').length).toBeLessThan(2000);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  expect(height).toBeLessThan(3000);
});

test('a value typed that cannot be is explained beside its field, and not taken', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const before = page.url();
  const field = await fieldOf(page, 'Layers');
  await field.fill('99');
  const message = page.getByText('n_layers is 99; it must be a whole number from 1 to 64.');
  await message.waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await field.press('Enter');
  await field.blur();
  expect(await field.inputValue()).toBe('2');
  expect(page.url()).toBe(before);

  await typeValue(page, 'Layers', 3);
  await expect.poll(() => page.url()).toContain('n_layers=3');
});

test('two settings that stop going together are mended, and the mending is said', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await typeValue(page, 'Heads', 3);
  await notice(page, /d_model 16 cannot be divided among n_heads 3/);
  expect(await page.getByRole('textbox', { name: 'Width, typed' }).inputValue()).toBe('15');
});

test('an address edited by hand is taken over', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.evaluate(() => {
    location.hash = 'v=1&n_layers=3&d_model=16&n_heads=2&seq_len=8&lanes=1';
  });
  await expect.poll(() => page.getByRole('region', { name: /^Lane/ }).count()).toBe(1);
  expect(await (await fieldOf(page, 'Layers')).inputValue()).toBe('3');
});
