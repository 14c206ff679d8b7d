import { expect } from 'vitest';

import { pause, playButton } from './driver';
import { inspector, shows, tab } from './inspecting';
import { paceOf, workAtPictures } from './pace';
import { spansOf, type Span } from './pictures';
import { whenIdle } from './tap';
import { test } from './test';
import { tasksDuring } from './trace';

/** The share of the time that looking into models may take from training, and a long task, in ms. */
const SHARE = 0.15;
const LONG = 50;

test('training is followed for a small share of its time, and the page’s thread stays free', async ({
  open,
}) => {
  const page = await open({
    hash: 'v=1&lanes=2&b.placement=post&view.inspect=stream/blocks.7.resid_post/a/0.0.0',
  });
  await shows(page, 0);
  await page.evaluate(workAtPictures);
  await playButton(page).click();
  for (const view of ['stream', 'attention', 'prediction'] as const) {
    await tab(page, view).click();
    await inspector(page).getByRole('figure').first().waitFor();
    const [began, from] = await page.evaluate(() => [performance.now(), window.tap.calls.length]);
    const [{ tasks, slowness, steps }] = (await spansOf(page, 1)) as [Span];
    // Readings have no method, as engines’ calls do.
    await page.waitForFunction(
      (from) =>
        window.tap.calls.slice(from).filter(({ method, answered }) => !method && answered).length >
        2,
      from,
      { timeout: 60_000 },
    );
    const { took, looks } = await page.evaluate(
      ([began, from]) => {
        const calls = window.tap.calls.slice(from).filter(({ answered }) => answered !== null);
        const ms = (wanted: (method: string | undefined) => boolean) =>
          calls
            .filter(({ method }) => wanted(method))
            .reduce((sum, { asked, answered }) => sum + answered! - asked, 0);
        // Both lanes are looked into at once.
        const inspecting = ms((method) => method === 'inspect') / 2;
        const reading = ms((method) => method === undefined);
        const looks = calls.filter(({ method }) => method === undefined).length;
        return { took: (inspecting + reading) / (performance.now() - began!), looks };
      },
      [began, from] as const,
    );
    console.log(
      `${view}: ${looks} looks, ${(100 * took).toFixed(1)} % of the time; ${steps} steps; the longest of ${tasks.length} tasks ${Math.max(...tasks).toFixed(0)} ms, ${slowness.toFixed(2)} times as slow as where limits hold as they are`,
    );
    expect(took).toBeLessThan(SHARE);
    expect(Math.max(...tasks)).toBeLessThan(LONG * Math.max(1, slowness));
  }
  await pause(page);
});

test('the map of 128 tokens is drawn in less than a long task', async ({ open }) => {
  const page = await open({
    hash: 'v=1&lanes=1&n_layers=2&seq_len=128&batch_size=1&view.inspect=channels/blocks.1.resid_post/a/0.0.0',
  });
  await shows(page, 0);
  await whenIdle(page);
  await page.evaluate(workAtPictures);
  await paceOf(page);
  const tasks = await tasksDuring(page, async () => {
    await tab(page, 'attention').click();
    await inspector(page).getByRole('figure').first().waitFor();
    await page.waitForTimeout(500);
  });
  const { slowness } = await paceOf(page);
  console.log(
    `the longest of ${tasks.length} tasks ${Math.max(...tasks).toFixed(1)} ms, slowness ${slowness.toFixed(2)}`,
  );
  expect(Math.max(...tasks)).toBeLessThan(LONG * Math.max(1, slowness));
});
