import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

import { SMALL } from './driver';
import { test } from './test';

const WIDGET = resolve(import.meta.dirname, '../../dist/widget.mjs');

const PAGE =
  '<!doctype html><title>A course</title><body><script type="module">import * as widget from "./widget.mjs"; Object.assign(window, { widget });</script>';

/** A page of another origin, which has the widget's file and nothing else of ours. */
let server: Server;
let host = '';
/** The host’s own requests, and the frame that is refused. */
const EXPECTED = /^foreign request: |frame-ancestors|ERR_BLOCKED_BY_RESPONSE/;
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    const isWidget = url === '/widget.mjs';
    response.writeHead(200, { 'Content-Type': isWidget ? 'text/javascript' : 'text/html' });
    response.end(isWidget ? readFileSync(WIDGET) : PAGE);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((done) => server.close(done)));

type Message = Record<string, unknown>;
interface Embedded {
  call(method: string, params?: object): Promise<Message>;
  on(event: string, listener: (message: Message) => void): void;
}
interface Host {
  widget: {
    embed(element: Element, options: object): Promise<Embedded>;
    default: { render(context: object): Promise<() => void> };
  };
  scope: Embedded;
  events: Message[];
}

/** A window of the host's page, beside the app's own, whose address is returned with it. */
async function hostPage(app: Page): Promise<{ page: Page; address: string }> {
  const page = await app.context().newPage();
  await page.goto(host);
  await page.waitForFunction(() => 'widget' in window);
  return { page, address: app.url().replace(/[?#].*/, '') };
}

const embed = (page: Page, app: string, link: string) =>
  page.evaluate(
    async ({ app, link }) => {
      const { embed } = (window as never as Host).widget;
      const scope = await embed(document.body, { app, link, height: 500 });
      const events: Message[] = [];
      for (const event of ['step', 'play', 'pause', 'link']) scope.on(event, (m) => events.push(m));
      Object.assign(window, { scope, events });
    },
    { app, link },
  );
const call = (page: Page, method: string, params?: object) =>
  page.evaluate(
    ([method, params]) =>
      (window as never as Host).scope
        .call(method, params)
        .catch((error: Error) => ({ refused: error.message }) as Message),
    [method, params] as const,
  );
const told = (page: Page) => page.evaluate(() => (window as never as Host).events);

test('a page of another origin drives and reads an embedded one by its interface', async ({
  open,
}) => {
  const { page, address } = await hostPage(await open({ hash: SMALL, expected: EXPECTED }));
  await embed(page, address, `${SMALL}&view.hide=stack,timeline,more`);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('link', { name: 'Normscope' }).waitFor();
  expect(await frame.getByRole('button', { name: 'Files' }).count()).toBe(0);
  // Nothing else of it is in reach.
  expect(await page.evaluate(() => document.querySelector('iframe')!.contentDocument)).toBeNull();

  expect(await call(page, 'read', { lane: 'a', quantity: 'rms@resid_post' })).toMatchObject({
    step: 0,
    layers: [expect.any(Number), expect.any(Number)],
  });
  await call(page, 'trainTo', { step: 5 });
  await expect.poll(async () => (await call(page, 'state')).step).toBe(5);
  await expect.poll(async () => (await call(page, 'state')).playing).toBe(false);
  expect(await call(page, 'read', { lane: 'b', quantity: 'loss' })).toMatchObject({
    step: 5,
    value: expect.any(Number) as number,
  });
  expect((await told(page)).map(({ event }) => event)).toEqual(
    expect.arrayContaining(['play', 'step', 'pause']),
  );

  const set = await call(page, 'setLink', { link: SMALL.replace('n_layers=2', 'n_layers=3') });
  expect(set.link).toContain('n_layers=3');
  expect(set.link).not.toContain('embed');
  expect(await call(page, 'state')).toMatchObject({ step: 0 });

  for (const [method, params, words] of [
    ['fly', {}, 'method is “fly”; it must be one of setLink, '],
    ['read', { lane: 'z', quantity: 'loss' }, 'lane is “z”; it must be one of a, b.'],
    ['read', { lane: 'a', quantity: 'pony' }, 'quantity is “pony”; it must be one such as '],
    ['trainTo', { step: 'far' }, 'step is “far”; it must be a whole number'],
  ] as const) {
    expect((await call(page, method, params)).refused).toContain(words);
  }
});

test('a page is framed only where it is to be embedded, and hears the origin that its address names alone', async ({
  open,
}) => {
  const { page, address } = await hostPage(await open({ hash: SMALL, expected: EXPECTED }));
  const answered = (query: string) =>
    page.evaluate(
      async ({ address, query, own }) => {
        const frame = document.createElement('iframe');
        frame.src = `${address}${query.replace('OWN', own)}`;
        const loaded = new Promise((done) => (frame.onload = done));
        document.body.append(frame);
        await loaded;
        const heard = new Promise<boolean>((done) => {
          window.addEventListener('message', ({ source }) => {
            if (source === frame.contentWindow) done(true);
          });
          setTimeout(() => done(false), 8000);
        });
        const asking = setInterval(
          () => frame.contentWindow!.postMessage({ normscope: 1, id: 1, method: 'state' }, '*'),
          250,
        );
        const isHeard = await heard;
        clearInterval(asking);
        frame.remove();
        return isHeard;
      },
      { address, query, own: new URL(host).origin },
    );
  expect(await answered(`?embed=1&origin=OWN#${SMALL}`)).toBe(true);
  expect(await answered(`?embed=1&origin=https://elsewhere.example#${SMALL}`)).toBe(false);
  const refused = page.waitForEvent('console', (message) =>
    message.text().includes('frame-ancestors'),
  );
  expect(await answered(`#${SMALL}`)).toBe(false);
  await refused;
});

test('as a widget its traits go both ways', async ({ open }) => {
  const { page, address } = await hostPage(await open({ hash: SMALL, expected: EXPECTED }));
  await page.evaluate(
    async ({ app, link }) => {
      // The contract of anywidget’s front-end modules, no more.
      const state: Message = { app, link, read: [{ lane: 'a', quantity: 'loss' }] };
      const listeners = new Map<string, (() => void)[]>();
      const model = {
        get: (key: string) => state[key],
        set: (key: string, value: unknown) => void (state[key] = value),
        save_changes() {},
        on: (event: string, f: () => void) =>
          void listeners.set(event, [...(listeners.get(event) ?? []), f]),
        off: (event: string, f: () => void) =>
          void listeners.set(
            event,
            listeners.get(event)!.filter((one) => one !== f),
          ),
      };
      const { default: widget } = (window as never as Host).widget;
      const end = await widget.render({ model, el: document.body });
      const change = (key: string, value: unknown) => {
        state[key] = value;
        listeners.get(`change:${key}`)?.forEach((f) => f());
      };
      Object.assign(window, { state, change, end });
    },
    { app: address, link: SMALL },
  );
  const state = () => page.evaluate(() => (window as never as { state: Message }).state);
  const first = (await state()).readings as { value: number; step: number }[];
  expect(first[0]).toMatchObject({ step: 0, value: expect.any(Number) as number });
  await page.evaluate(() =>
    (window as never as { change(key: string, value: unknown): void }).change('step', 4),
  );
  await expect.poll(async () => (await state()).step).toBe(4);
  await expect.poll(async () => ((await state()).readings as { step: number }[])[0]!.step).toBe(4);
  await page.evaluate(() => (window as never as { end(): void }).end());
  expect(await page.locator('iframe').count()).toBe(0);
});
