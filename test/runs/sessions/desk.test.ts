import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { WorkerLike } from '../../../src/runs/client';
import { createArchive } from '../../../src/runs/sessions/archive';
import { serveArchive, type ArchivePort } from '../../../src/runs/sessions/line';
import { openScope, type Setup } from '../openScope';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  held.clear();
});

/** Sessions that a page has which is open. */
const held = new Set<string>();
let names = 0;

/** The database’s worker, with messages that are copied, and buffers handed over, as a real one’s. */
function archiveWorker(mine: string[]): WorkerLike {
  const listeners: ((event: Event) => void)[] = [];
  let receive: Parameters<ArchivePort['addEventListener']>[1] = () => undefined;
  const archive = createArchive({
    claim(id) {
      if (held.has(id)) return Promise.resolve(null);
      held.add(id);
      mine.push(id);
      return Promise.resolve(() => void held.delete(id));
    },
    isHeld: (id) => Promise.resolve(held.has(id)),
    newId: () => `s${names++}`,
    now: () => Date.now(),
    quota: () => Promise.resolve(undefined),
  });
  serveArchive(archive, {
    addEventListener: (_, listener) => (receive = listener),
    postMessage(message, transfer) {
      const event = { data: structuredClone(message, { transfer }) } as MessageEvent;
      setTimeout(() => listeners.forEach((listener) => listener(event)));
    },
  });
  return {
    addEventListener: (type, listener) => void (type === 'message' && listeners.push(listener)),
    postMessage(message, transfer) {
      const data = structuredClone(message, { transfer }) as never;
      setTimeout(() => receive({ data } as never));
    },
    terminate: () => undefined,
  };
}

/** A page that keeps sessions, and can be gone like a tab that was killed. */
async function visit(setup: Setup = {}) {
  const mine: string[] = [];
  const page = openScope({ spawnArchive: () => archiveWorker(mine), ...setup });
  await page.ready();
  await page.scope.actions.keepSessions();
  const way = (label: string) => {
    const ways = page.state().notices.flatMap(({ action, otherwise }) => [action, otherwise]);
    return ways.find((one) => one?.label === label);
  };
  return {
    ...page,
    way,
    /** Trains as far as a step, rests there, and waits until that is written. */
    async train(step: number) {
      page.trainTo(step);
      await page.atStep(step);
      await page.until(({ playing }) => !playing);
      await page.quiet();
      await until(async () => {
        const other = createArchive({
          claim: () => Promise.resolve(null),
          isHeld: () => Promise.resolve(false),
          newId: () => '',
          now: () => 0,
          quota: () => Promise.resolve(undefined),
        });
        const heads = (await other.list()).flatMap(({ head }) => head ?? []);
        return heads.some(
          ({ id, lanes }) =>
            mine.includes(id) && lanes.every((l) => l.recorded !== undefined || l.step === step),
        );
      });
    },
    kill() {
      page.scope.dispose();
      mine.forEach((id) => held.delete(id));
    },
  };
}

async function until(test: () => Promise<boolean>, ms = 8000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await test())) {
    if (Date.now() > end) throw new Error('Waited in vain.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a session that was left', () => {
  test('is offered, and goes on with its history, events and numbers', async () => {
    const hash = 'v=1&n_layers=2&seed=3';
    const unbroken = await visit({ hash });
    const first = await visit({ hash });
    for (const page of [unbroken, first]) {
      await page.train(30);
      page.setValue('lr', 0.5);
      await page.quiet();
      await page.train(50);
    }
    const { loss, events } = first.lane('b');
    const { hash: left } = first.address.read();
    first.kill();

    const second = await visit({ hash: left });
    expect(second.texts().at(-1)).toMatch(/^Left in this browser on .*: A .*, B .* at step 50\.$/);
    expect(second.lane('a').shown!.frame.step).toBe(0);
    second.way('Continue where you left')!.run();
    await second.atStep(50);
    await second.quiet();
    expect(second.texts()).toEqual([]);
    expect(second.lane('b').loss).toEqual(loss);
    expect(second.lane('b').events).toEqual(events);
    await second.train(60);
    await unbroken.train(60);
    expect(second.lane('b').loss).toEqual(unbroken.lane('b').loss);
    second.kill();

    // What was taken up is the same session, to which was added.
    const third = await visit({ hash: left });
    expect(third.texts().at(-1)).toContain('at step 60.');
    third.kill();
    unbroken.kill();
  }, 30_000);

  test('has the runs that were opened from files', async () => {
    const first = await visit({ hash: 'v=1&lanes=1&n_layers=2' });
    const csv = 'step,loss,embed/rms\n0,4,1\n9,3,2\n';
    await first.openFile(new File([csv], 'one.csv'));
    await first.openFile(new File([csv], 'two.csv'));
    await first.removeRecording('b');
    await first.train(3);
    const { hash } = first.address.read();
    first.kill();
    const second = await visit({ hash });
    second.way('Continue where you left')!.run();
    await second.atStep(3);
    await second.until(({ recordings }) => recordings.length > 0);
    const [lane] = second.state().recordings;
    expect(lane).toMatchObject({ id: 'c', recorded: { name: 'two' }, loss: { length: 2 } });
    await second.train(5);
    second.kill();
    const third = await visit({ hash });
    third.way('Continue where you left')!.run();
    await third.atStep(5);
    await third.until(({ recordings }) => recordings[0]?.id === 'c');
    third.kill();
  }, 30_000);

  test('gives way to a link, and to a clean start, and stays in the list', async () => {
    const first = await visit({ hash: 'v=1&n_layers=2' });
    await first.train(25);
    first.kill();
    const linked = await visit({ hash: 'v=1&n_layers=3' });
    expect(linked.lane('a').config.n_layers).toBe(3);
    expect(linked.texts().at(-1)).toContain('others than those of this address');
    linked.way('Start clean')!.run();
    await linked.quiet();
    expect(linked.texts()).toEqual([]);
    const [entry] = await linked.scope.actions.storedSessions();
    linked.kill();

    const again = await visit({ hash: 'v=1&n_layers=3' });
    expect(again.texts()).toEqual([]);
    await again.scope.actions.continueSession(entry!.id);
    await again.atStep(25);
    expect(again.lane('a').config.n_layers).toBe(2);
    expect(again.address.hash()).toBe('v=1&n_layers=2');
    // Another tab has it now.
    const other = await visit({ hash: 'v=1&n_layers=2' });
    expect(other.texts()).toEqual([]);
    await other.scope.actions.continueSession(entry!.id);
    expect(other.texts().at(-1)).toBe(
      'The session could not be continued: It is open in another tab.',
    );
    again.kill();
    other.kill();
  }, 30_000);

  test('is no more offered once training begins', async () => {
    const first = await visit({ hash: 'v=1&n_layers=2' });
    await first.train(5);
    first.kill();
    const second = await visit({ hash: 'v=1&n_layers=2' });
    second.stepOnce();
    await second.until(({ notices }) => notices.length === 0);
    second.kill();
  });

  test('is not to be had where nothing can be kept, which is said once there is something', async () => {
    const spawnArchive = () => {
      throw new Error('No workers here.');
    };
    const page = await visit({ spawnArchive });
    expect(page.texts()).toEqual([]);
    page.trainTo(3);
    await page.until(({ notices }) => notices.length > 0);
    expect(page.texts()).toEqual([
      'What is trained from here on is not kept for the next visit: No workers here. Training goes on; Files saves records and weights.',
    ]);
    await page.atStep(3);
    page.kill();
  });
});
