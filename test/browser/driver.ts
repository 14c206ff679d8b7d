/** What a person does on the page, and what they see there. */
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import { FIELDS } from '../../src/config/fields';
import { depthScale } from '../../src/plot/depth';
import type { RunRecord } from '../../src/runs/record';
import { whenIdle } from './tap';

/** A model small enough for a wait of seconds on any backend. */
export const SMALL = 'v=1&n_layers=2&d_model=16&n_heads=2&seq_len=8';

export const PANELS = ['activation magnitude', 'gradient', 'attention', 'loss'] as const;
export type PanelName = (typeof PANELS)[number];
export const DEPTH_PANELS = PANELS.slice(0, 3);

export const panel = (page: Page, name: PanelName): Locator =>
  page.getByRole('figure', { name, exact: true });
/** The plot of a panel, which has the arrow keys. */
export const plot = (page: Page, name: PanelName): Locator =>
  panel(page, name).getByRole('slider', { name: new RegExp(`^${name}`) });
export const lane = (page: Page, letter: string): Locator =>
  page.getByRole('region', { name: `Lane ${letter}:` });
export const settings = (page: Page): Locator => page.getByRole('region', { name: 'Settings' });

export const playButton = (page: Page): Locator =>
  page.getByRole('button', { name: 'Play', exact: true });
export const pauseButton = (page: Page): Locator =>
  page.getByRole('button', { name: 'Pause', exact: true });

/** The step that the header shows. */
export const stepShown = async (page: Page): Promise<number> =>
  Number((await page.locator('.hd-step').innerText()).replace(/\D/g, ''));

/** Waits until the header shows a step at least as high. */
export const untilStep = (page: Page, step: number, timeout = 60_000): Promise<unknown> =>
  page.waitForFunction(
    (wanted) =>
      Number(document.querySelector('.hd-step')?.textContent.replace(/\D/g, '')) >= wanted,
    step,
    { timeout },
  );

/** Trains until at least that step, and comes to rest. */
export async function trainTo(page: Page, step: number, timeout?: number): Promise<void> {
  await playButton(page).click();
  await untilStep(page, step, timeout);
  await pause(page);
}

export async function pause(page: Page): Promise<void> {
  await pauseButton(page).click();
  await whenIdle(page);
}

/** Makes exactly so many steps. */
export async function stepBy(page: Page, steps: number): Promise<void> {
  const wanted = (await stepShown(page)) + steps;
  for (let i = 0; i < steps; i++) await page.getByRole('button', { name: 'One step' }).click();
  await untilStep(page, wanted);
  await whenIdle(page);
  expect(await stepShown(page)).toBe(wanted);
}

/** The curves of a panel as paths, one per lane. */
export const curves = (page: Page, name: PanelName): Promise<string[]> =>
  panel(page, name)
    .locator('.trace .curve')
    .evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));

export const pathLength = (d: string): number => d.split(/[ML]/).filter(Boolean).length;

/** Waits until the curves of a panel are others than before, and gives them. */
export async function otherCurves(page: Page, name: PanelName, before: string[]) {
  await expect.poll(() => curves(page, name)).not.toEqual(before);
  return curves(page, name);
}

const heights = (path: string) => [...path.matchAll(/,(-?[\d.]+)/g)].map(([, y]) => Number(y));

/**
 * Whether paths have the same values, on axes that may begin and end elsewhere: heights differ by an offset and a
 * factor alone, up to what rounding to a tenth of a pixel leaves.
 */
export function sameShape(one: string, other: string): boolean {
  const [a, b] = [heights(one), heights(other)];
  const reach = (ys: number[]) => Math.max(...ys) - Math.min(...ys);
  const least = Math.min(reach(a), reach(b));
  const share = (ys: number[], i: number) => (ys[i]! - Math.min(...ys)) / reach(ys);
  if (a.length !== b.length) return false;
  if (least < 0.5) return Math.max(reach(a), reach(b)) < 1;
  return a.every((_, i) => Math.abs(share(a, i) - share(b, i)) < 0.25 / least);
}

/** What is written beside things, as far as it can be seen. */
export const notices = (page: Page): Promise<string[]> =>
  page.locator('.ui-notice:visible p').allInnerTexts();

/** Waits for a message with these words. */
export const notice = async (page: Page, words: string | RegExp): Promise<Locator> => {
  const found = page.locator('.ui-notice').filter({ hasText: words });
  await found.waitFor({ timeout: 30_000 });
  return found;
};

/** Opens a group of settings, if it is not open. */
export async function openGroup(page: Page, name: string): Promise<void> {
  const head = settings(page).getByRole('button', { name: new RegExp(`^${name}(?!:)`) });
  if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
}

