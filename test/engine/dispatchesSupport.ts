import { afterAll, beforeAll, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import type { TapingBackend } from '../../src/kernels/webgpu/backend';
import { createSession } from '../../src/engine/session';
import { deviceErrors, openWebGPU } from '../support/dawn';
import { EVERY_SETTING, nameOf } from '../support/everySetting';
import { TEXT, TINY } from './support';

/* Dispatches of a measured step at twelve layers: whatever is set, it stays on the fast path. */

const MOST = 400;
/** Settings at which the model casts what no product reads, or has most programs. */
const OF_CASTS = ['qk_norm', 'positions', 'inner_norm', 'weight_reparam', 'norm', 'residual_scale'];
const hasCasts = (settings: object) => OF_CASTS.some((key) => key in settings);
const EMULATED = Object.keys(CHOICES.precision).filter(
  (id) => id !== 'fp32',
) as Config['precision'][];
type Policy = Config['precision_policy'];
const inBf16 = (policy: Policy) => (settings: Partial<Config>) =>
  ({ precision: 'bf16', precision_policy: policy, ...settings }) as const;

/** Every setting in float32, those with most programs with every operation in a format, and all formats. */
export const USUAL: Partial<Config>[] = [
  ...EVERY_SETTING,
  ...EVERY_SETTING.filter(hasCasts).map(inBf16('every_op')),
  ...EMULATED.map((precision) => ({ precision, precision_policy: 'autocast' }) as const),
];
/** The others with every operation in a format, and those with most programs where products alone are. */
export const OTHERS: Partial<Config>[] = [
  ...EVERY_SETTING.filter((settings) => !hasCasts(settings)).map(inBf16('every_op')),
  ...EVERY_SETTING.filter(hasCasts).map(inBf16('autocast')),
];

export let backend: TapingBackend;

/** A test for each of the settings. */
export function testDispatches(all: readonly Partial<Config>[]): void {
  beforeAll(async () => {
    backend = await openWebGPU();
  });
  afterAll(() => {
    expect(deviceErrors).toEqual([]);
  });
  test.each([...new Map(all.map((settings) => [nameOf(settings), settings]))])(
    '%s',
    async (_name, settings) => {
      // Settings that the choice cannot go with are changed, as for a link.
      const { config } = complete({ ...TINY, n_layers: 12, ...settings });
      const session = createSession(config, TEXT);
      const { cost } = await session.measure(false);
      session.dispose();
      expect(cost.replayed).toBe(true);
      expect(cost.dispatches).toBeGreaterThan(100);
      expect(cost.dispatches).toBeLessThanOrEqual(MOST);
    },
  );
}
