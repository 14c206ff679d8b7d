import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/* Vulkan, which Dawn computes with on Linux: a loader, libvulkan.so.1, and a driver, which a manifest names. */

export const LOADER = 'libvulkan.so.1';
const SOFTWARE = 'vk_swiftshader_icd.json';
/** Folders of Chromium in Linux distributions: a loader and a software driver are beside it. */
export const CHROMIUM_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
];

/** The manifest of the software driver in the first of these folders that has one, or null. */
export const softwareManifest = (folders: string[]): string | null =>
  folders.map((folder) => join(folder, SOFTWARE)).find((file) => existsSync(file)) ?? null;

/** Of dlopen: the library stays when it turns out to be no module of Node. */
const RTLD_NODELETE = 0x1000;

/** Puts a library into this process, where Dawn finds it by its bare name. @returns whether it is there */
export function preload(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    return String(error).includes('self-register');
  }
  return true;
}

/** Gives this process the GPU that Dawn finds with these options; its `requestAdapter` gives null where it finds none. */
export async function openGPU(options: string[] = []): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([...(process.platform === 'linux' ? ['backend=vulkan'] : []), ...options]);
  // Libraries ask what browser it is.
  const navigator = { gpu, userAgent: `Node.js/${process.versions.node}` };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return gpu;
}
