import { describe, expect, test } from 'vitest';
import type { NamedTensor } from '../../src/lib/safetensors';
import {
  alignment,
  averaged,
  expectNear,
  mean,
  normalsOf,
  THEORY,
  underSeeds,
  type Measurement,
} from './theorySupport';

/* What attention does to tokens, and alike tokens to attention. */

const geometricMean = (values: number[]) => Math.exp(mean(values.map(Math.log)));

describe('queries and keys of tokens that are alike', () => {
  // n = 31, because shares of 1/32 add up to 1 without rounding.
  const settings = {
    ...THEORY,
    attention: 'softmax',
    placement: 'none',
    sublayers: 'attn',
    n_layers: 1,
    seq_len: 31,
  } as const;

  /** x0 of independent tokens made such that any two have correlation ρ. */
  const correlated =
    (rho: number) =>
    ({ name, shape, data }: NamedTensor): Float32Array | undefined => {
      if (name !== 'x0') return undefined;
      const [B, T, D] = shape as [number, number, number];
      const common = normalsOf('common', B * D);
      return data.map((own, i) => {
        const sequence = Math.floor(i / (T * D));
        const shared = common[sequence * D + (i % D)]!;
        return Math.sqrt(rho) * shared + Math.sqrt(1 - rho) * own;
      });
    };
  const toValues = (name: string) => (run: Measurement) =>
    run.param(`blocks.0.attn.${name}`, 'param_grad_rms') /
    run.param('blocks.0.attn.wv', 'param_grad_rms');

  test.each(['none', 'pre', 'post'] as const)('%s: no gradient at ρ = 1', async (placement) => {
    for (const run of await underSeeds(2, { ...settings, placement }, correlated(1))) {
      expect(run.at('embed', 'token_cosine')).toBeCloseTo(1, 6);
      expect(run.param('blocks.0.attn.wv', 'param_grad_rms')).toBeGreaterThan(0);
      for (const name of ['wq', 'wk']) expect(toValues(name)(run)).toBeLessThan(1e-5);
      for (const at of ['q', 'k'] as const) {
        const gradient = run.at(`blocks.0.attn.${at}`, 'grad_rms');
        expect(gradient / run.at('blocks.0.attn.v', 'grad_rms')).toBeLessThan(1e-5);
      }
    }
  });

  test('it vanishes with 1 − ρ', async () => {
    for (const [rho, wanted] of [
      [0, 0.906],
      [0.5, 0.146],
      [0.9, 0.0196],
      [0.99, 0.00175],
    ] as const) {
      const runs = await underSeeds(4, settings, correlated(rho));
      for (const name of ['wq', 'wk']) {
        expectNear(mean(runs.map(toValues(name))), wanted, 0.15, `${name} at ρ = ${rho}`);
      }
    }
  });
});

describe('attention alone', () => {
  // The default model, its tokens 2 in mean square, without MLP, norm and mask.
  const settings = {
    task: 'random',
    placement: 'none',
    sublayers: 'attn',
    causal: false,
    n_layers: 3,
  } as const;

  test('without skip: tokens align doubly exponentially (Dong et al. 2021)', async () => {
    const runs = await underSeeds(8, { ...settings, residual_scale: 'skipless' });
    const left = [1, 2, 3].map((l) =>
      geometricMean(runs.map(({ stream }) => Math.max(1 - stream('token_cosine')[l]!, 1e-7))),
    );
    expect(Math.abs(left[0]! - 0.8), `${left[0]}`).toBeLessThan(0.1);
    expect(Math.abs(Math.log(left[1]! / 0.035)), `${left[1]}`).toBeLessThan(Math.log(2.5));
    expect(left[2]).toBeLessThan(2e-5);
    // What is left loses twice as many digits in each layer, and more.
    expect(Math.log(left[1]!) / Math.log(left[0]!)).toBeGreaterThan(2);
    expect(Math.log(left[2]!) / Math.log(left[1]!)).toBeGreaterThan(2);
  });

  test('with skip they stay apart', async () => {
    expect(alignment(await underSeeds(4, settings))[3]).toBeLessThan(0.5);
  });
});

describe('entropy of attention without a mask, T = 128', () => {
  const settings = {
    ...THEORY,
    attention: 'softmax',
    n_layers: 1,
    seq_len: 128,
    batch_size: 1,
  } as const;
  const entropy = (runs: Measurement[]) =>
    averaged(runs, ({ frame }) => [frame.head.entropy[0]! * Math.log(128)])[0]!;

  test('scores that are independent unit normals: 4.366', async () => {
    // x0 is [Z, 16·1]: Z independent normals, 1 the identity. Queries read the one half and keys the other,
    // so that q·k/√256 is Z itself.
    const [T, D] = [128, 256];
    const replace = ({ name, data }: NamedTensor): Float32Array | undefined => {
      const [, kind] = /^blocks\.0\.attn\.w([qk])$/.exec(name) ?? [];
      const from = kind === 'k' ? T : 0;
      if (kind) return data.map((_, i) => Number(Math.floor(i / D) === (i % D) + from));
      if (name !== 'x0') return undefined;
      return data.map((z, i) => (i % D < T ? z : 16 * Number((i % D) - T === Math.floor(i / D))));
    };
    const alone = { placement: 'none', sublayers: 'attn' } as const;
    const runs = await underSeeds(6, { ...settings, ...alone }, replace);
    for (const { at } of runs) {
      expectNear(at('blocks.0.attn.scores', 'rms'), 1, 0.03, 'scores');
      expectNear(at('blocks.0.attn.scores', 'kurtosis'), 3, 0.05, 'kurtosis of scores');
    }
    expect(Math.abs(entropy(runs) - 4.366)).toBeLessThan(0.02);
  });

  test('Xavier’s queries and keys of normalized tokens: the same', async () => {
    expect(Math.abs(entropy(await underSeeds(12, settings)) - 4.366)).toBeLessThan(0.02);
  });
});
