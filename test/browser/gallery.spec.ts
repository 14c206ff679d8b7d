import { expect } from 'vitest';
import { CLAIMS } from '../../src/claims';
import { claimsFor } from '../../src/claims/search';
import { expectAccessible, prepareAxe } from './accessible';
import { SMALL } from './driver';
import { test } from './test';

const XIONG = CLAIMS.find(({ id }) => id === 'xiong-lemma-2')!;

test('claims are searched, opened as a page, and gone back from', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.keyboard.press('c');
  const gallery = page.getByRole('dialog', { name: 'Claims of papers, run here' });
  const field = gallery.getByRole('searchbox');
  await expect.poll(() => field.evaluate((own) => own === document.activeElement)).toBe(true);
  await expect.poll(() => gallery.getByRole('article').count()).toBe(CLAIMS.length);
  await field.fill('nothing of this kind');
  await gallery.getByText('No claim has all of these words.').waitFor();
  await field.fill(XIONG.title);
  await expect.poll(() => gallery.getByRole('article').count()).toBe(claimsFor(XIONG.title).length);
  // The link holds what is searched for.
  await expect.poll(() => page.url()).toContain('view.claims=open');
  const card = gallery.getByRole('article', { name: XIONG.title });
  expect(await card.getByRole('img').getAttribute('aria-label')).toBe(
    `RMS at resid_post by layer: ${XIONG.lanes.join(', ')}`,
  );
  await card.getByRole('link', { name: 'Open' }).click();
  await expect.poll(() => gallery.count()).toBe(0);
  expect(new URL(page.url()).hash).toBe(`#${XIONG.links[0]}`);
  await page.goBack();
  await card.waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => gallery.count()).toBe(0);
});

test('axe finds no fault in the gallery, and nothing is cut off', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&view.claims=open` });
  await page.getByRole('article').first().waitFor();
  await prepareAxe(page);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 860 });
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('.gl, .gl *')].some(
        (own) => own.getBoundingClientRect().right > innerWidth,
      ),
    );
    expect(cut).toBe(false);
    await expectAccessible(page, `${width} wide`);
  }
});
