import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ENTRIES } from '../../src/config/glossary';
import { expectAccessible, prepareAxe } from './accessible';
import { panel, SMALL } from './driver';
import { whenIdle } from './tap';
import { test } from './test';

const glossary = (page: Page) => page.getByRole('dialog', { name: 'Glossary', exact: true });
const term = (page: Page, name: string) =>
  panel(page, 'loss').locator('figcaption').getByRole('button', { name, exact: true });
const focused = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement).innerText);

test('a key opens the glossary, which is searched, gone about in and closed', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.keyboard.press('w');
  const field = glossary(page).getByRole('searchbox');
  await expect.poll(() => field.evaluate((own) => own === document.activeElement)).toBe(true);
  const entries = glossary(page).getByRole('article');
  expect(await entries.count()).toBe(ENTRIES.length);
  await field.fill('unigram');
  await expect.poll(() => entries.count()).toBeLessThan(10);
  expect(await entries.first().getAttribute('aria-label')).toBe('unigram entropy');
  await field.fill('unigarm entropy');
  await glossary(page).getByRole('button', { name: 'unigram entropy' }).click();
  await expect.poll(() => entries.count()).toBeLessThan(10);
  // A term in a definition leads to its own entry, which the link names.
  await field.fill('LayerScale');
  await field.fill('');
  await glossary(page).getByRole('article', { name: 'ρ', exact: true }).getByRole('button').click();
  await expect.poll(() => page.url()).toContain('view.words=statistic.token_cosine');
  const current = glossary(page).locator('[aria-current]');
  await expect.poll(() => current.getAttribute('aria-label')).toBe('token alignment');
  await current.getByText('Noci et al. 2022').waitFor();
  await page.goBack();
  await page.goBack();
  await glossary(page).waitFor({ state: 'detached' });
});

test('a term in a sentence explains itself, by the keyboard too, and leads to the glossary', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const unigram = term(page, 'unigram entropy');
  await unigram.focus();
  await page.keyboard.press('Enter');
  const about = page.getByRole('dialog', { name: 'unigram entropy' });
  await about.getByText('how often each symbol comes').waitFor();
  await page.keyboard.press('Escape');
  await about.waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('unigram entropy');
  await page.keyboard.press('Enter');
  await about.getByRole('button', { name: 'In the glossary' }).click();
  const entry = glossary(page).getByRole('article', { name: 'unigram entropy' });
  await expect.poll(() => entry.evaluate((own) => own === document.activeElement)).toBe(true);
  await expect
    .poll(async () => {
      const [own, all] = [await entry.boundingBox(), await glossary(page).boundingBox()];
      return own!.y > all!.y && own!.y + own!.height < all!.y + all!.height / 2;
    })
    .toBe(true);
  await page.keyboard.press('Escape');
  await glossary(page).waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('unigram entropy');

  // What a panel’s “i” says has terms, too.
  await page.getByRole('button', { name: 'About loss' }).click();
  await page
    .getByRole('dialog', { name: 'loss' })
    .getByRole('button', { name: 'cross-entropy' })
    .click();
  await page.getByRole('dialog', { name: 'cross-entropy' }).waitFor();

  // The help has a way there.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'Glossary W' }).click();
  await glossary(page).waitFor();
  await expect.poll(() => page.getByRole('dialog').count()).toBe(1);
});

test('axe finds no fault in the glossary or beside a term, and nothing is cut off', async ({
  open,
}) => {
  const page = await open({
    hash: `${SMALL}&view.words=statistic.entropy`,
    reducedMotion: 'reduce',
  });
  await glossary(page).locator('[aria-current] .katex').first().waitFor();
  await prepareAxe(page);
  // Some of every kind: all of them would keep axe for minutes.
  await glossary(page).getByRole('searchbox').fill('entropy');
  await expect.poll(() => glossary(page).getByRole('article').count()).toBeLessThan(40);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 860 });
    await expectAccessible(page, `the glossary, ${width} wide`);
    const cut = await page.evaluate(
      () =>
        [...document.querySelectorAll('.gs, .gs-body, .gs-search')].filter(
          (one) => one.scrollWidth > one.clientWidth,
        ).length,
    );
    expect(cut).toBe(0);
  }
  await page.keyboard.press('Escape');
  await whenIdle(page);
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 860 });
    await term(page, 'unigram entropy').click();
    await page.getByRole('dialog', { name: 'unigram entropy' }).waitFor();
    await expectAccessible(page, `beside a term, ${width} wide`);
    await page.keyboard.press('Escape');
  }
});
