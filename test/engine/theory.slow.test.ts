import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { createSession } from '../../src/engine/session';
import { measured, configOf, sessionOf } from './support';

/**
 * Numbers that a right implementation reproduces, in the setting of the theory: one head, d_ff = d, ReLU,
 * Xavier (for square matrices N(0, 1/d)), iid input of variance 1, unit iid gradient at the top.
 * Means over the seeds. Xiong et al. 2020; the recursion's table for n = 32, uniform attention.
 */
const THEORY: Partial<Config> = {
  task: 'gaussian',
  objective: 'random_projection',
  attention: 'uniform',
  n_layers: 12,
  d_model: 256,
  n_heads: 1,
  mlp_ratio: 1,
  activation: 'relu',
  init: 'xavier',
  causal: false,
  seq_len: 32,
  batch_size: 2,
};
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

/** Mean over seeds of a statistic at `embed` (l = 0) and after each layer. */
async function averaged(settings: Partial<Config>) {
  await sessionOf({ ...THEORY, ...settings, n_layers: 1, d_model: 8 });
  const mean: Record<string, number[]> = {};
  for (const seed of SEEDS) {
    const session = createSession(configOf({ ...THEORY, ...settings, seed }), '');
    const frame = await measured(session);
    const { sites } = session.report.layout;
    const add = (name: string, value: (at: number) => number, pick: (site: string) => boolean) => {
      const values = sites.flatMap((site, at) => (pick(site) ? [value(at)] : []));
      mean[name] = values.map((v, l) => (mean[name]?.[l] ?? 0) + v / SEEDS.length);
    };
    const stream = (site: string) => site === 'embed' || site.endsWith('.resid_post');
    add('V', (at) => frame.site.rms[at]! ** 2, stream);
    add('rho', (at) => frame.site.token_cosine[at]!, stream);
    add('gradient', (at) => frame.site.grad_rms[at]!, stream);
    add(
      'ratio',
      (at) => frame.site.branch_ratio[at]! ** 2,
      (site) => site.endsWith('.mlp_add'),
    );
    session.dispose();
  }
  return mean as { V: number[]; rho: number[]; gradient: number[]; ratio: number[] };
}

const LAYERS = [0, 2, 4, 6, 8, 10, 12];

describe('the theory’s setting', () => {
  test('pre-LN: variance, alignment and gradient by layer', { timeout: 120_000 }, async () => {
    const { V, rho, gradient } = await averaged({ placement: 'pre' });
    const wanted = {
      V: [1, 2.188, 3.864, 5.891, 8.132, 10.511, 12.983],
      rho: [0, 0.26, 0.463, 0.587, 0.665, 0.717, 0.754],
      gradient: [0.7075, 0.452, 0.371, 0.331, 0.307, 0.29, 0.2775],
    };
    LAYERS.forEach((l, i) => {
      expect(V[l]! / wanted.V[i]!, `V at ${l}`).toBeGreaterThan(0.94);
      expect(V[l]! / wanted.V[i]!, `V at ${l}`).toBeLessThan(1.06);
      expect(Math.abs(rho[l]! - wanted.rho[i]!), `ρ at ${l}`).toBeLessThan(0.03);
      expect(Math.abs(gradient[l]! / wanted.gradient[i]! - 1), `gradient at ${l}`).toBeLessThan(
        0.05,
      );
      // Xiong's Lemma 2: (1 + l/2) ≤ V_l ≤ (1 + 3l/2), with the room of a finite width.
      expect(V[l]!).toBeGreaterThan(0.97 * (1 + l / 2));
      expect(V[l]!).toBeLessThan(1.03 * (1 + 1.5 * l));
    });
  });

  test(
    'post-LN: alignment, and a gradient that falls, then rises again',
    { timeout: 120_000 },
    async () => {
      const { V, rho, gradient, ratio } = await averaged({ placement: 'post' });
      const wanted = [0, 0.318, 0.711, 0.915, 0.978, 0.995, 0.999];
      LAYERS.forEach((l, i) => {
        expect(Math.abs(rho[l]! - wanted[i]!), `ρ at ${l}`).toBeLessThan(0.03);
        if (l > 0) expect(V[l]).toBeCloseTo(1, 3);
      });
      expect(Math.abs(gradient[11]! / gradient[12]! - 0.72)).toBeLessThan(0.04);
      const lowest = gradient.indexOf(Math.min(...gradient));
      expect(lowest).toBeGreaterThanOrEqual(3);
      expect(lowest).toBeLessThanOrEqual(6);
      // The norm of the MLP reads x + f(x) with mean square 1 + ½.
      const meanSquare = ratio.reduce((sum, r) => sum + 1 + r, 0) / ratio.length;
      expect(Math.abs(meanSquare / 1.5 - 1)).toBeLessThan(0.08);
    },
  );

  test('ScaleNorm gives every token the norm √d', async () => {
    const session = await sessionOf({
      ...THEORY,
      placement: 'post',
      norm: 'scalenorm',
      n_layers: 2,
      d_model: 64,
    });
    const { site } = await measured(session);
    session.report.layout.sites.forEach((name, i) => {
      if (name.endsWith('resid_post')) expect(Math.abs(site.rms[i]! - 1)).toBeLessThan(1e-4);
    });
  });

  test('without uniform attention the recursion no longer holds', async () => {
    // Softmax of untrained scores concentrates, so tokens align more slowly than the means of uniform
    // attention do.
    const { rho } = await averaged({ attention: 'softmax', placement: 'post', init_gain: 2 });
    expect(Math.abs(rho[4]! - 0.711)).toBeGreaterThan(0.1);
  });

  test('entropy of softmax over iid unit scores at T = 128 is ln n − ½', async () => {
    // q and k of a Gaussian stack with Xavier matrices on normalized input: score variance 1.
    const entropies: number[] = [];
    for (const seed of SEEDS) {
      const session = await sessionOf({
        ...THEORY,
        attention: 'softmax',
        n_layers: 1,
        seq_len: 128,
        batch_size: 1,
        seed,
      });
      entropies.push((await measured(session)).head.entropy[0]! * Math.log(128));
      session.dispose();
    }
    const mean = entropies.reduce((a, b) => a + b, 0) / entropies.length;
    expect(Math.abs(mean - 4.366)).toBeLessThan(0.02);
  });
});
