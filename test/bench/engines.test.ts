import { describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { normals } from '../../src/lib/random';
import { TEXT } from '../engine/support';
import { openJaxJs } from './engines/jaxJs';
import { openPlainTfjs } from './engines/plainTfjs';
import { openProduct } from './engines/product';
import { TOLERANCE } from './measure';
import { makeWorkload, type Workload } from './workload';
import type { BenchEngine } from './engines/engine';

const UPDATES = 3;

/** The default model, tiny, with no weight at 0 or 1: a bias that is left out must show. */
function perturbed(): Workload {
  const size = { n_layers: 2, d_model: 16, seq_len: 8, batch_size: 2 };
  const workload = makeWorkload(size, TEXT);
  for (const [name, { data }] of Object.entries(workload.weights)) {
    normals(1, name, data.length, 0.2).forEach((x, i) => (data[i]! += x));
  }
  return workload;
}

async function losses(engine: BenchEngine): Promise<number[]> {
  const found: number[] = [];
  while (found.length <= UPDATES) found.push((await engine.step())!);
  return found;
}

describe('all engines of the benchmark train the same model', async () => {
  await openNodeBackend('wasm');
  const workload = perturbed();
  const expected = await losses(openProduct(workload, 'unrecorded', true));

  test('whose loss falls', () => {
    expect(expected.at(-1)).toBeLessThan(expected[0]! - 0.01);
  });

  for (const [name, open] of Object.entries({ openPlainTfjs, openJaxJs })) {
    test(`${name}: the loss, and the losses after each of ${UPDATES} updates`, async () => {
      const found = await losses(await open(workload, 'wasm'));
      found.forEach((loss, i) => {
        expect(Math.abs(loss - expected[i]!)).toBeLessThan(TOLERANCE);
      });
    });
  }
});
