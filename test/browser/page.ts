import { type Browser, chromium, type Page } from 'playwright-core';

import { findChromium } from './chromium';
import { previewSite, type Site, staticSite } from './site';

export interface PageOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  reducedMotion?: 'reduce' | 'no-preference';
  hasTouch?: boolean;
  /** What stands after `?`, without it. */
  query?: string;
  /** What stands after `#`, without it. */
  hash?: string;
  /** Turns the software WebGPU adapter on; opening fails if the browser then has none. */
  webgpu?: boolean;
  /** How many processors the page sees: on every machine the same, two unless said. */
  processors?: number;
  /** `preview` is what `npm start` serves; `static` a plain host without headers, in a folder. */
  host?: 'preview' | 'static' | Site;
  /** Lets the page keep itself for later visits without a network, which else no test waits for. */
  keepsItself?: boolean;
  /** Nobody was here before: the page offers its tour. */
  isFirstVisit?: boolean;
  /** Problems that the test is about. */
  expected?: RegExp;
  /** Waits for the page to say that it is ready. On by default. */
  waitForReady?: boolean;
  /** Run in the page before anything of its own does. */
  before?: (() => void)[];
}

export interface OpenPage {
  page: Page;
  /** What went wrong so far: console errors, uncaught errors, failed and foreign requests. */
  problems: string[];
  close(): Promise<void>;
}

const browsers = new Map<boolean, Promise<Browser>>();
const sites = new Map<string, Promise<Site>>();

function once<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  let value = map.get(key);
  if (!value) map.set(key, (value = make()));
  return value;
}

function launch(webgpu: boolean): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // Chromium has no sandbox as root and in many containers; the page under test is our own.
    chromiumSandbox: false,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
      // No name leads anywhere: what the page needs from outside shows itself as a failed request.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : []),
    ],
  });
}

export async function openPage(options: PageOptions = {}): Promise<OpenPage> {
  const host = options.host ?? 'preview';
  const site =
    typeof host === 'object'
      ? host
      : await once(sites, host, host === 'static' ? () => staticSite() : previewSite);
  const webgpu = options.webgpu ?? false;
  const browser = await once(browsers, webgpu, () => launch(webgpu));
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: options.reducedMotion ?? 'no-preference',
    hasTouch: options.hasTouch ?? false,
    acceptDownloads: true,
    serviceWorkers: options.keepsItself ? 'allow' : 'block',
  });
  await context.addInitScript((count) => {
    Object.defineProperty(navigator, 'hardwareConcurrency', { value: count });
  }, options.processors ?? 2);
  if (!options.isFirstVisit)
    await context.addInitScript(() => {
      try {
        localStorage.setItem('normscope.visited', 'yes');
      } catch {
        // An empty page has no storage.
      }
    });
  context.setDefaultTimeout(60_000);
  for (const script of options.before ?? []) await context.addInitScript(script);
  const page = await context.newPage();

  const problems: string[] = [];
  const fault = (problem: string) => {
    if (!options.expected?.test(problem)) problems.push(problem);
  };
  const origin = new URL(site.url).origin;
  // `context` hears the page and its workers.
  context.on('console', (message) => {
    // A worker that fails inside a library is logged as a warning.
    if (message.type() === 'error' || message.text().includes('worker sent an error')) {
      fault(`console: ${message.text()} (${message.location().url})`);
    }
  });
  context.on('weberror', (error) => fault(`uncaught: ${error.error().message}`));
  page.on('crash', () => fault('the page crashed'));
  context.on('request', (request) => {
    const url = request.url();
    if (/^(data|blob|about):/.test(url)) return;
    if (new URL(url).origin !== origin) fault(`foreign request: ${url}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) fault(`HTTP ${response.status()}: ${response.url()}`);
  });
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // What is still on its way when the page is left or closed is given up, not failed.
    if (reason !== 'net::ERR_ABORTED') fault(`request failed: ${request.url()} ${reason}`);
  });
  page.on('worker', (worker) => {
    // Inside a worker a refusal by the policy reaches no console.
    const listen = worker.evaluate(() => {
      addEventListener('securitypolicyviolation', (event) => {
        const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
        console.error(`refused in a worker: ${effectiveDirective} ${blockedURI}`);
      });
    });
    // A worker that has already ended has nothing more to tell.
    listen.catch(() => undefined);
  });

  const query = options.query ? `?${options.query}` : '';
  const hash = options.hash ? `#${options.hash}` : '';
  await page.goto(`${site.url}${query}${hash}`);
  if (webgpu) await requireAdapter(page);
  if (options.waitForReady ?? true) await whenReady({ page, problems });
  return { page, problems, close: () => context.close() };
}

/** The page sets `data-ready="true"` on its root element once the first measurement is drawn. */
export async function whenReady({ page, problems }: Pick<OpenPage, 'page' | 'problems'>) {
  try {
    await page.waitForSelector('html[data-ready="true"]', { state: 'attached', timeout: 60_000 });
  } catch {
    throw new Error(`The page did not become ready.\n${problems.join('\n') || 'No error shown.'}`);
  }
}

async function requireAdapter(page: Page) {
  const has = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
  if (!has) throw new Error('This Chromium has no software WebGPU adapter (SwiftShader).');
}

/** Ends every browser and server that was started here. */
export async function closeAll() {
  for (const browser of browsers.values()) await (await browser).close();
  for (const site of sites.values()) await (await site).close();
  browsers.clear();
  sites.clear();
}
