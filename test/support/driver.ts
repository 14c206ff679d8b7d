import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { findChromium } from '../browser/chromium';

/*
 * The Vulkan driver for WebGPU outside a browser: the software one that Chromium brings along, or another
 * that VK_ICD_FILENAMES names.
 */

const DRIVER = 'vk_swiftshader_icd.json';
/** Where Linux distributions put Chromium, and the driver beside it. */
const USUAL = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

const withDriver = (folders: string[]) =>
  folders.find((folder) => existsSync(join(folder, DRIVER))) ?? null;

/** The folder of Chromium's driver, or null; a browser is installed where there is none. */
const driverFolder = (): string | null =>
  withDriver(USUAL) ?? withDriver([dirname(realpathSync(findChromium())), ...USUAL]);

/** Of dlopen: the library stays when it turns out to be no module of Node. */
const RTLD_NODELETE = 0x1000;

/** Puts a library into this process, where Dawn finds it by its bare name. */
function preload(library: string) {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    if (!String(error).includes('self-register')) throw error;
  }
}

/** Makes Chromium's driver, and the loader beside it, known to this process. */
export function useDriver(): void {
  if (process.env.VK_ICD_FILENAMES) return;
  const folder = driverFolder();
  if (!folder) return;
  process.env.VK_ICD_FILENAMES = join(folder, DRIVER);
  const loader = join(folder, 'libvulkan.so.1');
  if (existsSync(loader)) preload(loader);
}

/** Before the tests: the browser is installed once, and not by each of them. Those that need it complain. */
export function setup(): void {
  try {
    driverFolder();
  } catch (error) {
    console.error(error);
  }
}
