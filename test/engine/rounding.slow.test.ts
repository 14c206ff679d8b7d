import { mean as meanOf } from 'd3-array';
import { describe, expect, test } from 'vitest';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { FORMATS, type EmulatedFormat } from '../../src/lib/floats';
import type { Frame } from '../../src/protocol/frame';
import { measured, sessionOf, TINY } from './support';

const LOSSES = ['underflow', 'overflow', 'grad_underflow', 'grad_overflow'] as const;

/** The first frames of three steps on a backend. */
async function framesOn(backend: 'cpu' | 'wasm', settings: Partial<Config>) {
  const session = await sessionOf({ ...TINY, ...settings }, backend);
  const frames: Frame[] = [];
  for (let step = 0; step < 3; step++) frames.push(await measured(session, true));
  const { sites } = session.report.layout;
  session.dispose();
  return { frames, sites };
}

/** Sites by where their losses are told: a kernel tells those inside attention in another order. */
const placeOf = (site: string) => site.replace(/\.attn\.(q|k|v|scores|pattern)$/, '.attn');

const losses = (values: Float32Array, sites: string[]): Record<string, number> => {
  const total: Record<string, number> = {};
  sites.forEach((site, i) => {
    total[placeOf(site)] = (total[placeOf(site)] ?? 0) + values[i]!;
  });
  return total;
};

/** Relative to the larger; 0 where both are the same, or no number. */
const distance = (a: number, b: number) =>
  Object.is(a, b) ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));

const EMULATED = Object.keys(CHOICES.precision).filter(
  (id) => id !== 'fp32',
) as Config['precision'][];
const SETTINGS: Partial<Config>[] = [
  {},
  { norm: 'rmsnorm', activation: 'gelu_tanh', attn_softcap: 5, bias: false },
  { norm: 'scalenorm', activation: 'swiglu', positions: 'rope', placement: 'post' },
  { norm: 'prmsnorm', activation: 'relu2', dropout: 0.1, residual_scale: 'layerscale' },
  { norm: 'dyt', activation: 'silu', inner_norm: 'normformer', qk_norm: 'layernorm' },
  { norm: 'derf', activation: 'relu', positions: 'alibi', qk_norm: 'l2' },
  { norm: 'batchnorm', weight_reparam: 'sigma', tie_embeddings: true },
];

describe.each(['every_op', 'autocast'] as const)('under the policy %s', (precision_policy) => {
  // All settings in one format, and each of them in another.
  const cases = SETTINGS.flatMap((settings, i) =>
    EMULATED.filter((id, j) => id === 'bf16' || i === 0 || j === 1 + (i % 3)).map(
      (precision) => [precision, settings] as const,
    ),
  );
  test.each(cases)(
    'kernels that round inside compute what the operations do one by one (%s, %j)',
    async (precision, settings) => {
      const numerics = { precision, precision_policy };
      const [kernels, operations] = [
        await framesOn('wasm', { ...settings, ...numerics }),
        await framesOn('cpu', { ...settings, ...numerics }),
      ];
      const [ours, theirs] = [kernels.frames[0]!, operations.frames[0]!];
      // A sum in another order may round to the next number: few sites feel that, and little. The more digits a
      // format has, the more of them are decided so.
      const step = 2 ** -FORMATS[precision as EmulatedFormat].mantissaBits;
      const allowed = step * (precision === 'fp16' ? 0.2 : 0.02);
      for (const id of ['rms', 'grad_rms'] as const) {
        const apart = kernels.sites.map((_, i) => distance(ours.site[id][i]!, theirs.site[id][i]!));
        expect(meanOf(apart)).toBeLessThan(allowed);
      }
      for (const id of LOSSES) {
        const [a, b] = [ours, theirs].map((frame) => losses(frame.site[id], kernels.sites));
        for (const place in a) {
          expect(Math.abs(a[place]! - b![place]!)).toBeLessThanOrEqual(2 + 0.02 * b![place]!);
        }
      }
      expect(distance(kernels.frames[2]!.loss, operations.frames[2]!.loss)).toBeLessThan(0.02);
    },
  );
});

test('what is lost inside attention is told at the site that it was lost on the way to', async () => {
  const { frames, sites } = await framesOn('wasm', { precision: 'fp8_e4m3' });
  const { grad_underflow: lost } = frames[0]!.site;
  const at = (part: string) => lost[sites.findIndex((site) => site === `blocks.0.attn.${part}`)]!;
  expect(Math.min(...['q', 'k', 'v', 'scores', 'pattern'].map(at))).toBeGreaterThan(0);
});
