import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findChromium } from '../browser/chromium';
import { CHROMIUM_FOLDERS, LOADER, preload, softwareManifest } from './vulkan';

/*
 * The Vulkan driver of tests: the software one that Chromium brings along, or another that VK_ICD_FILENAMES
 * names.
 */

/** The manifest of Chromium's driver, or null; a browser is installed where there is none. */
const manifest = (): string | null =>
  softwareManifest(CHROMIUM_FOLDERS) ??
  softwareManifest([dirname(realpathSync(findChromium())), ...CHROMIUM_FOLDERS]);

/** Makes Chromium's driver, and the loader beside it, known to this process. */
export function useDriver(): void {
  if (process.env.VK_ICD_FILENAMES) return;
  const file = manifest();
  if (!file) return;
  process.env.VK_ICD_FILENAMES = file;
  const loader = join(dirname(file), LOADER);
  if (existsSync(loader)) preload(loader);
}

/** Before the tests: the browser is installed once, and not by each of them. Those that need it complain. */
export function setup(): void {
  try {
    manifest();
  } catch (error) {
    console.error(error);
  }
}
