/**
 * The story of docs/story.md, as a person goes through it. `SHOTS=docs/story` takes its pictures anew.
 */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { RunRecord } from '../../src/runs/record';
import { lossesOf, mean, saveRecord, stepShown, untilStep } from './driver';
import { type Hand, keyboard, touch } from './hands';
import { shoot } from './storyPictures';
import { whenIdle } from './tap';
import { test } from './test';

/** Too deep and too fast for post-LN without warm-up. */
const STUCK = 'v=1&lanes=1&placement=post&n_layers=6&lr=0.003';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const track = (page: Page) => page.getByRole('slider', { name: 'Step on show' });
const said = (page: Page, figure: string) =>
  page.getByRole('figure', { name: figure, exact: true }).locator('figcaption').innerText();

/** Losses and tensors before step 30; a record has a place for every tensor that the lane has had. */
const past = ({ frames }: RunRecord) =>
  frames.slice(0, 30).map(({ step, loss, param }) => ({ step, loss, param }));

/** Trains to exactly that step: the last ones are taken one by one, so that a slow hand does not come too late. */
async function trainTo(page: Page, hand: Hand, step: number) {
  await hand.play();
  await untilStep(page, step - 10);
  await hand.pause();
  await whenIdle(page);
  for (let at = await stepShown(page); at < step; at++) {
    await hand.step();
    await untilStep(page, at + 1);
  }
  await whenIdle(page);
  expect(await stepShown(page)).toBe(step);
}

const TELLINGS = [
  {
    by: 'keys',
    of: keyboard,
    options: { width: 1440, height: 900, colorScheme: 'light' },
  },
  {
    by: 'touch',
    of: touch,
    options: { width: 390, height: 844, colorScheme: 'dark', hasTouch: true },
  },
] as const;

for (const { by, of, options } of TELLINGS) {
  test(`a run that is stuck at step 40 is forked at 30 and learns, by ${by} alone`, async ({
    open,
  }) => {
    const page = await open({ ...options, hash: STUCK });
    const hand = of(page);

    // Slow enough to stop in time.
    await hand.press(button(page, 'Speed: fastest'));
    await hand.press(page.getByRole('menuitemradio', { name: '10/s' }));

    // Stuck: it knows how frequent each character is, and no more.
    await trainTo(page, hand, 40);
    await expect
      .poll(() => said(page, 'loss'))
      .toMatch(
        /^Step 40, mean of \d+ steps: post-LN 3\.\d+, (at|0\.[01]\d above) the unigram entropy\.$/,
      );
    await shoot(page, `${by}-stuck`);

    await hand.goBack(30, 40);
    await expect.poll(() => track(page).getAttribute('aria-valuetext')).toBe('step 30 of 40, past');
    expect(await stepShown(page)).toBe(30);
    await shoot(page, `${by}-past`);

    // Three presses: the form, the placement, the fork.
    await hand.press(button(page, 'Fork from here…'));
    const form = page.getByRole('dialog', { name: 'Fork' });
    await hand.press(form.getByRole('radio', { name: 'pre-LN' }));
    await shoot(page, `${by}-fork`);
    await hand.press(form.getByRole('button', { name: 'Fork', exact: true }));
    await expect.poll(() => track(page).getAttribute('aria-valuetext')).toMatch(/^step 40, live/);
    await expect.poll(() => said(page, 'loss')).toMatch(/^Step 40.*; pre-LN 3\./);
    await whenIdle(page);

    await trainTo(page, hand, 100);
    await expect.poll(() => said(page, 'loss')).toMatch(/^Step 100/);
    const [, post, pre] = /post-LN ([\d.]+), .*pre-LN ([\d.]+), /.exec(await said(page, 'loss'))!;
    expect(Number(pre)).toBeLessThan(Number(post) - 0.3);
    await hand.press(button(page, 'Enlarge loss'));
    await button(page, 'All panels').waitFor();
    await shoot(page, `${by}-learns`);
    await hand.press(button(page, 'All panels'));

    // Held against post-LN: what arrives at the first layer.
    await hand.press(button(page, 'Values or ratio: values').first());
    await hand.press(page.getByRole('menuitemradio', { name: /ratio to post-LN/ }));
    await expect
      .poll(() => said(page, 'gradient'))
      .toMatch(/pre-LN over post-LN: [1-9][\d,]{2,} at layer 0\.$/);
    await shoot(page, `${by}-ratio`);

    await hand.press(page.getByRole('tab', { name: 'traces' }));
    await expect.poll(() => said(page, 'traces')).toMatch(/post-LN 1\.0.*; pre-LN 1\d/);
    await shoot(page, `${by}-traces`);

    await hand.press(button(page, 'Compare'));
    const parting = page.getByRole('region', { name: 'Where lanes part' });
    await hand.press(parting.getByText('How it goes on'));
    expect(await parting.innerText()).toMatch(
      /pre-LN at step 30, first at blocks\.0\.attn_in on the way forward: \d+ % apart\./,
    );
    await shoot(page, `${by}-parted`);
    await hand.press(parting.getByRole('button', { name: 'Show step 30' }));
    await expect.poll(() => stepShown(page)).toBe(30);

    // The story is over. The fork has the past of the lane that it is from, and goes its own way from step 30 on.
    await page.keyboard.press('Escape');
    const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
    expect(b.fork).toEqual({ lane: 'a', step: 30, name: 'post-LN' });
    expect(past(b)).toMatchObject(past(a));
    const apart = lossesOf(b).map((loss, step) => loss - lossesOf(a)[step]!);
    expect(apart).toHaveLength(101);
    expect(apart[30]).not.toBe(0);
    expect(mean(apart.slice(-20))).toBeLessThan(-0.3);
    const stuck = lossesOf(a);
    expect(mean(stuck.slice(31, 41))).toBeGreaterThan(mean(stuck.slice(11, 21)) - 0.15);
  });
}
