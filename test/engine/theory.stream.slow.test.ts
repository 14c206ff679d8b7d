import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import {
  alignment,
  expectNear,
  mean,
  meanSquares,
  squaredGradients,
  THEORY,
  underSeeds,
} from './theorySupport';
import { predicted } from '../theory/support';

/* How the stream and its gradient change with depth, by placement and residual scale. */

describe('what a branch of mean square 1 adds', () => {
  // An output norm makes every branch 1, whatever the sublayer: V is a straight line at any width. Gated
  // MLPs, because random ones do not align tokens that are independent: many short sequences average out.
  const settings = {
    ...THEORY,
    n_layers: 24,
    d_model: 64,
    activation: 'swiglu',
    seq_len: 4,
    batch_size: 16,
    embed_std: 2,
  } as const;

  test.each([
    ['peri', 1],
    ['sandwich', 4],
  ] as const)('%s: V = %d + 2l', async (placement, V0) => {
    const V = meanSquares(await underSeeds(12, { ...settings, placement }));
    V.forEach((v, l) => expectNear(v, V0 + 2 * l, 0.04, `V at ${l}`));
  });
});

describe('tokens that share a part before the first layer', () => {
  test.each([0, 0.3, 0.9, 1])('ρ₀ = %d', async (token_correlation) => {
    const settings = { ...THEORY, n_layers: 4, embed_std: 2, token_correlation };
    const runs = await underSeeds(4, settings);
    const { of } = predicted(settings);
    const rho = alignment(runs);
    expect(rho[0]).toBeCloseTo(token_correlation, token_correlation === 1 ? 6 : 1.5);
    of('resid_post/token_cosine').forEach((wanted, l) => {
      expect(Math.abs(rho[l + 1]! - wanted), `ρ at ${l + 1}`).toBeLessThan(0.03);
    });
    const V = meanSquares(runs);
    expectNear(V[0]!, 4, 0.04, 'V₀');
    of('resid_post/rms').forEach((rms, l) =>
      expectNear(V[l + 1]!, rms ** 2, 0.08, `V at ${l + 1}`),
    );
  });
});

describe('MLPs alone', () => {
  const settings = { ...THEORY, sublayers: 'mlp', n_layers: 24 } as const;

  test('pre-LN: the product of V and G is the same in every layer', async () => {
    const runs = await underSeeds(8, { ...settings, placement: 'pre', seq_len: 16, batch_size: 1 });
    const V = meanSquares(runs);
    const products = squaredGradients(runs).map((G, l) => G * V[l]!);
    products.forEach((GV, l) => expectNear(GV, mean(products), 0.05, `GV at ${l}`));
    expect(V[24]).toBeGreaterThan(11);
  });

  // Xavier's matrices times 2^¼ each: ReLU halves the mean square and two matrices double it, so that a
  // branch gives as much as it reads, and its gradient as much as it is given.
  // With a norm G feels every fluctuation of V: at d = 128 it is some per cent larger than in the limit.
  test.each([
    ['none', 0.03],
    ['pre', 0.1],
  ] as const)('deepscale, %s: V and G stay 1', async (placement, tolerance) => {
    const unit = { init_gain: 2 ** 0.25, residual_scale: 'deepscale' } as const;
    const runs = await underSeeds(8, { ...settings, ...unit, d_model: 128, placement });
    meanSquares(runs).forEach((V, l) => expectNear(V, 1, 0.04, `V at ${l}`));
    squaredGradients(runs).forEach((G, l) => expectNear(G, 1, tolerance, `G at ${l}`));
  });
});

describe('no norm, uniform attention alone: x + b·attn(x) is linear', () => {
  // With a = (1 + b²)^L, ρ_L = (a − 1)/(n − 1 + a) and V_L = 1 + (a − 1)/n (Noci et al. 2022); n = 32. Wv and
  // Wo are N(0, 1/d) or orthogonal: both keep the variance. With one sublayer a layer, N = L in 1/√N. Means of
  // different sequences are independent: a larger batch averages out.
  const settings = {
    ...THEORY,
    placement: 'none',
    sublayers: 'attn',
    d_model: 64,
    batch_size: 16,
  } as const;

  test('b² = 1/L, L = 32: ρ = 0.050', async () => {
    const scaled = { n_layers: 32, residual_scale: 'inv_sqrt_depth', init: 'lecun' } as const;
    const runs = await underSeeds(8, { ...settings, ...scaled });
    expect(Math.abs(alignment(runs)[32]! - 0.05)).toBeLessThan(0.008);
    expectNear(meanSquares(runs)[32]!, 1.0524, 0.02, 'V');
  });

  test('b = 1, L = 8: ρ = 0.8885', async () => {
    const runs = await underSeeds(12, { ...settings, n_layers: 8, init: 'orthogonal' });
    expect(Math.abs(alignment(runs)[8]! - 0.8885)).toBeLessThan(0.02);
    expectNear(meanSquares(runs)[8]!, 8.97, 0.08, 'V');
  });
});

describe('LayerNorm Scaling', () => {
  test('the stream of the default model grows like a logarithm instead of a line', async () => {
    const grown = async (norm_scale: Config['norm_scale']) =>
      meanSquares(await underSeeds(8, { task: 'random', placement: 'pre', norm_scale }));
    const [line, logarithm] = [await grown('one'), await grown('inv_sqrt_layer')];
    for (const V of [line, logarithm]) expectNear(V[0]!, 2, 0.02, 'token plus position');
    expectNear(line[12]!, 10.7, 0.12, 'pre-LN');
    expectNear(logarithm[12]!, 3.6, 0.12, 'LayerNorm Scaling');
    const laterHalf = (V: number[]) => (V[12]! - V[6]!) / (V[6]! - V[0]!);
    expect(laterHalf(line)).toBeGreaterThan(1);
    // Equal branches over √(l + 1) give (H₁₂ − H₆)/H₆ = 0.27, H the harmonic numbers.
    expect(laterHalf(logarithm)).toBeLessThan(0.3);
  });
});

describe('ReZero at step 0', () => {
  test.each(['none', 'pre'] as const)('%s: blocks are the identity', async (placement) => {
    const [run] = await underSeeds(1, { placement, residual_scale: 'rezero' });
    const { stream, param, params } = run!;
    const [first, ...others] = stream('rms');
    for (const rms of others) expect(rms).toBe(first);

    const inBlocks = params.filter((name) => name.startsWith('blocks.'));
    const isScale = (name: string) => name.endsWith('.residual_scale');
    const largest = (names: string[]) =>
      Math.max(...names.map((name) => param(name, 'param_grad_rms')));
    expect(largest(inBlocks.filter((name) => !isScale(name)))).toBe(0);
    const scales = inBlocks.filter(isScale);
    expect(scales).toHaveLength(12);
    for (const name of scales) expect(param(name, 'param_grad_rms'), name).toBeGreaterThan(0);
    // The gradient has the same size at every layer.
    expect(new Set(stream('grad_rms')).size).toBe(1);
  });
});
