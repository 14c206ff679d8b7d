import { expect, test } from 'vitest';
import { explained, watch } from '../../../src/kernels/webgpu/failures';
import { deviceErrors, openWebGPU } from '../../support/dawn';

const ELSEWHERE = /If it happens again, WebAssembly runs the model without it/;

test('a device tells of a command that it refuses', async () => {
  const { device } = await openWebGPU();
  const told: string[] = [];
  watch(device, (message) => told.push(message));
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  await device.queue.onSubmittedWorkDone();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^the graphics device refused a command \(.*usage.*\)\. /i);
  expect(told[0]).toMatch(ELSEWHERE);
  expect(told[0]).not.toContain('\n');
  // Asked for here, and no fault.
  expect(deviceErrors.splice(0)).toHaveLength(1);
});

/** A device whose fate is known. */
function fated(lost: Promise<GPUDeviceLostInfo>) {
  const listeners: ((event: GPUUncapturedErrorEvent) => void)[] = [];
  const device = {
    lost,
    addEventListener: (_: string, listener: (typeof listeners)[number]) => listeners.push(listener),
  } as unknown as GPUDevice;
  return { device, fail: (error: GPUError) => listeners.forEach((one) => one({ error } as never)) };
}

test('a device tells that its memory is full', async () => {
  await openWebGPU();
  const told: string[] = [];
  const { device, fail } = fated(new Promise(() => {}));
  watch(device, (message) => told.push(message));
  fail(new GPUOutOfMemoryError('Out of memory.\n - While calling [Device].CreateBuffer()'));
  expect(told[0]).toMatch(/no memory left for a model of this size \(Out of memory\)\. If/);
});

test.each<[Pick<GPUDeviceLostInfo, 'reason' | 'message'>, RegExp[]]>([
  [{ reason: 'unknown', message: 'The driver was reset.' }, [/lost \(The driver was reset\)\. If/]],
  [{ reason: 'unknown', message: '' }, [/lost \(no reason was given\)\. If/]],
  [{ reason: 'destroyed', message: 'Device was destroyed.' }, []],
])('a device tells of its loss, but not of its end: %o', async (info, expected) => {
  const told: string[] = [];
  const lost = Promise.resolve(info as GPUDeviceLostInfo);
  watch(fated(lost).device, (message) => told.push(message));
  await lost;
  expect(told).toHaveLength(expected.length);
  expected.forEach((pattern, i) => expect(told[i]).toMatch(pattern));
});

test('an error of a call on a lost device is its loss; others stay what they are', async () => {
  const error = new Error('Buffer was unmapped before mapping was resolved.');
  const lost = { reason: 'unknown', message: 'The driver was reset.' } as GPUDeviceLostInfo;
  const found = await explained(error, { lost: Promise.resolve(lost) });
  expect(String(found)).toMatch(
    /^Error: The graphics device was lost \(The driver was reset\)\. If/,
  );
  expect(await explained(error, { lost: new Promise(() => {}) })).toBe(error);
  expect(await explained(error, undefined)).toBe(error);
});
