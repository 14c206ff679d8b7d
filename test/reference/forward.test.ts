import { describe, expect, test } from 'vitest';
import { referenceFrame, randomWeights, seeded, type RefConfig, type Weights } from './index';
import { rotate, sinusoids, SLOPES } from './positions';
import { erf, erfc } from './special';
import { entropy, siteStatistics } from './statistics';
import { tensor } from './tape';

describe('special functions', () => {
  /** From an arbitrary-precision library. */
  const known = [
    [0.1, 0.1124629160182849, 0.8875370839817152],
    [0.5, 0.5204998778130465, 0.4795001221869535],
    [1, 0.8427007929497149, 0.15729920705028513],
    [1.99, 0.995111413199617, 0.004888586800383002],
    [2, 0.9953222650189527, 0.004677734981047266],
    [3, 0.9999779095030014, 2.209049699858544e-5],
    [5, 0.9999999999984626, 1.537459794428035e-12],
  ] as const;
  test.each(known)('erf and erfc of %f', (x, erfOfX, erfcOfX) => {
    expect(Math.abs(erf(x) - erfOfX)).toBeLessThan(1e-15);
    expect(erf(-x)).toBe(-erf(x));
    expect(Math.abs(erfc(x) / erfcOfX - 1)).toBeLessThan(1e-12);
    expect(Math.abs(erfc(-x) - 1 - erfOfX)).toBeLessThan(2e-15);
  });
});

describe('statistics', () => {
  const site = (shape: number[], data: number[]) => siteStatistics(tensor(shape, data));

  test('of a site with known moments', () => {
    const { rms, mean, absmax, kurtosis, outlier, token_cosine } = site([1, 2, 2], [3, -4, 4, 3]);
    expect([rms, mean, absmax]).toEqual([Math.sqrt(12.5), 1.5, 4]);
    expect(kurtosis).toBeCloseTo((81 + 256) / 2 / 12.5 ** 2, 14);
    expect(outlier).toBeCloseTo(1, 14);
    expect(token_cosine).toBeCloseTo(0, 14);
  });

  test('cosines are of pairs of one sequence', () => {
    const { token_cosine } = site([2, 2, 2], [1, 0, 2, 0, 0, 1, 0, -1]);
    expect(token_cosine).toBeCloseTo((1 - 1) / 2, 14);
    expect(site([1, 3, 2], [1, 0, 2, 0, 0, 1]).token_cosine).toBeCloseTo(1 / 3, 14);
  });

  test('one feature that carries everything', () => {
    expect(site([1, 2, 4], [5, 0, 0, 0, 5, 0, 0, 0]).outlier).toBeCloseTo(4, 14);
  });

  test('fourth powers neither overflow nor vanish', () => {
    const values = [3, -4, 4, 3];
    for (const factor of [1e-120, 1e120]) {
      const { kurtosis, outlier } = site(
        [1, 2, 2],
        values.map((x) => x * factor),
      );
      expect(kurtosis).toBeCloseTo(1.0784, 10);
      expect(outlier).toBeCloseTo(1, 10);
    }
  });

  test('what is not defined is NaN', () => {
    expect(site([1, 1, 2], [1, 2]).token_cosine).toBeNaN();
    expect(site([1, 2, 2], [0, 0, 1, 2]).token_cosine).toBeNaN();
    const zero = site([1, 2, 2], [0, 0, 0, 0]);
    expect([zero.rms, zero.kurtosis, zero.outlier]).toEqual([0, NaN, NaN]);
    const pattern = site([1, 1, 2, 2], [1, 0, 0.5, 0.5]);
    expect([pattern.outlier, pattern.token_cosine]).toEqual([NaN, NaN]);
  });

  test('entropy keeps its digits where one key has nearly everything', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 14);
    expect(entropy([1, 0])).toBe(0);
    const rest = 1e-30;
    expect(entropy([rest, 1]) / (rest * (1 - Math.log(rest)))).toBeCloseTo(1, 12);
  });
});

