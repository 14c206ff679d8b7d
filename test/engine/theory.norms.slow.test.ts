import { describe, expect, test } from 'vitest';
import type { NamedTensor } from '../../src/lib/safetensors';
import { mean, THEORY, underSeeds, type Measurement } from './theorySupport';

/* What the norms themselves do. */

describe('ScaleNorm', () => {
  test.each([0.01, 1, 100])('‖y‖ = √d for tokens of std %d', async (embed_std) => {
    // One token, so that the RMS over all elements is that of the token.
    const settings = { ...THEORY, seq_len: 1, batch_size: 1, d_model: 64, n_layers: 2, embed_std };
    const norm = 'scalenorm';
    for (const { at } of await underSeeds(3, { ...settings, norm, placement: 'pre' })) {
      for (const site of ['blocks.0.attn_in', 'blocks.1.mlp_in', 'final_norm'] as const) {
        expect(Math.abs(8 * at(site, 'rms') - 8), site).toBeLessThan(1e-4);
      }
    }
    for (const { stream } of await underSeeds(3, { ...settings, norm, placement: 'post' })) {
      const [, ...after] = stream('rms');
      for (const rms of after) expect(Math.abs(8 * rms - 8)).toBeLessThan(1e-4);
    }
  });
});

describe('DyT', () => {
  test.each([
    [1, 0.173],
    [4, 0.636],
    [16, 0.901],
    [64, 0.975],
  ])('squashes: of RMS %d it makes a mean square of %d', async (embed_std, wanted) => {
    const [run] = await underSeeds(1, {
      ...THEORY,
      norm: 'dyt',
      placement: 'pre',
      sublayers: 'mlp',
      n_layers: 1,
      d_model: 64,
      mlp_ratio: 0.125,
      batch_size: 256,
      embed_std,
    });
    expect(Math.abs(run!.at('blocks.0.mlp_in', 'rms') ** 2 - wanted)).toBeLessThan(0.002);
  });
});

describe('BatchNorm and ReLU, no skip: the gradient explodes toward the input', () => {
  // x ← W_out ReLU(W_in N(x)), 512 tokens. In a network of linear, norm, ReLU the squared gradient grows by
  // π/(π − 1) per layer: ReLU halves it, and the norm divides it by the variance over the batch of what a
  // matrix makes of ReLU's output, (π − 1)/2π of its input's, for ReLU's mean is taken away.
  const settings = {
    ...THEORY,
    placement: 'pre',
    norm: 'batchnorm',
    final_norm: 'off',
    sublayers: 'mlp',
    residual_scale: 'skipless',
    n_layers: 20,
    d_model: 192,
    seq_len: 128,
    batch_size: 4,
  } as const;

  /** Ratio of the squared gradients of two layers that follow each other, from layer 3 to 17. */
  const growth = (runs: Measurement[]) =>
    mean(
      runs.map(({ stream }) => {
        const gradient = stream('grad_rms');
        return (gradient[3]! / gradient[17]!) ** (2 / 14);
      }),
    );

  test('the MLP as it is: W_in keeps the variance of signal and gradient', async () => {
    expect(Math.abs(growth(await underSeeds(4, settings)) - 1.467)).toBeLessThan(0.02);
  });

  test('W_in the identity: linear, norm, ReLU', async () => {
    const identity = ({ name, shape: [, F], data }: NamedTensor) =>
      name.endsWith('.w_in')
        ? data.map((_, i) => Number(Math.floor(i / F!) === i % F!))
        : undefined;
    expect(Math.abs(growth(await underSeeds(4, settings, identity)) - 1.467)).toBeLessThan(0.02);
  });

  test('with LayerNorm it does not: ReLU’s mean stays', async () => {
    const runs = await underSeeds(4, { ...settings, norm: 'layernorm', d_model: 128 });
    expect(Math.abs(growth(runs) - 1)).toBeLessThan(0.05);
  });
});
