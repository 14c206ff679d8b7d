import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { hasKernels } from '../../../src/kernels/kernel';
import type { TapingBackend } from '../../../src/kernels/webgpu/backend';
import { asDevice, deviceErrors, FORMS, openWebGPU } from '../../support/dawn';
import { CASES, RELATIVE, results } from './kernelCases';

let backend: TapingBackend;
beforeAll(async () => {
  backend = await openWebGPU();
  await openNodeBackend('wasm');
});
afterEach(() => {
  expect(deviceErrors).toEqual([]);
});

function expectNear(found: Float32Array, expected: Float32Array) {
  expect(found.length).toBe(expected.length);
  const size = Math.max(...Array.from(expected, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
  expected.forEach((x, i) => {
    const y = found[i]!;
    // Sums may cancel: what is compared is the size of what was summed.
    const most = RELATIVE * (0.1 * size + Math.abs(x));
    const near = Number.isFinite(x) ? Math.abs(x - y) <= most : Object.is(x, y);
    if (!near)
      expect.fail(
        `number ${i} is ${y} and not ${x} (${Array.from(found.slice(0, 8)).join()} … and not ${Array.from(expected.slice(0, 8)).join()} …)`,
      );
  });
}

test('the driver of these tests has subgroups, of fewer lanes than a workgroup', () => {
  expect(backend.hasSubgroups).toBe(true);
  expect(backend.device.adapterInfo.subgroupMaxSize).toBeLessThan(64);
});

describe.each(Object.entries(FORMS))('in WGSL with %s', (_form, device) => {
  test.each(CASES.map((one) => [`${one.kernel}: ${one.name}`, one] as const))(
    '%s',
    async (_name, one) => {
      await tf.setBackend('wasm');
      expect(hasKernels()).toBe(true);
      const expected = await results(one);
      await tf.setBackend('webgpu');
      expect(hasKernels()).toBe(true);
      const found = await asDevice(backend, device, () => results(one));
      expect(found.length).toBe(one.results ?? expected.length);
      found.forEach((values, i) => expectNear(values, expected[i]!));
    },
  );
});
