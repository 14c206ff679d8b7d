import { expect } from 'vitest';

import { test } from './test';

test('why post-LN is stuck is told in a minute of training and keys, and its numbers say so', async ({
  open,
}) => {
  const page = await open({ query: 'lab=stuck' });
  const story = page.locator('.story');
  const live = () =>
    story.locator('.story-live').evaluateAll((all) =>
      all.map(({ textContent }) => {
        const [mantissa, power] = textContent.split('×10');
        const digits = [...(power ?? '⁰')]
          .map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c))
          .filter((n) => n >= 0);
        return (
          Number(mantissa) * 10 ** ((power?.startsWith('⁻') ? -1 : 1) * Number(digits.join('')))
        );
      }),
    );
  const next = async (title: RegExp) => {
    await page.keyboard.press('PageDown');
    await story.getByRole('heading', { name: title }).waitFor();
    await expect
      .poll(async () => (await live()).every(Number.isFinite), { timeout: 120_000 })
      .toBe(true);
    return live();
  };
  await story.getByRole('heading', { name: /^Two models/ }).waitFor();
  const [pre = NaN, post = NaN] = await next(/^At the start/);
  expect(pre / post).toBeGreaterThan(0.2);
  expect(pre / post).toBeLessThan(5);
  const began = Date.now();
  await next(/^Train both/);
  const [lossA = NaN, lossB = NaN] = await next(/^One falls/);
  console.log(`60 steps of both lanes took ${(Date.now() - began) / 1000} s`);
  expect(lossB - lossA).toBeGreaterThan(0.2);
  await page
    .getByText(
      /pre-LN \d\.\d+, 0\.\d+ below the unigram entropy; post-LN \d\.\d+, (at|0\.[01]\d above) the unigram/,
    )
    .first()
    .waitFor();
  const [likeA = NaN, likeB = NaN] = await next(/^To B/);
  expect(likeA).toBeLessThan(0.9);
  expect(likeB).toBeGreaterThan(0.99);
  const [ratio = NaN] = await next(/^So it/);
  expect(ratio).toBeGreaterThan(1e3);
});
