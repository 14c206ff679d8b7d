import { readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import { csvParse } from 'd3-dsv';
import { unzipSync } from 'fflate';
import type { Download, Page } from 'playwright-core';
import { compile, type TopLevelSpec } from 'vega-lite';
import { expect } from 'vitest';
import { pickFileAction, saveRecord, SMALL, stepBy } from './driver';
import { difference, sharedInk, type Picture } from './ink';
import { test } from './test';

const LANES = { 'pre-LN': '#0072b2', 'post-LN': '#c44e00' };
const PANELS = ['activation magnitude', 'gradient', 'attention', 'loss', 'traces', 'waterfall'];
const slugOf = (title: string) => title.replace(' ', '-');

const menu = (page: Page, title: string) =>
  page.getByRole('button', { name: `Save figure: ${title}`, exact: true });

/** Brings a panel that stands behind a tab to the front. */
async function show(page: Page, title: string) {
  const tab = page.getByRole('tab', { name: title, exact: true });
  if (await tab.count()) await tab.click();
  await menu(page, title).waitFor();
}

/** Opens the menu of a panel by keyboard and picks an entry by its first letters. */
async function pick(page: Page, title: string, entry: string) {
  await menu(page, title).press('Enter');
  const item = page.getByRole('menuitem', { name: new RegExp(`^${entry}`) });
  await item.waitFor();
  // Focus follows a key a moment later: one that comes before the menu has it goes to the button, and is lost.
  await page.waitForFunction(() => document.activeElement?.closest('[role="menu"]') != null);
  const isThere = () => item.evaluate((element) => element === document.activeElement);
  for (let i = 0; i < 8 && !(await isThere()); i++) {
    const before = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction((text) => document.activeElement?.textContent !== text, before, {
      polling: 10,
    });
  }
  await page.keyboard.press('Enter');
}

async function saved(page: Page, act: () => Promise<void>) {
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    act(),
  ]);
  const path = await download.path();
  return { name: download.suggestedFilename(), path, bytes: readFileSync(path) };
}

const attributes = (svg: string) => svg.replace(/<desc>.*?<\/desc>|xmlns\S*/gs, '');

/** The SVG as another program draws it, and the ground of its plot there. */
function redrawn(svg: string, ground: Picture['area'], plot: { x: number; y: number }): Picture {
  const [, left, top] = /<g transform="translate\((\S+) (\S+)\)">/.exec(svg)!;
  const x = Math.round(Number(left) + ground.x - plot.x);
  const y = Math.round(Number(top) + ground.y - plot.y);
  const { width, height } = ground;
  return { bytes: new Resvg(svg).render().asPng(), area: { x, y, width, height } };
}

const whole = ({ x, y, width, height }: Picture['area']): Picture['area'] => ({
  ...{ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) },
});

