import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { findChromium } from '../browser/chromium';
import type { AdapterReport } from './adapter';
import { NoAdapter, type Contestant, type Host } from './contestant';
import type { Bench } from './page/page';
import type { HostedEngine } from './row';
import type { Backend, Size } from './sizes';

const root = resolve(import.meta.dirname, '../..');

/** The benchmark’s page, built and served as the product is, with the isolation headers of `npm start`. */
async function serve(): Promise<{ url: string; close(): Promise<void> }> {
  const site = {
    root: resolve(import.meta.dirname, 'page'),
    configFile: resolve(root, 'vite.config.ts'),
    publicDir: resolve(root, 'public'),
    logLevel: 'warn' as const,
  };
  const outDir = resolve(root, '.cache/bench');
  await build({ ...site, build: { outDir, emptyOutDir: true } });
  const server = await preview({
    ...site,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 4400, strictPort: false, open: false },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

const launch = (flags: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    // Chromium has no sandbox as root and in many containers; the page is our own.
    chromiumSandbox: false,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...flags,
    ],
  });

const WEBGPU = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'];
/** Browsers to try for a backend: hardware first, then the software adapter that Chromium brings along. */
const FLAGS: Record<Backend, string[][]> = {
  wasm: [[]],
  webgpu: [WEBGPU, ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']],
};

type BenchWindow = Window & { bench: Bench };

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
  return page;
}

/** On wasm the processor’s model. */
const adapterOf = async (page: Page, backend: Backend): Promise<AdapterReport | null> =>
  backend === 'wasm'
    ? { name: cpus()[0]?.model.trim() ?? process.arch, subgroups: null, features: [] }
    : page.evaluate(() => (window as unknown as BenchWindow).bench.adapter());

/** A browser on the benchmark’s page. @throws NoAdapter where it has no WebGPU and is asked for it */
export async function openBrowser(backend: Backend): Promise<Host> {
  const site = await serve();
  for (const flags of FLAGS[backend]) {
    const browser = await launch(flags);
    const page = await openPage(browser, site.url);
    const adapter = await adapterOf(page, backend);
    if (!adapter) {
      await browser.close();
      continue;
    }
    return {
      adapter,
      contestant: (engine, statistics, size) => inWorker(page, engine, statistics, backend, size),
      async close() {
        await browser.close();
        await site.close();
      },
    };
  }
  await site.close();
  throw new NoAdapter('This Chromium has no WebGPU adapter, not even one in software.');
}

function inWorker(
  page: Page,
  engine: HostedEngine,
  statistics: boolean,
  backend: Backend,
  size: Size,
): Contestant {
  let id = -1;
  return {
    engine,
    statistics,
    async open() {
      id = await page.evaluate(() => (window as unknown as BenchWindow).bench.start());
      const rows = await page.evaluate(
        ([id, engine, statistics, backend, size]) =>
          (window as unknown as BenchWindow).bench.open(id, engine, statistics, backend, size),
        [id, engine, statistics, backend, size] as const,
      );
      return { rows };
    },
    steps: (count) =>
      page.evaluate(([id, count]) => (window as unknown as BenchWindow).bench.steps(id, count), [
        id,
        count,
      ] as const),
    totals: () => page.evaluate((id) => (window as unknown as BenchWindow).bench.totals(id), id),
    close: async () => {
      if (id >= 0)
        await page.evaluate((id) => (window as unknown as BenchWindow).bench.close(id), id);
    },
  };
}