describe('positions', () => {
  test('sinusoids', () => {
    const { data } = sinusoids(3, 4);
    expect([...data.slice(0, 4)]).toEqual([0, 1, 0, 1]);
    expect(data[8]).toBe(Math.sin(2));
    expect(data[11]).toBe(Math.cos(2 / 100));
  });

  test('a rotation depends on the distance alone', () => {
    const random = seeded(3);
    const q = Array.from({ length: 6 }, random.normal);
    const k = Array.from({ length: 6 }, random.normal);
    const repeat = (x: number[]) => tensor([1, 1, 4, 6], [...x, ...x, ...x, ...x]);
    const [a, b] = [rotate(repeat(q)).data, rotate(repeat(k)).data];
    const score = (i: number, j: number): number =>
      q.reduce((total, _, f) => total + a[i * 6 + f]! * b[j * 6 + f]!, 0);
    expect(score(3, 1)).toBeCloseTo(score(2, 0), 13);
    expect(score(0, 0)).toBeCloseTo(score(3, 3), 13);
    expect(Math.abs(score(1, 0) - score(2, 0))).toBeGreaterThan(1e-3);
  });
});

test('ALiBi’s slopes, even ones and those of the authors’ code', () => {
  const exponents = (kind: string, H: number) =>
    Array.from({ length: H }, (_, h) => Math.log2(SLOPES[kind]!(h + 1, H)));
  expect(exponents('alibi', 4)).toEqual([-2, -4, -6, -8]);
  expect(exponents('alibi_authors', 4)).toEqual([-2, -4, -6, -8]);
  expect(exponents('alibi_authors', 1)).toEqual([-8]);
  expect(exponents('alibi_authors', 3)).toEqual([-4, -8, -2]);
  expect(exponents('alibi_authors', 6)).toEqual([-2, -4, -6, -8, -1, -3]);
});

