import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { BackendId } from '../../src/protocol/engine';
import type { Recorded, RecordFrame, RunRecord } from '../../src/runs/record';
import { lossesOf, saveRecord, stepBy } from './driver';
import type { PageOptions } from './page';
import { test } from './test';

/**
 * One lane under AdamW, whose update of a weight does not shrink with its gradient, so without biases:
 * the key bias has a gradient of exactly 0 but for rounding. The other has the biases, under SGD.
 */
const TINY =
  'v=1&n_layers=2&d_model=16&n_heads=2&seq_len=8&batch_size=2&bias=false&lr=0.01' +
  '&b.placement=post&b.bias=true&b.optimizer=sgd&b.lr=0.1';
const STEPS = 8;

/**
 * Measured over eight updates on all three: numbers above 1e-3 within 4e-5 of each other and most within
 * 1e-5, the rest, which are sums that cancel, within 3e-8.
 */
const RELATIVE = 5e-5;
const ABSOLUTE = 3e-7;

type Open = (options?: PageOptions) => Promise<Page>;

async function run(open: Open, backend: BackendId): Promise<RunRecord[]> {
  const page = await open({
    hash: TINY,
    query: `backend=${backend}`,
    webgpu: backend === 'webgpu',
  });
  await stepBy(page, STEPS);
  return [await saveRecord(page, 0), await saveRecord(page, 1)];
}

/** Every number of a frame by its place in the record: `site.rms.3`. */
function numbersOf(frame: RecordFrame): Map<string, Recorded> {
  const found = new Map<string, Recorded>();
  const visit = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) found.set(path, value as Recorded);
    else for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
  };
  const { loss, site, head, output, param } = frame;
  visit({ loss, site, head, output, param }, '');
  return found;
}

/** The ratio of two numbers that are 0 but for rounding says nothing. */
const isNoise = (path: string) => /param\..*attn\.bk\.update_ratio$/.test(path);

/** The places at which two frames are further apart than rounding makes them. */
function disagreements(a: RecordFrame, b: RecordFrame): string[] {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  expect([...left.keys()]).toEqual([...right.keys()]);
  expect(left.size).toBeGreaterThan(300);
  return [...left].flatMap(([path, x]) => {
    const y = right.get(path)!;
    const near =
      typeof x === 'number' && typeof y === 'number'
        ? Math.abs(x - y) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(x), Math.abs(y))
        : x === y;
    return near || isNoise(path) ? [] : [`${path}: ${x} and ${y}`];
  });
}

const BACKENDS: BackendId[] = ['cpu', 'webgpu', 'webgl'];

for (const backend of BACKENDS) {
  test(`${backend} measures and trains as wasm does`, { timeout: 240_000 }, async ({ open }) => {
    const expected = await run(open, 'wasm');
    const measured = await run(open, backend);
    expect(measured.map((record) => record.backend)).toEqual([backend, backend]);
    expect(expected.map((record) => record.backend)).toEqual(['wasm', 'wasm']);
    measured.forEach((record, lane) => {
      const losses = lossesOf(record);
      expect(losses).toHaveLength(STEPS + 1);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      record.frames.forEach((frame, i) => {
        expect(frame.tokens).toEqual(expected[lane]!.frames[i]!.tokens);
        const found = disagreements(expected[lane]!.frames[i]!, frame);
        expect(found, `lane ${lane}, step ${i}`).toEqual([]);
      });
    });
  });
}
