import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

const part = (x: number, y: number, width: number, height: number): Part => ({
  ...{ x, y, width, height },
});

/** The pictures of docs/story.md, and which part of the screen each of them shows. */
const PICTURES: Record<string, Part> = {
  'keys-stuck': part(0, 0, 1440, 900),
  'keys-fork': part(326, 556, 1114, 320),
  'keys-learns': part(326, 124, 1114, 748),
  'keys-ratio': part(326, 40, 1114, 640),
  'keys-traces': part(326, 680, 1114, 192),
  'keys-parted': part(640, 94, 800, 712),
  'touch-past': part(0, 0, 390, 844),
  'touch-parted': part(0, 0, 390, 844),
};

/** Takes a picture, if the story has it and SHOTS names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS;
  const shown = PICTURES[name];
  if (!folder || !shown) return;
  // Sentences follow the curves a little later.
  await page.waitForTimeout(600);
  // Of the page, which may be scrolled. WebP is what Playwright itself does not write.
  const clip = { ...shown, y: shown.y + (await page.evaluate(() => scrollY)), scale: 1 };
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', {
    ...{ format: 'webp', quality: 88, clip },
  });
  await devtools.detach();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'));
}