describe('the stack', () => {
  const TINY: RefConfig = {
    n_layers: 2,
    d_model: 8,
    n_heads: 2,
    mlp_ratio: 2,
    seq_len: 5,
    batch_size: 2,
    task: 'gaussian',
    objective: 'random_projection',
  };
  const run = (change: RefConfig, edit?: (weights: Weights) => void) => {
    const config = { ...TINY, ...change };
    const weights = randomWeights(config, 0, seeded(1));
    edit?.(weights);
    return referenceFrame(config, weights, null);
  };
  const fill = (weights: Weights, pattern: RegExp, value: number): void => {
    for (const [name, { shape, data }] of weights) {
      if (pattern.test(name)) weights.set(name, { shape, data: Array.from(data, () => value) });
    }
  };
  const unitNorms = (weights: Weights): void => {
    fill(weights, /norm\.gain$/, 1);
    fill(weights, /norm\.bias$/, 0);
  };

  test('LayerNorm leaves mean 0 and variance σ²/(σ² + ε)', () => {
    const { values } = run({ norm_eps: 0.5 }, unitNorms);
    const moments = (x: Float64Array) => {
      const mean = x.reduce((a, b) => a + b) / x.length;
      return [mean, x.reduce((total, v) => total + (v - mean) ** 2, 0) / x.length] as const;
    };
    const [, before] = moments(values.get('blocks.0.resid_pre')!.subarray(0, 8));
    const [mean, after] = moments(values.get('blocks.0.attn_in')!.subarray(0, 8));
    expect(mean).toBeCloseTo(0, 14);
    expect(after).toBeCloseTo(before / (before + 0.5), 14);
  });

  test('RMSNorm and ScaleNorm leave RMS 1; BatchNorm unit features', () => {
    const { values } = run({ norm: 'rmsnorm', norm_eps: 0 }, unitNorms);
    const token = values.get('blocks.0.attn_in')!.subarray(8, 16);
    expect(token.reduce((total, x) => total + x * x, 0)).toBeCloseTo(8, 13);

    const scaled = run({ norm: 'scalenorm' }, (weights) => fill(weights, /gain$/, Math.sqrt(8)));
    expect(scaled.site.get('blocks.1.attn_in')!.rms).toBeCloseTo(1, 14);

    const batch = run({ norm: 'batchnorm', norm_eps: 0 }, unitNorms).values.get('blocks.1.mlp_in')!;
    const feature = batch.filter((_, i) => i % 8 === 3);
    expect(feature.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
    expect(feature.reduce((a, b) => a + b * b, 0)).toBeCloseTo(10, 12);
  });

  test('LayerNorm does not see a shift of the features, RMSNorm does', () => {
    const shifted = (weights: Weights): void => {
      const { shape, data } = weights.get('x0')!;
      weights.set('x0', { shape, data: Array.from(data, (x) => x + 1) });
    };
    const read = (norm: string, edit?: (weights: Weights) => void) =>
      run({ norm }, edit).values.get('blocks.0.attn_in')!;
    const distance = (norm: string): number => {
      const before = read(norm);
      return Math.hypot(...read(norm, shifted).map((x, i) => x - before[i]!));
    };
    expect(distance('layernorm')).toBeLessThan(1e-12);
    expect(distance('rmsnorm')).toBeGreaterThan(1);
  });

  test('post-LN ends every update in a norm; pre-LN leaves the stream a plain sum', () => {
    const post = run({ placement: 'post', norm_eps: 0 }, unitNorms);
    expect(post.site.get('blocks.0.resid_mid')!.rms).toBeCloseTo(1, 14);
    expect(post.site.get('blocks.1.resid_post')!.rms).toBeCloseTo(1, 14);
    expect(post.site.has('final_norm')).toBe(false);
    expect(post.values.get('blocks.0.attn_in')).toEqual(post.values.get('embed'));

    const { values } = run({});
    const [x, add, mid] = ['resid_pre', 'attn_add', 'resid_mid'].map((site) =>
      values.get(`blocks.1.${site}`)!,
    );
    expect(mid).toEqual(x!.map((value, i) => value + add![i]!));
  });

  test('the gradient at what a branch reads is the branch’s alone', () => {
    const { gradients } = run({ placement: 'none' });
    const [stream, branch, rest] = ['resid_pre', 'attn_in', 'resid_mid'].map((site) =>
      gradients.get(`blocks.0.${site}`)!,
    );
    stream!.forEach((g, i) => expect(g).toBeCloseTo(branch![i]! + rest![i]!, 12));
  });

  test('causal attention does not look ahead, BatchNorm does', () => {
    const disturbed = (weights: Weights): void => {
      const { shape, data } = weights.get('x0')!;
      weights.set('x0', { shape, data: Array.from(data, (x, i) => (i >= 32 && i < 40 ? 0 : x)) });
    };
    const earlier = (change: RefConfig, edit?: (weights: Weights) => void) =>
      run(change, edit).values.get('blocks.1.resid_post')!.slice(0, 32);
    expect(earlier({}, disturbed)).toEqual(earlier({}));
    expect(earlier({ causal: false }, disturbed)).not.toEqual(earlier({ causal: false }));
    expect(earlier({ norm: 'batchnorm' }, disturbed)).not.toEqual(earlier({ norm: 'batchnorm' }));
  });

  test('uniform attention: entropy 1, the sink’s and the distance’s baseline', () => {
    const { head } = run({ attention: 'uniform' });
    expect(head.entropy[1]![0]).toBeCloseTo(1, 14);
    expect(head.sink[0]![1]).toBeCloseTo((1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 4, 14);
    expect(head.distance[0]![0]).toBeCloseTo((0 + 0.5 + 1 + 1.5 + 2) / 5, 14);
    expect(head.max_logit).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const whole = run({ attention: 'uniform', causal: false }).head;
    expect(whole.distance[0]![0]).toBeCloseTo(0, 14);
    expect(whole.entropy[0]![0]).toBeCloseTo(1, 14);
  });

  test('what starts at 0 leaves the stream as it is', () => {
    const { site, param } = run({ residual_scale: 'rezero' }, (weights) =>
      fill(weights, /residual_scale$/, 0),
    );
    expect(site.get('blocks.1.resid_post')!.rms).toBe(site.get('embed')!.rms);
    expect(site.get('blocks.0.attn_add')!.branch_ratio).toBe(0);
    expect(param.get('blocks.0.attn.wq')!.param_grad_rms).toBe(0);
    expect(param.get('blocks.0.residual_scale')!.param_grad_rms).toBeGreaterThan(0);
  });

  test('running statistics move a tenth of the way and serve the evaluation', () => {
    const config = { ...TINY, norm: 'batchnorm' };
    const weights = randomWeights(config, 0, seeded(1));
    const name = 'blocks.0.attn.norm.running_mean';
    const { values, buffers } = referenceFrame(config, weights, null);
    const feature = values.get('blocks.0.resid_pre')!.filter((_, i) => i % 8 === 0);
    const mean = feature.reduce((a, b) => a + b) / 10;
    const before = weights.get(name)!.data[0]!;
    expect(buffers.get(name)![0]).toBeCloseTo(0.9 * before + 0.1 * mean, 14);
    const about = name.replace('mean', 'var');
    const squares = feature.reduce((total, x) => total + (x - mean) ** 2, 0);
    const kept = weights.get(about)!.data[0]!;
    expect(buffers.get(about)![0]).toBeCloseTo(0.9 * kept + (0.1 * squares) / 9, 14);

    const evaluation = referenceFrame(config, weights, null, { training: false });
    expect(evaluation.buffers.size).toBe(0);
    expect(evaluation.loss).not.toBeCloseTo(referenceFrame(config, weights, null).loss, 3);
  });

  test('σReparam: the power step finds the largest singular value, where it begins without u', () => {
    const config = { ...TINY, weight_reparam: 'sigma', placement: 'none', n_layers: 1 };
    const weights = randomWeights(config, 0, seeded(1));
    const without = new Map([...weights].filter(([name]) => !name.endsWith('.u')));
    for (let step = 0; step < 200; step++) {
      for (const [name, u] of referenceFrame(config, weights, null).buffers) {
        weights.set(name, { shape: weights.get(name)!.shape, data: u });
      }
    }
    // A matrix times its own gain, or any multiple of it, is the same matrix.
    const { loss } = referenceFrame(config, weights, null);
    expect(referenceFrame(config, without, null).loss).toBeCloseTo(loss, 10);
    const wq = weights.get('blocks.0.attn.wq')!;
    weights.set('blocks.0.attn.wq', { shape: wq.shape, data: Array.from(wq.data, (w) => 3 * w) });
    expect(referenceFrame(config, weights, null).loss).toBeCloseTo(loss, 12);
  });
});

describe('tokens', () => {
  const config: RefConfig = {
    n_layers: 1,
    d_model: 4,
    n_heads: 1,
    mlp_ratio: 1,
    seq_len: 3,
    batch_size: 1,
  };
  const random = seeded(5);
  const weights = randomWeights(config, 5, random);
  const inputs = [[1, 4, 0]];

  test('targets of −1 are not counted', () => {
    const both = (targets: number[][]) => referenceFrame(config, weights, { inputs, targets });
    const [first, second] = [both([[2, -1, -1]]), both([[-1, 3, -1]])];
    expect((first.loss + second.loss) / 2).toBeCloseTo(both([[2, 3, -1]]).loss, 14);
    expect(both([[2, 3, -1]]).output.output_entropy).toBeCloseTo(
      (first.output.output_entropy + second.output.output_entropy) / 2,
      14,
    );
    const none = both([[-1, -1, -1]]);
    expect([none.loss, none.output.accuracy]).toEqual([NaN, NaN]);
  });

  test('equal logits: ln V, its entropy, and a confidence of 1/V', () => {
    const flat = new Map(weights);
    flat.set('unembed', { shape: [4, 5], data: new Float64Array(20) });
    const { loss, output } = referenceFrame(config, flat, { inputs, targets: [[0, 0, 3]] });
    expect(loss).toBeCloseTo(Math.log(5), 14);
    expect(output.output_entropy).toBeCloseTo(Math.log(5), 14);
    expect(output.accuracy).toBeCloseTo(2 / 3, 14);
    expect(output.ece).toBeCloseTo(2 / 3 - 1 / 5, 14);
  });
});
