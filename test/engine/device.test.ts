import { describe, expect, test } from 'vitest';
import { chooseDevice, type Candidate } from '../../src/engine/device';
import { isSoftware } from '../../src/lib/adapters';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { BACKENDS, type BackendId } from '../../src/protocol/engine';

/** Backends of which only those named are there; `cpu` and `wasm` really start. */
const machine = (
  findings: Partial<Record<BackendId, { against?: string; fails?: boolean }>>,
): Record<BackendId, Candidate> =>
  Object.fromEntries(
    BACKENDS.map((id) => [
      id,
      {
        probe: async () => ({
          adapter: `the ${id}`,
          against: findings[id]?.against ?? null,
          impossible: findings[id] ? null : 'it is not there',
        }),
        load: async () => {
          if (findings[id]?.fails) throw new Error('no luck');
          await openNodeBackend(id as 'wasm' | 'cpu');
        },
      },
    ]),
  ) as Record<BackendId, Candidate>;

describe('the device', () => {
  test('is the first that runs, with the reasons against those before it', async () => {
    const device = await chooseDevice(null, machine({ wasm: {}, cpu: {} }));
    expect(device).toMatchObject({ backend: 'wasm', adapter: 'the wasm' });
    expect(device.reason).toContain('webgpu: it is not there');
    expect(device.reason).toContain('webgl: it is not there');
  });

  test('is not software unless that is asked for', async () => {
    const software = machine({ wasm: { against: 'it is software' }, cpu: {} });
    const unasked = await chooseDevice(null, software);
    expect(unasked).toMatchObject({ backend: 'cpu' });
    expect(unasked.reason).toContain('wasm: it is software');
    expect(await chooseDevice('wasm', software)).toMatchObject({ backend: 'wasm' });
  });

  test('is another one where the one asked for cannot run, and says so', async () => {
    const missing = await chooseDevice('webgpu', machine({ wasm: {} }));
    expect(missing.backend).toBe('wasm');
    expect(missing.reason).toMatch(/webgpu was asked for.*webgpu: it is not there/);
    const broken = await chooseDevice('wasm', machine({ wasm: { fails: true }, cpu: {} }));
    expect(broken.backend).toBe('cpu');
    expect(broken.reason).toContain('wasm: it did not start (no luck)');
  });

  test('missing altogether is an error that names them all', async () => {
    await expect(chooseDevice(null, machine({}))).rejects.toThrow(/webgpu.*webgl.*wasm.*cpu/);
  });

  test('knows the names of software drivers', () => {
    for (const name of [
      'Google SwiftShader',
      'llvmpipe (LLVM 15)',
      'Microsoft Basic Render Driver',
    ]) {
      expect(isSoftware(name)).toBe(true);
    }
    for (const name of ['Apple M2', 'NVIDIA GeForce RTX 4070', 'Intel Iris Xe']) {
      expect(isSoftware(name)).toBe(false);
    }
  });
});
