import { afterAll, beforeAll, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import type { TapingBackend } from '../../src/kernels/webgpu/backend';
import { createSession } from '../../src/engine/session';
import { asDevice, deviceErrors, openWebGPU } from '../support/dawn';
import { EVERY_SETTING, nameOf } from '../support/everySetting';
import { TEXT, TINY } from './support';

/* What a card is asked for at each measured step, at twelve layers: whatever is set, it stays on the fast path. */

const MOST = 400;
/** Of the default settings, by how many tensors a shader may bind: the driver of these tests has twelve. */
const DEFAULT_MOST = { 8: 320, 12: 280 };
/** In an emulated format every operation rounds by itself. */
const isEmulated = ({ precision = 'fp32' }: Partial<Config>) => precision !== 'fp32';

let backend: TapingBackend;
beforeAll(async () => {
  backend = await openWebGPU();
});
afterAll(() => {
  expect(deviceErrors).toEqual([]);
});

test.each(
  EVERY_SETTING.filter((settings) => !isEmulated(settings)).map(
    (settings) => [nameOf(settings), settings] as const,
  ),
)('%s', async (_name, settings) => {
  // What the choice cannot go with is changed, as for a link.
  const { config } = complete({ ...TINY, n_layers: 12, ...settings });
  const session = createSession(config, TEXT);
  const { cost } = await session.measure(false);
  session.dispose();
  expect(cost.replayed).toBe(true);
  expect(cost.dispatches).toBeGreaterThan(100);
  expect(cost.dispatches).toBeLessThanOrEqual(MOST);
});

test.each([8, 12] as const)(
  'the default settings where a shader binds %i tensors',
  async (mostBuffers) => {
    await asDevice(backend, { mostBuffers }, async () => {
      const session = createSession(complete({ ...TINY, n_layers: 12 }).config, TEXT);
      const { cost } = await session.measure(false);
      session.dispose();
      expect(cost.dispatches).toBeLessThanOrEqual(DEFAULT_MOST[mostBuffers]);
    });
  },
);
