import { expect, test, vi } from 'vitest';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { framesOf, openSession } from './replaySupport';

test('without relaxed SIMD the other build of our kernels computes, and is named', async () => {
  const { validate } = WebAssembly;
  const relaxedMadd = Buffer.from([253, 133, 2]);
  vi.spyOn(WebAssembly, 'validate').mockImplementation(
    (bytes) => !Buffer.from(bytes as Uint8Array).includes(relaxedMadd) && validate(bytes),
  );
  expect(await openNodeBackend('wasm')).toMatchObject({ build: 'simd' });
  const settings = { optimizer: 'muon', activation: 'swiglu' } as const;
  const session = openSession(settings);
  const frames = await framesOf(session, 12);
  expect((await session.measure(false)).cost.replayed).toBe(true);

  expect(await openNodeBackend('cpu')).not.toHaveProperty('build');
  const others = await framesOf(openSession(settings), 12);
  const [loss, expected] = [frames.at(-1)![0]!, others.at(-1)![0]!];
  expect(loss / expected).toBeCloseTo(1, 4);
});
