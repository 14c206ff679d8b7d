import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { pause, playButton, saveRecord, untilStep } from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const STEPS = 24;
const ONE_LANE = 'v=1&lanes=1&n_layers=6&d_model=64&n_heads=4&seq_len=32&batch_size=4';

async function train(page: Page) {
  await playButton(page).click();
  await untilStep(page, STEPS);
  await pause(page);
  await whenIdle(page);
  const { frames } = await saveRecord(page);
  const steps = (await callsOf(page)).filter(({ method }) => method === 'step');
  return { frames: frames.slice(0, STEPS), steps };
}

const quickest = (steps: Awaited<ReturnType<typeof train>>['steps'], threads: number) =>
  Math.min(
    ...steps.filter(({ cost }) => cost?.threads === threads).map((c) => c.answered! - c.asked),
  );

test('a lane has threads where processors are left, and measures the same', async ({ open }) => {
  const [alone, together] = [
    await open({ hash: ONE_LANE }),
    await open({ hash: ONE_LANE, processors: 3 }),
  ];
  const [one, two] = [await train(alone), await train(together)];
  const counts = ({ steps }: typeof one) => new Set(steps.map(({ cost }) => cost?.threads));
  expect(counts(one)).toEqual(new Set([1]));
  expect(counts(two)).toEqual(new Set([1, 2]));
  expect(two.frames).toEqual(one.frames);
  console.log(
    `the quickest step: ${quickest(two.steps, 2).toFixed(1)} ms on two threads, ${quickest(two.steps, 1).toFixed(1)} ms on one`,
  );
});

test('lanes share the processors', async ({ open }) => {
  const page = await open({
    hash: 'v=1&lanes=1&n_layers=2&d_model=16&n_heads=2&seq_len=8',
    processors: 5,
  });
  const asked = async () =>
    (await callsOf(page))
      .filter(({ method }) => method === 'useThreads')
      .map(({ worker }) => worker);
  await expect.poll(asked).toEqual([0]);
  await page.getByRole('button', { name: 'Add a lane' }).click();
  await expect.poll(asked).toEqual([0, 0, 1]);
});
