import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { GROUPS } from '../../src/config/fields';
import { clickLayer, layerBar, openGroup, pause, playButton, SMALL, untilStep } from './driver';
import { expectAccessible, prepareAxe } from './accessible';
import { whenIdle } from './tap';
import { test } from './test';

const opened = async (open: (options: object) => Promise<Page>, width: number, height: number) => {
  const page = await open({ hash: SMALL, width, height, reducedMotion: 'reduce' });
  await prepareAxe(page);
  await whenIdle(page);
  return page;
};

test('axe finds no fault at a desk', async ({ open }) => {
  const page = await opened(open, 1440, 900);
  await expectAccessible(page, 'at rest');
  for (const group of GROUPS) await openGroup(page, group);
  await page.getByRole('button', { name: 'Add a lane' }).click();
  await whenIdle(page);
  await expectAccessible(page, 'with three lanes and all groups open');
  await playButton(page).click();
  await untilStep(page, 3);
  await expectAccessible(page, 'while playing');
  await pause(page);
  await page.keyboard.press('Home');
  await expectAccessible(page, 'in the past');
});

test('axe finds no fault with layers marked, changed and intervened in', async ({ open }) => {
  const hash = `${SMALL}&layer_overrides=1:post/rmsnorm&interventions=0:silence=1,1:freeze.mlp@9&seeds=3`;
  const page = await open({ hash, reducedMotion: 'reduce' });
  await prepareAxe(page);
  await whenIdle(page);
  await clickLayer(page, 1, 2);
  await expectAccessible(page, 'with a layer marked');
  await layerBar(page)
    .getByRole('button', { name: /^Intervene/ })
    .click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page, 'with its menu open');
});

test('axe finds no fault with lanes compared', async ({ open }) => {
  const hash = `${SMALL}&view.baseline=a&view.arrange=side_by_side&view.lower=`;
  for (const lower of ['traces', 'waterfall']) {
    const page = await open({ hash: hash + lower, reducedMotion: 'reduce' });
    await prepareAxe(page);
    await whenIdle(page);
    await page.getByRole('figure', { name: lower }).waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Pin what is seen' }).click();
    await expectAccessible(page, `with ${lower}`);
  }
});

/** How to open what, and the role of what opens. */
const OVERLAYS: [
  what: string,
  show: (page: Page) => Promise<void>,
  role: 'dialog' | 'menu' | 'tooltip',
][] = [
  ['the help', (page) => page.getByRole('button', { name: 'Help' }).click(), 'dialog'],
  [
    'the forms of a figure',
    (page) => page.getByRole('button', { name: 'Save figure: gradient' }).click(),
    'menu',
  ],
  ['the files', (page) => page.getByRole('button', { name: 'Files' }).click(), 'menu'],
  [
    'the link',
    (page) => page.getByRole('button', { name: 'Share', exact: true }).click(),
    'dialog',
  ],
  [
    'the cost of a step',
    (page) => page.getByRole('button', { name: 'Cost of a step' }).click(),
    'dialog',
  ],
  ['the backend', (page) => page.locator('.hd-badge').click(), 'dialog'],
  [
    'a statistic’s menu',
    (page) => page.getByRole('button', { name: 'Statistic: RMS' }).click(),
    'menu',
  ],
  [
    'the norms of a lane',
    (page) => page.getByRole('button', { name: 'Norm: every choice' }).first().click(),
    'menu',
  ],
  [
    'the presets',
    (page) => page.getByRole('button', { name: 'Presets of lane A' }).click(),
    'menu',
  ],
  [
    'the ends of the stack',
    (page) =>
      layerBar(page)
        .getByRole('button', { name: /^Layers/ })
        .click(),
    'dialog',
  ],
  ['a block’s definition', (page) => page.locator('.st-about').first().click(), 'tooltip'],
  ['a definition', (page) => page.getByRole('button', { name: 'About RMS' }).click(), 'dialog'],
];

test('axe finds no fault in what opens over the page', async ({ open }) => {
  const page = await opened(open, 1440, 900);
  for (const [what, show, role] of OVERLAYS) {
    await show(page);
    await page.getByRole(role).waitFor();
    await expectAccessible(page, `with ${what} open`);
    await page.keyboard.press('Escape');
    await page.getByRole(role).waitFor({ state: 'detached' });
  }
});

test('axe finds no fault with messages on the page and numbers that are not finite', async ({
  open,
}) => {
  const page = await open({
    hash: `${SMALL}&placement=none&init_gain=100&n_layers=12&nonsense=1&norm_eps=tiny`,
    reducedMotion: 'reduce',
  });
  await prepareAxe(page);
  await whenIdle(page);
  await page.evaluate(() => {
    window.tap.workers[1]!.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await page.getByRole('button', { name: 'Restart', exact: true }).waitFor();
  expect(await page.locator('.ui-notice:visible').count()).toBeGreaterThanOrEqual(3);
  expect(await page.locator('.not-finite').count()).toBeGreaterThan(0);
  await expectAccessible(page, 'with messages');
});

test('axe finds no fault on a phone', async ({ open }) => {
  const page = await opened(open, 390, 844);
  await expectAccessible(page, 'at rest');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page, 'with the settings open');
  await page.getByRole('button', { name: 'Close the settings' }).click();
  await clickLayer(page, 1, 2);
  await expectAccessible(page, 'with a layer marked');
  for (const [what, show, role] of OVERLAYS.slice(0, 2)) {
    await show(page);
    await page.getByRole(role).waitFor();
    await expectAccessible(page, `with ${what} open`);
    await page.keyboard.press('Escape');
    await page.getByRole(role).waitFor({ state: 'detached' });
  }
  await playButton(page).click();
  await untilStep(page, 3);
  await expectAccessible(page, 'while playing');
});

for (const [where, width, height] of [
  ['at a desk', 1440, 900],
  ['on a phone', 390, 844],
] as const) {
  test(`axe finds no fault ${where} with evaluation open and a narrow format`, async ({ open }) => {
    const page = await open({
      hash: `${SMALL}&norm=batchnorm&b.norm=layernorm&eval_seq_len=16&positions=rope&precision=bf16&view.magnitude=underflow@block`,
      width,
      height,
      reducedMotion: 'reduce',
    });
    await prepareAxe(page);
    await whenIdle(page);
    expect(await page.locator('.ev figure').count()).toBe(3);
    await expectAccessible(page, 'with evaluation open');
  });
}
