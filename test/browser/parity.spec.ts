import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { roundTo } from '../../src/lib/floats';
import type { BackendId } from '../../src/protocol/engine';
import type { Recorded, RecordFrame, RunRecord } from '../../src/runs/record';
import { lossesOf, saveRecord, stepBy } from './driver';
import type { PageOptions } from './page';
import { callsOf } from './tap';
import { test } from './test';

interface Setup {
  name: string;
  hash: string;
  lanes: number;
  steps: number;
  /** The software renderer of WebGL takes minutes to compile as many shaders as the catalogue needs. */
  backends: BackendId[];
}

const BACKENDS: BackendId[] = ['cpu', 'webgpu', 'webgl'];

const TINY = 'v=1&n_layers=2&d_model=16&n_heads=2&seq_len=8&batch_size=2&bias=false';
const SETUPS: Setup[] = [
  {
    /**
     * One lane under AdamW, whose update of a weight does not shrink with its gradient, so without
     * biases: the key bias has a gradient of exactly 0 but for rounding. The other has the biases, under
     * SGD.
     */
    name: 'pre-LN and post-LN',
    hash: `${TINY}&lr=0.01&b.placement=post&b.bias=true&b.optimizer=sgd&b.lr=0.1`,
    lanes: 2,
    steps: 5,
    backends: BACKENDS,
  },
  {
    name: 'much of the catalogue',
    hash:
      `${TINY}&optimizer=sgd&lr=0.05&placement=sandwich&norm=rmsnorm&qk_norm=rmsnorm&positions=rope` +
      '&activation=swiglu&attn_softcap=5&logit_softcap=10' +
      '&b.norm=batchnorm&b.placement=deepnorm&b.dropout=0.2&b.stochastic_depth=0.3&b.activation=relu2' +
      '&c.norm=seednorm&c.placement=residual&c.topology=parallel&c.weight_reparam=sigma' +
      '&d.norm=derf&d.placement=pre&d.qk_norm=l2&d.positions=alibi&d.layer_overrides=1:peri/adaptive' +
      '&d.inner_norm=normformer&d.residual_scale=layerscale',
    lanes: 4,
    steps: 1,
    backends: ['cpu', 'webgpu'],
  },
  {
    // A step of Muon magnifies what rounding leaves of small singular values: one is compared.
    name: 'Muon',
    hash: `${TINY}&optimizer=muon&lr=0.01&activation=geglu&lanes=1`,
    lanes: 1,
    steps: 0,
    backends: ['cpu', 'webgpu'],
  },
];

const FP16: Setup = {
  name: 'fp16',
  hash: `${TINY}&precision=fp16&embed_std=1e-5&lanes=1`,
  lanes: 1,
  steps: 0,
  backends: BACKENDS,
};

/**
 * Measured over eight updates on all three backends: numbers above 1e-3 within 4e-5 of each other and most within
 * 1e-5, the rest, which are sums that cancel, within 3e-8.
 */
const RELATIVE = 5e-5;
const ABSOLUTE = 3e-7;

type Open = (options?: PageOptions) => Promise<Page>;

async function run(open: Open, backend: BackendId, setup: Setup): Promise<RunRecord[]> {
  const page = await open({
    hash: setup.hash,
    query: `backend=${backend}`,
    webgpu: backend === 'webgpu',
  });
  if (setup.steps) await stepBy(page, setup.steps);
  const costs = (await callsOf(page)).flatMap(({ cost }) => cost ?? []);
  expect(costs.length).toBeGreaterThan(setup.steps);
  // WebGPU records at once, wasm what comes again, the others nothing.
  const replayed = costs.map((cost) => cost.replayed);
  expect(replayed[0]).toBe(backend === 'webgpu');
  if (backend !== 'wasm') expect(new Set(replayed).size).toBe(1);
  const records: RunRecord[] = [];
  for (let lane = 0; lane < setup.lanes; lane++) records.push(await saveRecord(page, lane));
  return records;
}

const references = new Map<string, Promise<RunRecord[]>>();
/** What wasm computes, once for all backends. */
function reference(open: Open, setup: Setup): Promise<RunRecord[]> {
  const found = references.get(setup.name) ?? run(open, 'wasm', setup);
  references.set(setup.name, found);
  return found;
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

for (const backend of BACKENDS) {
  for (const setup of SETUPS.filter(({ backends }) => backends.includes(backend))) {
    const { name, lanes, steps } = setup;
    test(`${backend} computes as wasm does: ${name}`, { timeout: 240_000 }, async ({ open }) => {
      const expected = await reference(open, setup);
      const measured = await run(open, backend, setup);
      expect(measured.map((record) => record.backend)).toEqual(Array(lanes).fill(backend));
      expect(expected.map((record) => record.backend)).toEqual(Array(lanes).fill('wasm'));
      measured.forEach((record, lane) => {
        const losses = lossesOf(record);
        expect(losses).toHaveLength(steps + 1);
        expect(losses.every(Number.isFinite)).toBe(true);
        if (steps > 4) expect(losses.at(-1)).toBeLessThan(losses[0]!);
        record.frames.forEach((frame, i) => {
          expect(frame.tokens).toEqual(expected[lane]!.frames[i]!.tokens);
          const found = disagreements(expected[lane]!.frames[i]!, frame);
          expect(found, `lane ${lane}, step ${i}`).toEqual([]);
        });
      });
    });
  }

  test(`${backend} emulates fp16 number by number`, { timeout: 120_000 }, async ({ open }) => {
    const [record] = await run(open, backend, FP16);
    for (const { site } of record!.frames) {
      for (const value of site.absmax!) {
        if (typeof value === 'number')
          expect(roundTo('fp16', Math.fround(value))).toBe(Math.fround(value));
      }
      // The squares of a norm of such small numbers are 0 in fp16.
      const lost = site.underflow!.filter((count) => typeof count === 'number');
      expect(lost).toHaveLength(record!.sites.length);
      expect(Math.max(...lost)).toBeGreaterThan(0);
    }
  });
}
