import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { PASSES, WORKING_NORMS } from '../../src/normCosts/work';
import { openNodeBackend, type NodeBackend } from '../../src/engine/nodeBackend';
import { timeNorm } from '../../src/normCosts/measure/norms';
import { measureRoof } from '../../src/normCosts/measure/roof';

const SIZE = { tokens: 12, features: 20 };
const ROWS = ['layernorm', 'rmsnorm', 'prmsnorm', 'scalenorm'];

test.each<[NodeBackend, string[]]>([
  ['wasm', ROWS],
  ['cpu', []],
])('on %s every norm takes a time, and leaves no data behind', async (backend, fused) => {
  await openNodeBackend(backend);
  const before = tf.memory().numDataBuffers;
  for (const norm of WORKING_NORMS) {
    const { variants } = await timeNorm({ ...SIZE, norm });
    expect(variants.fused !== null, norm).toBe(fused.includes(norm));
    for (const [variant, cost] of Object.entries(variants)) {
      for (const pass of cost ? PASSES : []) {
        const { ms, bytes, flops } = cost![pass];
        const at = `${norm} ${variant} ${pass}`;
        expect(cost!.bothMs.median, at).toBeGreaterThan(0);
        // A difference of two times: noise of a busy machine may take it below 0.
        expect(ms.median, at).toBeGreaterThan(pass === 'forward' ? 0 : -1000);
        expect(ms.median).toBeLessThan(1000);
        expect(ms.low).toBeLessThanOrEqual(ms.median);
        expect(ms.high).toBeGreaterThanOrEqual(ms.median);
        expect(bytes).toBeGreaterThanOrEqual(2 * 4 * 12 * 20);
        expect(flops).toBeGreaterThan(2 * 12 * 20);
      }
    }
  }
  expect(tf.memory().numDataBuffers).toBe(before);
});

test('the roof of the device is finite, and nothing is left of measuring it', async () => {
  await openNodeBackend('wasm');
  const before = tf.memory().numDataBuffers;
  const roof = await measureRoof(SIZE);
  for (const value of Object.values(roof)) expect(value).toBeGreaterThan(0);
  for (const value of Object.values(roof)) expect(value).toBeLessThan(1e15);
  expect(roof.farBytes).toBe(3 * 4 * 2 ** 22);
  expect(tf.memory().numDataBuffers).toBe(before);
});
