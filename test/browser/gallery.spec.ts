import { expect } from 'vitest';
import { CLAIMS } from '../../src/claims';
import { claimsFor } from '../../src/claims/search';
import { RESULTS } from '../../src/views/claims/results';
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
  await gallery.getByText('No claim is all of this.').waitFor();
  await field.fill(XIONG.title);
  await expect
    .poll(() => gallery.getByRole('article').count())
    .toBe(claimsFor({ words: XIONG.title }).length);
  // The link holds what is searched for.
  await expect.poll(() => page.url()).toContain('view.claims=open');
  const card = gallery.getByRole('article', { name: XIONG.title });
  expect(await card.getByRole('img').getAttribute('aria-label')).toBe(
    `RMS at resid_post by layer: ${XIONG.lanes.join(', ')}`,
  );
  await card.getByRole('link', { name: 'Open' }).click();
  await expect.poll(() => gallery.count()).toBe(0);
  expect(new URL(page.url()).hash).toBe(`#${XIONG.links[0]}&view.claims=of:${XIONG.id}`);
  // The page names its claim, also when it is opened anew.
  const line = page.getByRole('region', { name: 'The claim that this page shows' });
  await page.reload();
  await line.getByText(XIONG.title).waitFor();
  expect(await line.innerText()).toMatch(/Xiong et al\. 2020\s*, lemma 2\s+reproduced/);
  await line.getByRole('button', { name: 'Put this claim away' }).click();
  await expect.poll(() => line.count()).toBe(0);
  expect(page.url()).not.toContain('view.claims');
  await page.goBack();
  await line.getByRole('button', { name: 'All claims' }).click();
  await gallery.getByRole('button', { name: 'not at this size' }).click();
  await gallery.getByRole('button', { name: 'gradients through depth' }).click();
  await page.reload();
  await gallery.getByRole('button', { name: 'not at this size', pressed: true }).waitFor();
  await expect
    .poll(() => gallery.getByRole('article').count())
    .toBe(claimsFor({ words: '', phenomenon: 'gradient', outcome: 'no' }, RESULTS).length);
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
