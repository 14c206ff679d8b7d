import { describe, expect, it } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { SITE_STATISTICS } from '../../src/config/statistics';
import { BLOCK_SITES, type BlockSite } from '../../src/config/sites';
import type { LaneId } from '../../src/runs/state';
import { countSentence, rangeSentence } from '../../src/views/panels/countSentence';
import type { Told } from '../../src/views/panels/sentences';
import { rangeLimits } from '../../src/views/panels/ranges';

const lane = (id: LaneId, change: Partial<Config>, lossScale?: number) => ({
  ...{ id, config: { ...DEFAULTS, ...change }, lossScale },
});
const limitsAt = (
  lanes: ReturnType<typeof lane>[],
  direction: 'forward' | 'backward' = 'forward',
  site: BlockSite = 'resid_post',
) => rangeLimits(lanes, direction, site);
const labels = (...args: Parameters<typeof limitsAt>) =>
  limitsAt(...args).map(({ label }) => label);

describe('where formats end', () => {
  it('is not drawn for fp32', () => {
    expect(limitsAt([lane('a', {}), lane('b', {})])).toEqual([]);
    expect(limitsAt([])).toEqual([]);
  });
  it('is drawn once, in no colour, where all lanes have the same', () => {
    const limits = limitsAt([lane('a', { precision: 'fp16' }), lane('b', { precision: 'fp16' })]);
    expect(limits.map(({ label }) => label)).toEqual([
      'fp16 max 65504',
      'fp16 normal from 6.10×10⁻⁵',
      'fp16 min 5.96×10⁻⁸',
    ]);
    expect(limits.map(({ value }) => value)).toEqual([65504, 2 ** -14, 2 ** -24]);
    expect(limits.every(({ colour }) => colour === undefined)).toBe(true);
  });
  it('is drawn in the lanes’ colours where they differ', () => {
    const limits = limitsAt([
      lane('a', { precision: 'fp16' }),
      lane('b', { precision: 'fp8_e4m3' }),
      lane('c', {}),
    ]);
    expect(new Set(limits.map(({ colour }) => colour))).toEqual(
      new Set(['var(--lane-a)', 'var(--lane-b)']),
    );
    expect(limits[3]!.label).toBe('fp8 e4m3 max 448');
  });
  it('is divided by the loss scale of the step for gradients, and unknown before it is measured', () => {
    const scaled = [lane('a', { precision: 'fp16', loss_scale: 0 }, 1024)];
    expect(labels(scaled)[0]).toBe('fp16 max 65504');
    expect(labels(scaled, 'backward')[0]).toBe('fp16 max 65504 ÷ 1024');
    expect(limitsAt(scaled, 'backward')[2]!.value).toBe(2 ** -34);
    expect(labels([lane('a', { precision: 'fp16', loss_scale: 0 })], 'backward')).toEqual([]);
  });
  it('is drawn under autocast where results of matrix products stand', () => {
    const autocast = { precision: 'bf16', precision_policy: 'autocast' } as const;
    const drawnAt = (change: Partial<Config>) =>
      (Object.keys(BLOCK_SITES) as BlockSite[]).filter(
        (site) => limitsAt([lane('a', { ...autocast, ...change })], 'forward', site).length > 0,
      );
    const products = ['attn.q', 'attn.k', 'attn.v', 'attn.scores', 'attn_out', 'mlp_out'];
    expect(drawnAt({})).toEqual(products);
    const others = products.filter((site) => site !== 'attn.scores');
    for (const change of [{ attn_softcap: 1 }, { positions: 'alibi' }] as const) {
      expect(drawnAt(change)).toEqual(others);
    }
    const both = [lane('a', autocast, 8), lane('b', { precision: 'bf16' }, 8)];
    expect(limitsAt(both).every(({ colour }) => colour === 'var(--lane-b)')).toBe(true);
    expect(labels(both, 'backward', 'attn.q')[0]).toMatch(/^bf16 max .* ÷ 8$/);
  });
  it('is told in words when it shows', () => {
    expect(rangeSentence([{ label: 'fp16 max 65504' }])).toBe('Line: fp16 max 65504.');
    expect(rangeSentence([])).toBe('');
  });
});

describe('counts in words', () => {
  const told = (name: string, counts: Record<number, number> | null): Told => ({
    name,
    step: 3,
    points: counts
      ? Array.from({ length: 13 }, (_, i) => ({ x: i - 1, y: counts[i - 1] ?? 0 }))
      : [],
  });
  const backward = (...lanes: Told[]) => countSentence(lanes, 'became 0', 'backward', null);

  it('are told in the order of the pass', () => {
    expect(backward(told('fp16', { 8: 100, 9: 200, 11: 12 }), told('fp32', null))).toBe(
      'Fp16: 312 numbers became 0 on the way back between layers 11 and 8; fp32 is not rounded.',
    );
    expect(countSentence([told('fp16', { 3: 1 })], 'overflowed', 'forward', 'mlp_out')).toBe(
      'Fp16: 1 number overflowed at mlp_out at layer 3.',
    );
    expect(backward(told('fp16', { [-1]: 2, 4: 1 }))).toBe(
      'Fp16: 3 numbers became 0 on the way back between layer 4 and the embedding.',
    );
  });
  it('are not said at length twice', () => {
    expect(backward(told('A', { 2: 5 }), told('B', { 2: 40_000 }), told('C', { 1: 7 }))).toBe(
      'A: 5 numbers became 0 on the way back at layer 2; B: 40,000; C: 7 at layer 1.',
    );
  });
  it('say that there are none, or that nothing is measured', () => {
    expect(backward(told('fp16', {}))).toBe('Fp16: no number became 0 on the way back.');
    expect(backward()).toBe('Nothing measured yet.');
    expect(SITE_STATISTICS.grad_underflow.counts).toBe('became 0');
    expect(SITE_STATISTICS.overflow.counts).toBe('overflowed');
  });
});
