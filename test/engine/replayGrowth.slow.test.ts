import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import type { TapingBackend } from '../../src/kernels/webgpu/backend';
import { deviceErrors, openWebGPU } from '../support/dawn';
import { configOf, TEXT, TINY } from './support';
import { closeSessions, framesOf, openSession } from './replaySupport';

const SLOW = { timeout: 400_000 };

let backend: TapingBackend;

beforeAll(async () => {
  backend = await openWebGPU();
});
afterEach(() => {
  closeSessions();
  expect(deviceErrors).toEqual([]);
});

/** Buffers that are alive on the device. */
function countBuffers(device: GPUDevice) {
  let alive = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    alive++;
    buffer.destroy = () => {
      alive--;
      buffer.destroy = destroy;
      return destroy();
    };
    return buffer;
  };
  return () => alive;
}

describe('nothing grows', () => {
  // A bound of one byte keeps one recording: every change records anew.
  test.each([
    { changes: 204, bytes: undefined },
    { changes: 24, bytes: 1 },
  ])('over $changes changes of the configuration', SLOW, async ({ changes, bytes }) => {
    const alive = countBuffers(backend.device);
    const outside = [alive(), tf.memory().numTensors];
    const session = openSession({}, bytes);
    const settings: Partial<Config>[] = [2, 1].flatMap((n_layers) => [
      { n_layers },
      { n_layers, placement: 'post' },
      { n_layers, norm: 'batchnorm' },
    ]);
    const round = async () => {
      for (const change of settings) {
        session.configure(configOf({ ...TINY, ...change }), TEXT);
        session.update();
      }
      await session.measure(true);
      await backend.device.queue.onSubmittedWorkDone();
      return [alive(), tf.memory().numTensors, backend.pipelines, backend.memory().numBytesInGPU];
    };
    await round();
    const before = await round();
    for (let i = 2 * settings.length; i < changes; i += settings.length)
      expect(await round()).toEqual(before);
    closeSessions();
    expect(tf.memory().numTensors).toBe(outside[1]);
    expect(alive()).toBeLessThan(before[0]!);
  });

  test('over many steps', SLOW, async () => {
    const alive = countBuffers(backend.device);
    const session = openSession();
    const census = async () => {
      await framesOf(session, 15);
      return [alive(), tf.memory().numTensors, backend.pipelines, backend.memory().numBytesInGPU];
    };
    const before = await census();
    expect(await census()).toEqual(before);
    expect(await census()).toEqual(before);
  });

  test('no shader depends on the depth', async () => {
    const pipelines = async (n_layers: number) => {
      await framesOf(openSession({ n_layers }), 1);
      return backend.pipelines;
    };
    for (const n_layers of [1, 2, 3, 4, 5, 6]) await pipelines(n_layers);
    const before = backend.pipelines;
    for (const n_layers of [7, 8]) expect(await pipelines(n_layers)).toBe(before);
  });
});
