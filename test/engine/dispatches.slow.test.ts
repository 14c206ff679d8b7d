import { afterAll, beforeAll, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
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
/** Settings at which the model casts what no product reads, or has most programs. */
const OF_CASTS = ['qk_norm', 'positions', 'inner_norm', 'weight_reparam', 'norm', 'residual_scale'];
const EMULATED = Object.keys(CHOICES.precision).filter(
  (id) => id !== 'fp32',
) as Config['precision'][];

/** Every setting in float32 and with every operation in a format; some where products alone are; and all formats. */
const SETTINGS: Partial<Config>[] = [
  ...EVERY_SETTING,
  ...EVERY_SETTING.map((settings) => ({ precision: 'bf16' as const, ...settings })),
  ...EVERY_SETTING.filter((settings) => OF_CASTS.some((key) => key in settings)).map(
    (settings) => ({ precision: 'bf16', precision_policy: 'autocast', ...settings }) as const,
  ),
  ...EMULATED.map((precision) => ({ precision, precision_policy: 'autocast' }) as const),
];

let backend: TapingBackend;
beforeAll(async () => {
  backend = await openWebGPU();
});
afterAll(() => {
  expect(deviceErrors).toEqual([]);
});

test.each([...new Map(SETTINGS.map((settings) => [nameOf(settings), settings]))])(
  '%s',
  async (_name, settings) => {
    // What the choice cannot go with is changed, as for a link.
    const { config } = complete({ ...TINY, n_layers: 12, ...settings });
    const session = createSession(config, TEXT);
    const { cost } = await session.measure(false);
    session.dispose();
    expect(cost.replayed).toBe(true);
    expect(cost.dispatches).toBeGreaterThan(100);
    expect(cost.dispatches).toBeLessThanOrEqual(MOST);
  },
);

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
