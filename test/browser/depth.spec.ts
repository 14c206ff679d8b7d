import { expect } from 'vitest';
import { expectAccessible, prepareAxe } from './accessible';
import {
  clickLayer,
  curves,
  dropFile,
  lane,
  panel,
  plot,
  saveFigure,
  saveRecordFile,
  SMALL,
  type as typeValue,
} from './driver';
import { whenIdle } from './tap';
import { test } from './test';

/** x of the points of a path. */
const across = (path: string): number[] =>
  [...path.matchAll(/[ML](-?[\d.]+),/g)].map(([, x]) => Number(x));

test('a deeper recorded run stands beside the toy by fraction of depth, on request', async ({
  open,
}) => {
  const page = await open({ hash: `${SMALL}&n_layers=6` });
  const record = await saveRecordFile(page);
  await typeValue(page, 'Layers', 2);
  await whenIdle(page);
  // All lanes are equally deep: there is nothing to choose.
  const choice = page.getByRole('group', { name: 'Depth axis' });
  expect(await choice.count()).toBe(0);

  await dropFile(page, 'deep.json', record.bytes.toString('utf8'));
  await lane(page, 'C').waitFor();
  await choice.waitFor();
  const byNumber = (await curves(page, 'activation magnitude')).map(across);
  expect(byNumber[0]).toEqual(byNumber[2]!.slice(0, 3));

  await choice.getByRole('button', { name: '% of depth' }).click();
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('view.depth=fraction');
  const [toy, , deep] = (await curves(page, 'activation magnitude')).map(across);
  // Embedding, then the middles of the layers: those of the toy lie between the middles of three of the others.
  expect(toy![0]).toBe(deep![0]);
  expect(toy![1]).toBeCloseTo(deep![2]!, 0);
  expect(toy![2]).toBeCloseTo(deep![5]!, 0);
  await prepareAxe(page);
  await expectAccessible(page, 'depth by fraction');

  // A mark is of the nearest layer of each, by pointer and by key, in every panel and under the stack.
  await clickLayer(page, 4, 6);
  const said = () => plot(page, 'activation magnitude').getAttribute('aria-valuetext');
  await expect.poll(said).toMatch(/^75 % of depth, .* layer 1 .* layer 1 .* layer 4 /);
  await plot(page, 'gradient').press('Home');
  await expect.poll(said).toMatch(/^8 % of depth, .* layer 0 .* layer 0 .* layer 0 /);
  await expect.poll(() => page.locator('.ly-bar').innerText()).toContain('of 6: A 0, B 0');

  const { bytes } = await saveFigure(page, 'activation magnitude', 'CSV');
  const csv = bytes.toString('utf8');
  expect(csv).toContain('# depth: fraction of the lane’s depth');
  const places = csv
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(',').at(-4));
  expect(places.slice(0, 4)).toEqual(['depth', 'embed', '0.25', '0.75']);
  expect(places.at(-1)).toBe('0.916667');

  // Against a baseline of another depth, which is interpolated.
  await panel(page, 'activation magnitude')
    .getByRole('button', { name: /^Values or ratio/ })
    .click();
  await page.getByRole('menuitemradio', { name: 'ratio to deep' }).click();
  await expect
    .poll(() => panel(page, 'activation magnitude').locator('figcaption').innerText())
    .toContain('At equal fractions of the depth');
});