/** Opens the group that a setting stands in. */
async function openGroupOf(page: Page, label: string): Promise<void> {
  const found = Object.values(FIELDS).find((field) => field.label === label);
  if (found) await openGroup(page, found.group);
}

/** The field of a setting that is a number, its group opened. */
export async function fieldOf(page: Page, label: string): Promise<Locator> {
  await openGroupOf(page, label);
  return settings(page).getByRole('textbox', { name: `${label}, typed` });
}

/** The line of a setting that is a text, its group opened. */
export async function lineOf(page: Page, label: string): Promise<Locator> {
  await openGroupOf(page, label);
  return settings(page).getByRole('textbox', { name: label, exact: true });
}

/** The knob of a setting’s slider, its group opened. */
export async function sliderOf(page: Page, label: string): Promise<Locator> {
  await openGroupOf(page, label);
  return settings(page).getByRole('slider', { name: label, exact: true });
}

/** Types a value into a setting's field. */
export async function type(page: Page, label: string, value: string | number): Promise<void> {
  const field = await fieldOf(page, label);
  await field.fill(String(value));
  await field.press('Enter');
}

/** The stack, which is a slider through its layers. */
export const stack = (page: Page): Locator =>
  page.getByRole('slider', { name: 'The stack: layer' });
/** What can be done to layers, under the stack. */
export const layerBar = (page: Page): Locator =>
  page.getByRole('group', { name: 'Layers', exact: true });

/** Where the middle of a layer's column is on the screen, a little way up the stack. */
async function layerPoint(page: Page, layer: number, n_layers: number) {
  const box = (await stack(page).boundingBox())!;
  return { x: box.x + depthScale(n_layers, Math.floor(box.width)).x(layer), y: box.y + 12 };
}

/** Clicks a layer of the stack. */
export async function clickLayer(page: Page, layer: number, n_layers: number): Promise<void> {
  const { x, y } = await layerPoint(page, layer, n_layers);
  await page.mouse.click(x, y);
}

/** Drags from one layer of the stack to another. */
export async function dragLayers(page: Page, from: number, to: number, n_layers: number) {
  const [start, end] = [
    await layerPoint(page, from, n_layers),
    await layerPoint(page, to, n_layers),
  ];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 6 });
  await page.mouse.up();
}

/** Picks an entry of the Files menu; lanes count from 0. */
export async function pickFileAction(page: Page, action: string, laneIndex = 0): Promise<void> {
  await page.getByRole('button', { name: 'Files' }).click();
  await page.getByRole('menuitem', { name: action }).nth(laneIndex).click();
}

async function saved(page: Page, action: string, laneIndex: number) {
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    pickFileAction(page, action, laneIndex),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The record of a lane as the page saves it, parsed. */
export async function saveRecord(page: Page, laneIndex = 0): Promise<RunRecord> {
  const { bytes } = await saved(page, 'Save record', laneIndex);
  return JSON.parse(bytes.toString('utf8')) as RunRecord;
}

export const lossesOf = ({ frames }: RunRecord): number[] => frames.map(({ loss }) => Number(loss));

/** All runs of the page in one file. */
export const saveRunsFile = (page: Page) => saved(page, 'Save all runs', 0);
export const saveRecordFile = (page: Page, laneIndex = 0) => saved(page, 'Save record', laneIndex);
export const saveWeightsFile = (page: Page, laneIndex = 0) =>
  saved(page, 'Save weights', laneIndex);

/** The menu of a panel's figure. */
const figureMenu = (page: Page, title: string): Locator =>
  page.getByRole('button', { name: `Save figure: ${title}`, exact: true });

/** A panel's figure as a file of this form. */
export async function saveFigure(page: Page, title: string, form: string) {
  await figureMenu(page, title).click();
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: new RegExp(`^${form}`) }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

export interface PickedFile {
  name: string;
  bytes: Uint8Array;
}

/** Loads weights into a lane through the Files menu. */
export async function loadWeights(page: Page, { name, bytes }: PickedFile, laneIndex = 0) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    pickFileAction(page, 'Load weights', laneIndex),
  ]);
  await chooser.setFiles({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  });
}

/** Opens a text file in the settings. */
export async function openText(page: Page, { name, bytes }: PickedFile): Promise<void> {
  await openGroup(page, 'Data');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('group', { name: 'Text' }).getByRole('button', { name: 'Open…' }).click(),
  ]);
  await chooser.setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(bytes) });
}

/** Drops a file on the page. */
export const dropFile = (page: Page, name: string, content: string): Promise<void> =>
  page.evaluate(
    ([name, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], name));
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
        );
      }
    },
    [name, content] as const,
  );

/** Drops a file of so many letters on the page. */
export const dropText = (page: Page, name: string, size: number): Promise<void> =>
  dropFile(page, name, 'x'.repeat(size));

export const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
