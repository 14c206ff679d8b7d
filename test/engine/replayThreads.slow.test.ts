import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { wasmTeam } from '../../src/kernels/wasm/module';
import { randomSettings } from './randomSettings';
import { closeSessions, openSession, stateOf } from './replaySupport';
import { measured } from './support';

beforeAll(async () => {
  await openNodeBackend('wasm');
});
afterEach(closeSessions);
afterAll(() => wasmTeam()!.resize(1));

async function gather(threads: number) {
  const team = wasmTeam()!;
  team.resize(threads);
  await expect.poll(() => team.threads(), { timeout: 20_000 }).toBe(threads);
}

/** Operations on less are left to one thread. */
const LARGE = { d_model: 32, n_heads: 4, seq_len: 24, batch_size: 4 } satisfies Partial<Config>;

describe('a step of several threads', () => {
  const cases: [string, Partial<Config>][] = [
    ['the default', {}],
    ['odd sizes', { d_model: 36, n_heads: 3, seq_len: 21, batch_size: 5 }],
    ['a cap on the scores, a norm of heads', { attn_softcap: 5, qk_norm: 'rmsnorm' }],
    ['fp8, of which much is lost', { precision: 'fp8_e5m2', activation: 'swiglu' }],
    ['products of fp16', { precision: 'fp16', precision_policy: 'autocast' }],
    ...Array.from({ length: 12 }, (_, i): [string, Partial<Config>] => [
      `whatever is chosen (${i})`,
      { ...randomSettings(100 + i), ...LARGE },
    ]),
  ];
  test.each([2, 3].flatMap((threads) => cases.map((one) => [threads, ...one] as const)))(
    'has the bits of one thread’s (%i threads, %s)',
    async (threads, _name, settings) => {
      await gather(threads);
      const all = { ...LARGE, ...settings };
      const [together, plain] = [openSession(all), openSession(all, 0)];
      const ran: (number | null)[] = [];
      for (let step = 0; step < 4; step++) {
        const { cost } = await together.measure(false);
        if (cost.replayed) ran.push(cost.threads);
        expect(await measured(together, true)).toEqual(await measured(plain, true));
      }
      expect(await stateOf(together)).toEqual(await stateOf(plain));
      // Both numbers of threads were tried, where anything was recorded.
      expect(new Set(ran)).toEqual(new Set(ran.length ? [threads, 1] : []));
    },
    60_000,
  );

  test('goes on when threads come and go', async () => {
    const [changing, plain] = [openSession(LARGE), openSession(LARGE, 0)];
    for (const threads of [1, 3, 2, 1, 2]) {
      await gather(threads);
      for (let step = 0; step < 3; step++) {
        expect(await measured(changing, true)).toEqual(await measured(plain, true));
      }
    }
  }, 60_000);
});
