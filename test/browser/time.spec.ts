import { expect } from 'vitest';
import { lane, saveRecord, SMALL, stepShown, trainTo, untilStep } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const lossesOf = async (page: Parameters<typeof saveRecord>[0], index: number) =>
  (await saveRecord(page, index)).frames.map(({ step, loss }) => [step, loss]);

test('a run that ended, and one whose worker died, come back to the same numbers', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&dropout=0.1` });
  await trainTo(page, 30);
  const before = await lossesOf(page, 1);
  const last = await stepShown(page);

  await page.getByRole('button', { name: 'Back to step 0' }).click();
  await expect.poll(() => stepShown(page)).toBe(0);
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await untilStep(page, last);
  await whenIdle(page);
  expect(await lossesOf(page, 1)).toEqual(before);
  await trainTo(page, last + 10);
  const further = await lossesOf(page, 1);

  // Without a word, as a browser ends a worker that takes too much memory.
  await page.evaluate(() => Worker.prototype.terminate.call(window.tap.workers[1]!));
  const revived = lane(page, 'B').getByText(/A new engine has come back to step/);
  await revived.waitFor({ timeout: 20_000 });
  await whenIdle(page);
  expect(await lossesOf(page, 1)).toEqual(further);
  expect(await revived.innerText()).not.toContain('not those that were recorded');
});

test('a link that tells of a fork offers to train there, and makes it', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&b.lr=0.01&b.placement=pre&b.fork=a@10` });
  await page.getByRole('button', { name: 'Train there and fork' }).click();
  await untilStep(page, 10);
  await page.getByText('The run of lane B ended').waitFor();
  await whenIdle(page);
  await trainTo(page, 20);
  const [a, b] = [await lossesOf(page, 0), await lossesOf(page, 1)];
  expect(b.slice(0, 11)).toEqual(a.slice(0, 11));
  expect(b.slice(12)).not.toEqual(a.slice(12));
  expect((await saveRecord(page, 1)).fork).toMatchObject({ lane: 'a', step: 10 });
  expect(await lane(page, 'B').getByText('from lane A at step 10').count()).toBe(1);
});