test('each panel is saved in each form by keyboard, and is what the page shows', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  await stepBy(page, 6);
  // Beside another page in front of it the first one would not be drawn.
  const blank = await page.context().browser()!.newPage();
  const asked: string[] = [];
  blank.on('request', (request) => asked.push(request.url()));
  for (const title of PANELS) {
    await show(page, title);
    const panel = page.getByRole('figure', { name: title, exact: true });
    await panel.locator('[data-ground]').waitFor();
    const file = await saved(page, () => pick(page, title, 'SVG'));
    expect(file.name).toBe(`normscope-${slugOf(title)}-step6.svg`);
    const svg = file.bytes.toString('utf8');

    // It stands by itself: no style sheet, no property of the page, nothing that is fetched.
    expect(attributes(svg)).not.toMatch(/var\(|class=|currentColor|https?:|@import|em"|NaN/);
    expect(svg).toContain(`>${title}</text>`);
    for (const lane of Object.keys(LANES)) expect(svg).toContain(`>${lane}</text>`);
    expect(svg).toMatch(/>(layer|step)<\/text>/);
    expect(svg).toMatch(/<desc>[^<]*#v=1&amp;n_layers=2/);

    // Another program draws the same as the page.
    const ground = whole((await panel.locator('[data-ground]').boundingBox())!);
    const plot = (await panel.locator('.panel-plot').boundingBox())!;
    await page.mouse.move(2, 2);
    const look = async (): Promise<Picture> => ({ bytes: await page.screenshot(), area: ground });
    const other = redrawn(svg, ground, plot);
    // On a busy machine the colours of the waterfall are on the screen some pictures later.
    if (title === 'waterfall')
      await expect.poll(async () => difference(page, await look(), other)).toBeLessThan(6);
    const seen = await look();
    for (const colour of title === 'waterfall' ? [] : Object.values(LANES)) {
      for (const { all, share } of await sharedInk(page, seen, other, colour)) {
        expect(all).toBeGreaterThan(100);
        expect(share).toBeGreaterThan(0.95);
      }
    }

    // In a page of its own it asks for nothing but itself.
    asked.length = 0;
    await blank.goto('about:blank');
    await blank.setContent(svg.replace(/^<\?xml.*\n/, ''));
    expect(asked.filter((url) => !/^(about|data):/.test(url))).toEqual([]);
    const overlap = await blank.evaluate(() => {
      const boxes = [...document.querySelectorAll('text')].map((text) => ({
        text: text.textContent,
        box: text.getBoundingClientRect(),
      }));
      return boxes.flatMap(({ text, box: a }, i) =>
        boxes
          .slice(i + 1)
          .filter(({ box: b }) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            return across > 1 && down > 6;
          })
          .map((other) => `${text} over ${other.text}`),
      );
    });
    expect(overlap).toEqual([]);

    const png = await saved(page, () => pick(page, title, 'PNG'));
    expect(png.name).toMatch(/-step6\.png$/);
    const [, width] = /<svg[^>]* width="(\d+)"/.exec(svg)!;
    expect(png.bytes.readUInt32BE(16)).toBe(2 * Number(width));

    const csv = await saved(page, () => pick(page, title, 'CSV'));
    const rows = csvParse(csv.bytes.toString('utf8').replace(/^#.*\n/gm, ''));
    expect(rows.columns.slice(0, 2)).toEqual(['lane', 'series']);
    expect(new Set(rows.map(({ lane }) => lane))).toEqual(new Set(Object.keys(LANES)));
    expect(rows.every(({ value }) => Number.isFinite(Number(value)))).toBe(true);

    const spec = await saved(page, () => pick(page, title, 'Vega-Lite'));
    expect(spec.name).toMatch(/-step6\.vl\.json$/);
    expect(() => compile(JSON.parse(spec.bytes.toString('utf8')) as TopLevelSpec)).not.toThrow();
  }
  await blank.close();
});

/** Figures of the inspector whose colours are values. */
const MAPS = ['attention of head 0', 'angle between depths', 'tokens of the batch'];

test('views of the inspector are figures as well, of the step that was read', async ({ open }) => {
  const page = await open({ hash: `${SMALL}&view.inspect=channels/blocks.1.resid_post/a/0.0.0` });
  await stepBy(page, 2);
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await inspector.getByText('step 2', { exact: true }).waitFor();
  const saw: string[] = [];
  for (const tab of await inspector.getByRole('tab').all()) {
    await tab.click();
    await inspector.getByRole('figure').first().waitFor();
    await page.waitForTimeout(300);
    const titles = await inspector.locator('figure h3').allInnerTexts();
    for (const title of titles) {
      const panel = inspector.getByRole('figure', { name: title, exact: true });
      await panel.scrollIntoViewIfNeeded();
      const file = await saved(page, () => pick(page, title, 'SVG'));
      expect(file.name).toMatch(/-step2\.svg$/);
      const svg = file.bytes.toString('utf8');
      expect(attributes(svg)).not.toMatch(/var\(|class=|currentColor|https?:|@import|em"|NaN/);
      expect(svg).toContain(`>${title}</text>`);
      const ground = whole((await panel.locator('[data-ground]').first().boundingBox())!);
      const plot = (await panel.locator('.panel-plot').boundingBox())!;
      await page.mouse.move(2, 2);
      const seen: Picture = { bytes: await page.screenshot(), area: ground };
      const other = redrawn(svg, ground, plot);
      if (MAPS.includes(title)) {
        expect(await difference(page, seen, other), title).toBeLessThan(8);
      } else {
        // One lane’s ink may be hidden by the other’s.
        const inks = await Promise.all(
          Object.values(LANES).map((colour) => sharedInk(page, seen, other, colour)),
        );
        const seenInks = inks.flat().filter(({ all }) => all > 60);
        expect(
          inks.flat().some(({ all }) => all > 30),
          title,
        ).toBe(true);
        for (const { share } of seenInks) expect(share, title).toBeGreaterThan(0.75);
      }
      const csv = await saved(page, () => pick(page, title, 'CSV'));
      const rows = csvParse(csv.bytes.toString('utf8').replace(/^#.*\n/gm, ''));
      expect(rows.length, title).toBeGreaterThan(1);
      saw.push(title);
    }
  }
  expect(saw).toEqual(expect.arrayContaining(MAPS));
  expect(saw.length).toBeGreaterThanOrEqual(12);
});

test('numbers are those of the record; what is copied is what is saved', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await stepBy(page, 2);
  const title = 'activation magnitude';
  const { bytes } = await saved(page, () => pick(page, title, 'CSV'));
  const rows = csvParse(bytes.toString('utf8').replace(/^#.*\n/gm, ''));
  const record = await saveRecord(page);
  const at = record.sites.indexOf('blocks.1.resid_post');
  const wanted = Number(record.frames.at(-1)!.site.rms![at]);
  const row = rows.find(({ lane, layer }) => lane === 'pre-LN' && layer === '1')!;
  expect(Math.fround(Number(row.value))).toBe(Math.fround(wanted));

  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const said = (form: string) =>
    page.getByText(`The figure is on the clipboard: ${form}.`).waitFor();
  await pick(page, title, 'Copy CSV');
  await said('CSV');
  expect(await clipboard()).toBe(bytes.toString('utf8'));
  await pick(page, title, 'Copy as Markdown');
  await said('Markdown');
  expect(await clipboard()).toContain('| layer | pre-LN | post-LN |');
  await pick(page, title, 'Copy SVG');
  await said('SVG');
  expect(await clipboard()).toContain('<svg xmlns=');
  await pick(page, title, 'Copy PNG');
  await said('PNG');
  const types = await page.evaluate(async () =>
    (await navigator.clipboard.read()).flatMap((item) => item.types),
  );
  expect(types).toEqual(['image/png']);

  // Where the browser refuses, that is said.
  await page.evaluate(() => {
    navigator.clipboard.write = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  await pick(page, title, 'Copy PNG');
  await page.getByText('This browser does not let the page copy PNG.').waitFor();
});

test('all figures are one file; a dark page gives the same figures as a light one', async ({
  open,
}) => {
  const page = await open({ hash: SMALL, colorScheme: 'dark' });
  await stepBy(page, 2);
  const all = async () => {
    const { name, bytes } = await saved(page, async () => {
      await page.getByRole('button', { name: 'Files' }).click();
      await page.getByRole('menuitem', { name: 'Save all figures' }).click();
    });
    expect(name).toBe('normscope-figures-step2.zip');
    const files = Object.entries(unzipSync(bytes));
    return Object.fromEntries(files.map(([file, content]) => [file, Buffer.from(content)]));
  };
  const dark = await all();
  const names = PANELS.slice(0, 4).map((title) => `normscope-${slugOf(title)}-step2`);
  expect(Object.keys(dark)).toEqual(names.flatMap((name) => [`${name}.svg`, `${name}.csv`]));
  // Nothing of the light theme stays behind.
  expect(await page.locator('.panel-plot[style*="--ground"]').count()).toBe(0);
  await page.getByRole('button', { name: 'Change to the light theme' }).click();
  const light = await all();
  for (const name of names) {
    expect(dark[`${name}.svg`]!.toString()).toBe(light[`${name}.svg`]!.toString());
  }
});

test('by touch on a phone, where the tools stay in reach', async ({ open }) => {
  const page = await open({ hash: SMALL, width: 390, height: 844, hasTouch: true });
  await stepBy(page, 1);
  const button = menu(page, 'gradient');
  const box = (await button.boundingBox())!;
  expect(box.width).toBeGreaterThanOrEqual(24);
  expect(box.x + box.width).toBeLessThanOrEqual(390);
  const { name, bytes } = await saved(page, async () => {
    await button.tap();
    await page.getByRole('menuitem', { name: 'SVG', exact: false }).first().tap();
  });
  expect(name).toBe('normscope-gradient-step1.svg');
  expect(bytes.toString('utf8')).toContain('>gradient</text>');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('a report is one page that needs nothing else, with settings, events, figures and sentences', async ({
  open,
}) => {
  const page = await open({
    query: 'backend=wasm',
    hash: `${SMALL}&b.norm=rmsnorm`,
    colorScheme: 'dark',
  });
  await stepBy(page, 2);
  const sentence = await page
    .getByRole('figure', { name: 'activation magnitude', exact: true })
    .locator('figcaption')
    .innerText();
  const { name, bytes } = await saved(page, () => pickFileAction(page, 'Save a report'));
  expect(name).toBe('normscope-report-step2.html');
  const html = bytes.toString('utf8');
  expect(html).not.toMatch(/<script|<link|url\(/);

  const blank = await page.context().newPage();
  const requests: string[] = [];
  blank.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  await blank.setContent(html);
  expect(requests).toEqual([]);
  const said = await blank.locator('body').innerText();
  for (const words of ['LayerNorm', 'RMSNorm', 'Step 2, loss', 'N is RMSNorm', page.url()])
    expect(said).toContain(words);
  expect(await blank.locator('math').count()).toBeGreaterThanOrEqual(2);
  const figures = blank.getByRole('img');
  expect(await figures.count()).toBe(4);
  expect(await figures.first().getAttribute('alt')).toBe(`activation magnitude: ${sentence}`);
  const widths = await figures.evaluateAll((all) =>
    (all as HTMLImageElement[]).map(
      ({ naturalWidth, clientWidth }) => naturalWidth > 300 && clientWidth > 300,
    ),
  );
  expect(widths).toEqual([true, true, true, true]);
  await blank.close();
});
