import { describe, expect, it } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import type { WorkingNorm } from '../../src/normCosts/work';
import { paramSpecs } from '../../src/model/params';
import type { NormCost } from '../../src/normCosts/protocol';
import { normCounts, reached, savingOf, totalOf } from '../../src/normCosts/views/read';
import { costSentence, duration } from '../../src/normCosts/views/sentences';

const spread = (ms: number) => ({ low: ms, median: ms, high: ms });
function cost(norm: WorkingNorm, forward: number, backward: number, fused?: number): NormCost {
  const variant = (extra: number) => ({
    forward: { ms: spread(forward), bytes: 8e3, flops: 7e3 },
    backward: { ms: spread(backward), bytes: 12e3, flops: 13e3 },
    bothMs: spread(forward + backward + extra),
  });
  const both = fused === undefined ? null : { ...variant(0), bothMs: spread(fused) };
  return { norm, variants: { alone: variant(0), added: variant(0.01), fused: both } };
}
const ROOF = { near: 2e9, far: 1e9, peak: 1e10, farBytes: 5e7, rows: 512 };

describe('what is read of costs', () => {
  it('is of forward and backward together', () => {
    const total = totalOf(cost('layernorm', 0.01, 0.03).variants.alone);
    expect(total.ms).toBeCloseTo(0.04, 12);
    expect(total).toMatchObject({ bytes: 20e3, flops: 20e3 });
    // 20 kB at 2 GB/s take 0.01 ms.
    const at = reached(total, { bandwidth: 2e9, peak: 1e10 });
    expect(at.share).toBeCloseTo(0.25, 12);
    expect(at.intensity).toBe(1);
    expect(at.bytesPerSecond).toBeCloseTo(5e8, 0);
  });
  it('has a saving where there is one kernel for both', () => {
    expect(savingOf(cost('dyt', 1, 1))).toBeNull();
    expect(savingOf(cost('layernorm', 0.01, 0.03, 0.04))).toBeCloseTo(0.2, 12);
  });
});

/** Norms of a model of width d, by the tensors that it has of them. */
const counted = (config: Config) =>
  paramSpecs(config, 10).filter(
    ({ name, shape }) =>
      /norm\w*\.gain$/.test(name) && !/mlp\.norm_inner|[qk]_norm/.test(name) && shape.length === 1,
  ).length;

describe('how many norms a model has', () => {
  it.each<Partial<Config>>([
    {},
    { placement: 'post' },
    { placement: 'sandwich' },
    { placement: 'peri' },
    { placement: 'residual' },
    { placement: 'none' },
    { topology: 'parallel' },
    { topology: 'parallel', placement: 'sandwich' },
    { sublayers: 'attn' },
    { sublayers: 'mlp', inner_norm: 'subln' },
    { inner_norm: 'subln' },
    { inner_norm: 'normformer', final_norm: 'off' },
    { qk_norm: 'layernorm' },
  ])('is what its tensors say: %o', (settings) => {
    const { config } = complete({ n_layers: 3, ...settings });
    const total = [...normCounts(config).values()].reduce((sum, n) => sum + n, 0);
    expect(total).toBe(counted(config));
  });
  it('tells kinds apart where layers differ', () => {
    const { config } = complete({ n_layers: 3, layer_overrides: '0:/rmsnorm' });
    expect([...normCounts(config)]).toEqual([
      ['rmsnorm', 2],
      ['layernorm', 5],
    ]);
  });
});

describe('the finding in words', () => {
  const costs = [
    cost('layernorm', 0.01, 0.03, 0.04),
    cost('rmsnorm', 0.008, 0.02),
    cost('adaptive', 1, 2),
  ];
  const size = { tokens: 128, features: 64 };
  it('says how RMSNorm and LayerNorm compare, and what it means for a step', () => {
    expect(costSentence(costs, size, ROOF, [{ name: 'pre-LN', count: 25, share: 0.041 }])).toBe(
      'RMSNorm takes 0.70 of LayerNorm’s time here: 28.0 µs instead of 40.0 µs, forward and backward, for 128 tokens of 64 features. RMSNorm is at 36\u00A0% of the roof. Fastest is RMSNorm (28.0 µs), slowest adaptive (3.00 ms). One kernel for LayerNorm and the residual sum before it saves 20\u00A0% of the time of two. The 25 norms of pre-LN take 4.1\u00A0% of its step.',
    );
  });
  it('says what there is when it was ended early', () => {
    expect(costSentence(costs.slice(0, 1), size, ROOF, [])).toBe(
      'One kernel for LayerNorm and the residual sum before it saves 20\u00A0% of the time of two.',
    );
  });
  it('has a unit for every time', () => {
    expect(duration(0.0371)).toBe('37.1 µs');
    expect(duration(12)).toBe('12.0 ms');
  });
});
