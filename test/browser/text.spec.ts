import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import {
  dropText,
  notice,
  openGroup,
  openText,
  pause,
  playButton,
  saveRecord,
  SMALL,
  trainTo,
  untilStep,
} from './driver';
import { whenReady } from './page';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const encode = (text: string) => new TextEncoder().encode(text);
const source = (page: Page) => page.getByRole('group', { name: 'Text' });

test('a text that cannot be read is refused with its reason, and the page goes on', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const cases: [name: string, bytes: Uint8Array, words: string][] = [
    ['nothing.txt', encode(''), 'nothing.txt is empty: there is nothing to learn from.'],
    ['blank.txt', encode(' \n\t\n'), 'blank.txt is empty'],
    [
      'picture.txt',
      Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xd8]),
      'picture.txt is not a text in UTF-8.',
    ],
    ['zeros.txt', new Uint8Array(64), 'zeros.txt holds zero bytes'],
  ];
  for (const [name, bytes, words] of cases) {
    await openText(page, { name, bytes });
    await notice(page, words);
  }
  await dropText(page, 'large.txt', 50e6);
  await notice(page, 'large.txt has 50 MB; a text may have at most 10 MB.');
  expect(await source(page).innerText()).toContain('Newton’s Opticks');
  await trainTo(page, 2);
});

test('a text of one’s own is learnt from, emoji and all, and kept for the next visit', async ({
  open,
}) => {
  const page = await open({ hash: SMALL });
  const text = 'The 🦊 jumps over the 🐶. Ça va\r\n日本語 👩‍👩‍👧\n'.repeat(40);
  await openText(page, { name: 'fox.txt', bytes: encode(text) });
  await expect.poll(() => source(page).innerText()).toContain('fox.txt');
  await whenIdle(page);
  const kinds = new Set(text.replaceAll('\r', '')).size;
  await trainTo(page, 3);
  const { tokens, frames } = await saveRecord(page);
  const ids = tokens!.inputs.flat();
  expect(Math.max(...ids)).toBeLessThan(kinds);
  expect(new Set(ids).size).toBeGreaterThan(5);
  expect(frames.every(({ loss }) => Number.isFinite(loss))).toBe(true);

  await page.reload();
  await whenReady({ page, problems: [] });
  await expect.poll(() => source(page).innerText()).toContain('fox.txt');
  await source(page).getByRole('button', { name: 'Back to the app’s' }).click();
  await expect.poll(() => source(page).innerText()).toContain('Newton’s Opticks');
});

test('a text can be pasted while the lanes train', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await openGroup(page, 'Data');
  await playButton(page).click();
  await untilStep(page, 2);
  await source(page).getByRole('button', { name: 'Paste…' }).click();
  await page.getByRole('textbox', { name: 'Text to learn from' }).fill('abcab '.repeat(20));
  await page.getByRole('button', { name: 'Use this text' }).click();
  await expect.poll(() => source(page).innerText()).toContain('pasted text');
  const restarted = async () =>
    (await callsOf(page)).filter(({ method, answered }) => method === 'configure' && answered);
  await expect.poll(async () => (await restarted()).length).toBe(4);
  await untilStep(page, 3);
  await pause(page);
  const { tokens, frames } = await saveRecord(page);
  expect(new Set(tokens!.inputs.flat()).size).toBe(4);
  expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
});
