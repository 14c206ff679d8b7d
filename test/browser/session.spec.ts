import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import type { RunRecord } from '../../src/runs/record';
import { expectAccessible, prepareAxe } from './accessible';
import {
  notice,
  notices,
  pause,
  playButton,
  saveRecord,
  SMALL,
  trainTo,
  untilStep,
} from './driver';
import { whenReady } from './page';
import { whenIdle } from './tap';
import { test } from './test';

const LEFT = 'Left in this browser';

const reload = async (page: Page) => {
  await page.reload();
  await whenReady({ page, problems: [] });
};
const goOn = async (page: Page, most: number) => {
  const offer = await notice(page, LEFT);
  const step = Number(/at step (\d+)/.exec(await offer.innerText())![1]);
  await offer.getByRole('button', { name: 'Continue where you left' }).click();
  await untilStep(page, step);
  await whenIdle(page);
  expect(step).toBeGreaterThanOrEqual(most);
  expect(await notices(page)).toEqual([]);
};
/**
 * Waits until every lane of a stored session has come to a step, and to a checkpoint after step 0: on a busy machine the
 * first that is written may be of the start, and stays for a while.
 */
const inDatabase = (page: Page, step: number) =>
  expect
    .poll(
      () =>
        page.evaluate(async () => {
          const done = <T>(request: IDBRequest<T>) =>
            new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
          const database = await done(indexedDB.open('normscope sessions'));
          const all = database.transaction(['sessions', 'parts']);
          const heads = await done(all.objectStore('sessions').getAll());
          const parts = all.objectStore('parts');
          const keys = await done(parts.getAllKeys());
          const checkpoints = await Promise.all(
            keys
              .filter((key) => (key as [string, string, unknown])[2] === 'checkpoint')
              .map((key) => done(parts.get(key))),
          );
          database.close();
          if (!checkpoints.every(({ step }: { step: number }) => step > 0)) return -1;
          return Math.max(
            ...heads.map(({ lanes }: { lanes: { step: number }[] }) =>
              Math.min(...lanes.map(({ step }) => step)),
            ),
          );
        }),
      { timeout: 60_000, interval: 100 },
    )
    .toBeGreaterThanOrEqual(step);

/** Of a lane that trains fast not every frame is stored; of one at this rate all are. */
async function slowly(page: Page) {
  await page.getByRole('button', { name: 'Speed: fastest' }).click();
  await page.getByRole('menuitemradio', { name: '30/s' }).click();
}

/** The frames of both as far as either goes. */
function sameFrames(one: RunRecord, other: RunRecord) {
  const steps = Math.min(one.frames.length, other.frames.length);
  expect(steps).toBeGreaterThan(60);
  expect(one.frames.slice(0, steps)).toEqual(other.frames.slice(0, steps));
}

test('a reload and a crash lose nothing: the run goes on with the same bits', async ({ open }) => {
  const unbroken = await open({ hash: SMALL });
  await trainTo(unbroken, 80);

  const page = await open({ hash: SMALL });
  await slowly(page);
  await playButton(page).click();
  await untilStep(page, 20);
  await inDatabase(page, 20);
  // In the middle of training.
  await reload(page);
  await goOn(page, 20);
  // Of a session the newest checkpoint alone is stored: steps before it are seen, and lead nowhere.
  await page.keyboard.press('Home');
  for (const name of ['Go on from here', 'Fork from here…']) {
    const button = page.getByRole('button', { name });
    await expect.poll(() => button.isDisabled()).toBe(true);
    expect(await button.getAttribute('title')).toMatch(
      /^No checkpoint of lane A is left that leads to step 0; the earliest one is of step \d+\.$/,
    );
  }
  await page.keyboard.press('End');
  await slowly(page);
  await trainTo(page, 40);
  await inDatabase(page, 40);

  const other = await page.context().newPage();
  await other.goto(page.url());
  await whenReady({ page: other, problems: [] });
  // The first tab has the session.
  expect(await notices(other)).toEqual([]);
  await page.close();
  await reload(other);
  await goOn(other, 40);
  await slowly(other);
  await trainTo(other, 60);
  await inDatabase(other, 60);
  const client = await other.context().newCDPSession(other);
  const crashed = other.waitForEvent('crash');
  void client.send('Page.crash').catch(() => undefined);
  await crashed;

  const last = await other.context().newPage();
  await last.goto(unbroken.url());
  await whenReady({ page: last, problems: [] });
  await goOn(last, 60);
  await trainTo(last, 80);
  sameFrames(await saveRecord(last), await saveRecord(unbroken));
  sameFrames(await saveRecord(last, 1), await saveRecord(unbroken, 1));
}, 240_000);

test('what is stored is offered beside a link, listed and deleted', async ({ open }) => {
  const page = await open({ hash: SMALL, reducedMotion: 'reduce' });
  await trainTo(page, 5);
  await inDatabase(page, 5);
  await page.goto(page.url().replace('n_layers=2', 'n_layers=3'));
  await reload(page);
  await notice(page, 'others than those of this address');
  await prepareAxe(page);
  await expectAccessible(page, 'with a session offered');
  await page.getByRole('button', { name: 'Start clean' }).click();
  await expect.poll(() => notices(page)).toEqual([]);

  const files = page.getByRole('button', { name: 'Files' });
  await files.click();
  await page.getByRole('menuitem', { name: 'Stored sessions' }).click();
  const list = page.getByRole('dialog', { name: 'Stored sessions' });
  await list.getByText(/step \d+/).waitFor();
  await expectAccessible(page, 'with the list of sessions');
  await list.getByRole('button', { name: 'Delete' }).click();
  await list.getByText('None but that of this page').waitFor();
});

test('a disk that is full is told once, and training goes on', async ({ open }) => {
  const page = await open({ hash: SMALL });
  const client = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  await playButton(page).click();
  await notice(page, 'What is trained from here on is not kept for the next visit');
  const step = Number(await page.locator('.hd-step').innerText());
  await untilStep(page, step + 20);
  await pause(page);
  const told = (await notices(page)).filter((text) => text.startsWith('What is trained'));
  expect(told).toHaveLength(1);
});
