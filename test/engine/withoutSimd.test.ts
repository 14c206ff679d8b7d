import { expect, test, vi } from 'vitest';
import { hasKernels } from '../../src/kernels/kernel';
import { framesOf, openSession } from './replaySupport';
import { openNodeBackend } from '../../src/engine/nodeBackend';

test('without SIMD the library’s operations stand in for our kernels, and nothing is recorded', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  await openNodeBackend('wasm');
  expect(hasKernels()).toBe(false);
  const settings = { optimizer: 'muon', tie_embeddings: true } as const;
  const session = openSession(settings);
  const frames = await framesOf(session, 12);
  expect((await session.measure(false)).cost.replayed).toBe(false);

  await openNodeBackend('cpu');
  const others = await framesOf(openSession(settings), 12);
  const [loss, expected] = [frames.at(-1)![0]!, others.at(-1)![0]!];
  expect(loss / expected).toBeCloseTo(1, 4);
});
