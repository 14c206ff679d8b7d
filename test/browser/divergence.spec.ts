import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { lane, panel, saveRecord, stepBy, stepShown } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

/** The lane tells its progress in a region of its own. */
const faultOf = (page: Page) =>
  lane(page, 'A').getByRole('status').filter({ hasText: 'Not finite' }).innerText();

const STACK = 'v=1&lanes=1&placement=none&d_model=16&n_heads=2&seq_len=8&n_layers=10';

test('numbers that leave the finite range at once are named by their first site', async ({
  open,
}) => {
  const page = await open({ hash: `${STACK}&init_gain=100` });
  await whenIdle(page);
  const { sites, frames } = await saveRecord(page);
  const first = frames[0]!.site.rms!.findIndex((value) => typeof value === 'string');
  expect(first).toBeGreaterThan(0);
  const said = await faultOf(page);
  expect(said).toBe(`Not finite since step 0, first at ${sites[first]}.`);

  const magnitude = panel(page, 'activation magnitude');
  expect(await magnitude.locator('.not-finite').count()).toBeGreaterThan(0);
  const layer = Number(/^blocks\.(\d+)\./.exec(sites[first]!)![1]);
  expect(await magnitude.locator('figcaption').innerText()).toMatch(
    new RegExp(`not finite .*layer ${layer}.* at step 0`),
  );
  expect(await panel(page, 'loss').locator('figcaption').innerText()).toContain(
    'not finite since step 0',
  );
  await stepBy(page, 2);
  expect(await faultOf(page)).toBe(said);
});

test('a run that breaks under training is named by its step', async ({ open }) => {
  const page = await open({ hash: `${STACK}&n_layers=4&optimizer=sgd&lr=100` });
  await stepBy(page, 12);
  expect(await stepShown(page)).toBe(12);
  const { frames } = await saveRecord(page);
  const first = frames.findIndex(({ loss }) => typeof loss === 'string');
  expect(first).toBeGreaterThan(0);
  const said = await faultOf(page);
  const step = Number(/Not finite since step (\d+), first at \S+\.$/.exec(said)![1]);
  expect(step).toBeGreaterThan(0);
  expect(step).toBeLessThanOrEqual(first);
});
