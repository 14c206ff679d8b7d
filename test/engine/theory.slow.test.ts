import { describe, expect, test } from 'vitest';
import type { NamedTensor } from '../../src/lib/safetensors';
import {
  alignment,
  averaged,
  expectNear,
  gradients,
  mean,
  meanSquares,
  squaredGradients,
  THEORY,
  underSeeds,
} from './theorySupport';

/*
 * Mean square, alignment and gradient by layer against the recursion (docs/science.md), n = 32, uniform
 * attention, L = 12, means over the seeds; and what is left of it where its assumptions fail.
 */

const SEEDS = 12;
const LAYERS = [0, 2, 4, 6, 8, 10, 12];

describe('the theory’s setting', () => {
  test('pre-LN: mean square, alignment and gradient by layer', async () => {
    const wanted = {
      V: [1, 2.188, 3.864, 5.891, 8.132, 10.511, 12.983],
      rho: [0, 0.26, 0.463, 0.587, 0.665, 0.717, 0.754],
      gradient: [0.7075, 0.452, 0.371, 0.331, 0.307, 0.29, 0.2775],
    };
    const runs = await underSeeds(SEEDS, { ...THEORY, placement: 'pre' });
    const [V, rho, gradient] = [meanSquares(runs), alignment(runs), gradients(runs)];
    LAYERS.forEach((l, i) => {
      expectNear(V[l]!, wanted.V[i]!, 0.06, `V at ${l}`);
      expect(Math.abs(rho[l]! - wanted.rho[i]!), `ρ at ${l}`).toBeLessThan(0.03);
      expectNear(gradient[l]!, wanted.gradient[i]!, 0.05, `gradient at ${l}`);
    });
    // Xiong et al. 2020, Lemma 2; at l = 0 both ends of the band are the input itself.
    V.slice(1).forEach((v, i) => {
      const l = i + 1;
      expect(v, `V at ${l}`).toBeGreaterThan(1 + l / 2);
      expect(v, `V at ${l}`).toBeLessThan(1 + 1.5 * l);
    });
  });

  test('post-LN: alignment, and a gradient that falls, then rises again', async () => {
    const wanted = {
      rho: [0, 0.318, 0.711, 0.915, 0.978, 0.995, 0.999],
      gradient: [0.405, 0.255, 0.207, 0.2205, 0.305, 0.524, 1],
    };
    const runs = await underSeeds(SEEDS, { ...THEORY, placement: 'post' });
    const [V, rho, gradient] = [meanSquares(runs), alignment(runs), gradients(runs)];
    LAYERS.forEach((l, i) => {
      expect(Math.abs(rho[l]! - wanted.rho[i]!), `ρ at ${l}`).toBeLessThan(0.03);
      expectNear(gradient[l]!, wanted.gradient[i]!, 0.1, `gradient at ${l}`);
      if (l > 0) expect(V[l]).toBeCloseTo(1, 3);
    });
    expect(Math.abs(gradient[11]! / gradient[12]! - 0.72)).toBeLessThan(0.04);
    expect([4, 5]).toContain(gradient.indexOf(Math.min(...gradient)));
    // Branch and stream are at right angles on the mean, so the norm of the MLP reads 1 + ½ in every layer.
    const branches = averaged(runs, ({ at }) =>
      Array.from({ length: 12 }, (_, l) => at(`blocks.${l}.mlp_add`, 'branch_ratio') ** 2),
    );
    branches.forEach((ratio, l) => expectNear(1 + ratio, 1.5, 0.08, `before the norm of ${l}`));
  });

  test('post-LN: the mean square that the norm of the MLP reads is 1.5', async () => {
    // On the stream of three post-LN layers stands an MLP of which the norm is taken away, so that what it
    // would read is itself a site.
    const runs = await underSeeds(8, {
      ...THEORY,
      n_layers: 4,
      placement: 'post',
      layer_overrides: '3:none',
      interventions: '3:scale.attn=0',
    });
    expectNear(mean(runs.map(({ at }) => at('blocks.3.mlp_in', 'rms') ** 2)), 1, 1e-3, 'read');
    expectNear(meanSquares(runs)[4]!, 1.5, 0.08, 'x + f(x)');
  });
});

describe('where the assumptions fail', () => {
  test('with attention that chooses, tokens align more slowly', async () => {
    // Queries and keys larger, nothing else: a token reads few others, not the mean of all.
    const settings = { ...THEORY, d_model: 128, n_layers: 4, placement: 'post' } as const;
    const larger = ({ name, data }: NamedTensor) =>
      /\.w[qk]$/.test(name) ? data.map((w) => 3 * w) : undefined;
    expectNear(alignment(await underSeeds(4, settings))[4]!, 0.711, 0.1, 'uniform');
    const chosen = await underSeeds(4, { ...settings, attention: 'softmax' }, larger);
    expect(alignment(chosen)[4]).toBeLessThan(0.6);
  });

  test('with small weights the placements do not differ', async () => {
    const ratios = [];
    for (const placement of ['pre', 'post'] as const) {
      const runs = await underSeeds(4, { ...THEORY, d_model: 128, init: 'normal', placement });
      const G = squaredGradients(runs);
      ratios.push(Math.sqrt(G[0]! / G[12]!));
      // Predicted of Xavier's weights: 12.98 of pre-LN; 0.754 and 0.999.
      expectNear(meanSquares(runs)[12]!, 1, 0.1, 'V');
      expect(alignment(runs)[12]).toBeLessThan(0.1);
    }
    // Predicted: 0.7075/0.2775 of pre-LN, 0.405 of post-LN.
    for (const ratio of ratios) expectNear(ratio, 1, 0.1, 'gradient at 0 over that at 12');
  });

  test('under GPT-2’s initialization the gradient of the default page is flat', async () => {
    const change = async (init: 'gpt2' | 'xavier', placement: 'pre' | 'post') => {
      const [run] = await underSeeds(1, { init, placement });
      const gradient = run!.stream('grad_rms');
      return gradient[1]! / gradient[12]!;
    };
    for (const placement of ['pre', 'post'] as const) {
      expectNear(await change('gpt2', placement), 1, 0.25, placement);
    }
    expect(await change('xavier', 'pre')).toBeGreaterThan(2);
  });
});
