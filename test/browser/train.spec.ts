import { expect } from 'vitest';

import { lossesOf, mean, saveRecord, SMALL, trainTo } from './driver';
import { test } from './test';

test('two lanes train in lock step on wasm, and their losses fall', async ({ open }) => {
  const page = await open({ hash: SMALL });
  await trainTo(page, 30);
  const [a, b] = [await saveRecord(page, 0), await saveRecord(page, 1)];
  expect([a.config.placement, b.config.placement]).toEqual(['pre', 'post']);
  for (const record of [a, b]) {
    expect(record.backend).toBe('wasm');
    const { frames } = record;
    expect(frames.length).toBeGreaterThanOrEqual(31);
    expect(frames.map(({ step }) => step)).toEqual(frames.map((_, i) => i));
    const losses = lossesOf(record);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.1);
  }
  expect(a.frames.map(({ tokens }) => tokens)).toEqual(b.frames.map(({ tokens }) => tokens));
  expect(lossesOf(a)).not.toEqual(lossesOf(b));
});
