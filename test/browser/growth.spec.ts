import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';

import { stepBy, trainTo } from './driver';
import { callsOf, whenIdle } from './tap';
import { test } from './test';

const TINIEST = 'v=1&lanes=1&n_layers=1&d_model=8&n_heads=1&seq_len=4&batch_size=1';

interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
}

/** Bytes of the page’s objects: what the engine of the language compiled meanwhile is not among them. */
async function dataBytes(cdp: CDPSession): Promise<number> {
  const chunks: string[] = [];
  cdp.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await cdp.send('HeapProfiler.takeHeapSnapshot');
  const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot;
  const { node_fields, node_types } = snapshot.meta;
  const [type, size] = ['type', 'self_size'].map((name) => node_fields.indexOf(name));
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += node_fields.length) {
    if (node_types[0][nodes[at + type!]!] !== 'code') bytes += nodes[at + size!]!;
  }
  return bytes;
}

/** What is alive in the page after everything dead has gone. */
async function census(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const heap = await dataBytes(cdp);
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)!.value;
  return { heap, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;

test('over 500 steps nothing grows but the record', { timeout: 240_000 }, async ({ open }) => {
  const page = await open({ hash: TINIEST });
  await trainTo(page, 50);
  const before = await census(page);
  await trainTo(page, 550, 200_000);
  const after = await census(page);

  const steps = (await callsOf(page)).filter(({ method }) => method === 'step');
  expect(steps.length).toBeGreaterThanOrEqual(550);
  // From where all is recorded, a bare step too.
  const later = steps.slice(20);
  expect([...new Set(later.map(({ tensors }) => tensors))]).toHaveLength(1);

  const grown = after.heap - before.heap;
  // What was set aside to be brought back is let go of when as many later ones were.
  for (let runs = 0; runs < 4; runs++) {
    await page.getByRole('button', { name: 'Back to step 0' }).click();
    await whenIdle(page);
    await stepBy(page, 1);
  }
  await page.evaluate(() => (window.tap.calls.length = 0));
  const released = await census(page);
  console.log(
    [
      `heap ${kilobytes(before.heap)} at step 50, ${kilobytes(after.heap)} 500 steps on`,
      `${kilobytes(released.heap)} after going back to step 0 again and again`,
      `nodes ${before.nodes}, ${after.nodes}, ${released.nodes}`,
      `listeners ${before.listeners}, ${after.listeners}, ${released.listeners}`,
    ].join('; '),
  );
  expect(grown).toBeLessThan(500 * 4096);
  expect(released.heap).toBeLessThan(before.heap + 512 * 1024);
  expect(after.nodes).toBeLessThan(before.nodes + 200);
  expect(after.listeners).toBeLessThan(before.listeners + 50);
});
