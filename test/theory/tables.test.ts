import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { CHOICES } from '../../src/config/choices';
import { entropy as entropyOf } from '../../src/lib/entropy';
import { erf } from '../../src/lib/erf';
import { stream } from '../../src/lib/random';
import { activations, errorFunction, smooth } from '../../src/theory/activations';
import { entropyFloor } from '../../src/theory/entropyFloor';
import { entropy, logPartition, participation } from '../../src/theory/softmax';
import { THEORY } from '../engine/theorySupport';
import { predicted } from './support';

/* The numbers of papers and docs/science.md, by theory alone. */

const within = (tolerance: number) => (got: number, wanted: number, what?: string) =>
  expect(Math.abs(got - wanted), `${what}: ${got}, not ${wanted}`).toBeLessThan(tolerance);
const near = within(6e-4);

describe('the setting of Xiong et al. 2020', () => {
  const LAYERS = [0, 2, 4, 6, 8, 10, 12];
  test.each([
    [
      'pre',
      [1, 2.188, 3.864, 5.891, 8.132, 10.511, 12.983],
      [0, 0.26, 0.463, 0.587, 0.665, 0.717, 0.754],
      [0.7075, 0.452, 0.371, 0.331, 0.307, 0.29, 0.2775],
    ],
    [
      'post',
      [1, 1, 1, 1, 1, 1, 1],
      [0, 0.318, 0.711, 0.915, 0.978, 0.995, 0.999],
      [0.405, 0.255, 0.207, 0.2205, 0.305, 0.524, 1],
    ],
  ] as const)('%s-LN, layer by layer', (placement, V, rho, gradient) => {
    const theory = predicted({ ...THEORY, placement });
    LAYERS.forEach((l, i) => {
      near(theory.V[l]!, V[i]!, `V at ${l}`);
      near(theory.stream('token_cosine')[l]!, rho[i]!, `ρ at ${l}`);
      near(theory.stream('grad_rms')[l]!, gradient[i]!, `gradient at ${l}`);
    });
  });

  test('pre-LN lies in the band of Lemma 2', () => {
    const { V } = predicted({ ...THEORY, placement: 'pre' });
    V.slice(1).forEach((v, i) => {
      expect(v).toBeGreaterThan(1 + (i + 1) / 2);
      expect(v).toBeLessThan(1 + 1.5 * (i + 1));
    });
  });

  test('post-LN: the gradient falls by 0.72 below the top and is least at layer 4 to 5', () => {
    const gradient = predicted({ ...THEORY, placement: 'post' }).stream('grad_rms');
    near(gradient[11]!, 0.7185);
    expect([4, 5]).toContain(gradient.indexOf(Math.min(...gradient)));
  });

  test('the gradient of w_out is that of its input and of what comes back', () => {
    // (n d²/2)·[G + (n − 1)κ(ρ)C] per sequence; in the top layer without a norm above, G = 1 and C = 0.
    const { of } = predicted({ ...THEORY, placement: 'pre', final_norm: 'off', batch_size: 1 });
    near(of('mlp.w_out/param_grad_rms').at(-1)!, Math.sqrt(32 / 2));
  });
});

describe('laws of single papers', () => {
  const alone = { ...THEORY, placement: 'none', sublayers: 'attn' } as const;

  test('attention alone on a linear stream (Noci et al. 2022)', () => {
    const gentle = predicted({
      ...alone,
      n_layers: 32,
      residual_scale: 'inv_sqrt_depth',
      init: 'lecun',
    });
    const strong = predicted({ ...alone, n_layers: 8, init: 'orthogonal' });
    const n = 32;
    for (const [{ V, stream }, a] of [
      [gentle, (1 + 1 / 32) ** 32],
      [strong, 2 ** 8],
    ] as const) {
      expect(stream('token_cosine').at(-1)).toBeCloseTo((a - 1) / (n - 1 + a), 9);
      expect(V.at(-1)).toBeCloseTo(1 + (a - 1) / n, 9);
    }
  });

  test.each([
    ['peri', 1],
    ['sandwich', 4],
  ] as const)('%s: V = %d + 2l (Kim et al. 2025)', (placement, V0) => {
    const { V } = predicted({ ...THEORY, n_layers: 24, embed_std: 2, placement });
    V.forEach((v, l) => {
      within(0.01)(v, V0 + 2 * l, `V at ${l}`);
    });
  });

  test('BatchNorm: the squared gradient grows by π/(π − 1) a layer (Yang et al. 2019)', () => {
    const gradient = predicted({
      ...{ ...THEORY, norm: 'batchnorm', sublayers: 'mlp', residual_scale: 'skipless' },
      ...{ final_norm: 'off', n_layers: 20, seq_len: 16, batch_size: 16 },
    }).stream('grad_rms');
    for (let l = 3; l < 17; l++) {
      within(2e-3)((gradient[l]! / gradient[l + 1]!) ** 2, Math.PI / (Math.PI - 1));
    }
  });

  test('pre-LN, MLPs alone: G·V is the same everywhere', () => {
    const { V, stream } = predicted({ ...THEORY, placement: 'pre', sublayers: 'mlp' });
    stream('grad_rms').forEach((g, l) => {
      within(1e-4)(g ** 2 * V[l]!, 1, `at ${l}`);
    });
  });

  test('deepscale with unit branches: V and G stay 1 (Kedia et al. 2024)', () => {
    const unit = { init_gain: 2 ** 0.25, residual_scale: 'deepscale', sublayers: 'mlp' } as const;
    const { V, stream } = predicted({ ...THEORY, ...unit, placement: 'none', n_layers: 24 });
    V.forEach((v) => {
      expect(v).toBeCloseTo(1, 8);
    });
    stream('grad_rms').forEach((g) => {
      expect(g).toBeCloseTo(1, 8);
    });
  });

  test('ReZero: every block is the identity', () => {
    const { V, of, stream } = predicted({ residual_scale: 'rezero', ...THEORY });
    expect(new Set(V).size).toBe(1);
    expect(new Set(stream('grad_rms')).size).toBe(1);
    expect(Math.max(...of('mlp.w_out/param_grad_rms'))).toBe(0);
  });

  test('DyT: mean square by size', () => {
    [1, 4, 16, 64].forEach((embed_std, i) => {
      const { of } = predicted({ ...THEORY, norm: 'dyt', embed_std });
      within(2e-3)(of('attn_in/rms')[0]! ** 2, [0.173, 0.636, 0.901, 0.975][i]!);
    });
  });

  test('scores: the gradient of queries beside that of values falls with 1 − ρ', () => {
    const { of, stream } = predicted({ ...THEORY, attention: 'softmax', placement: 'post' });
    const quotient = of('attn.wq/param_grad_rms').map(
      (q, l) => q / of('attn.wv/param_grad_rms')[l]!,
    );
    const rho = stream('token_cosine');
    expect(quotient[11]! / (1 - rho[11]!)).toBeLessThan(1);
    expect(quotient[11]! / (1 - rho[11]!)).toBeGreaterThan(0.1);
  });

  test('LayerNorm Scaling grows like a logarithm', () => {
    const grown = (norm_scale: Config['norm_scale']) =>
      predicted({ ...THEORY, placement: 'pre', norm_scale }).V;
    const laterHalf = (V: number[]) => (V[12]! - V[6]!) / (V[6]! - V[0]!);
    expect(laterHalf(grown('one'))).toBeGreaterThan(1);
    expect(laterHalf(grown('inv_sqrt_layer'))).toBeLessThan(0.4);
  });
});

describe('softmax of independent normal scores', () => {
  test('entropy over 128 keys', () => within(1e-3)(entropy(128, 1), 4.366));
  test('mean over the rows of a causal mask of 128', () => {
    const rows = Array.from({ length: 128 }, (_, i) => entropy(i + 1, 1));
    within(0.03)(rows.reduce((sum, x) => sum + x, 0) / 128, 3.45);
  });
  test('for many keys E Σ a² is e^x/m and E ln Z is ln m + x/2', () => {
    within(0.02)((participation(20000, 1) * 20000) / Math.E, 1);
    within(1e-3)(logPartition(20000, 1), Math.log(20000) + 0.5);
  });
  test('two keys by a sum over their difference', () => {
    let [squares, weight] = [0, 0];
    for (let z = -12; z <= 12; z += 0.01) {
      const density = Math.exp((-z * z) / 4);
      const a = 1 / (1 + Math.exp(-z));
      squares += density * (a * a + (1 - a) ** 2);
      weight += density;
    }
    within(1e-4)(participation(2, 1), squares / weight);
  });
});

describe('every choice', () => {
  const KEYS = [
    ...['placement', 'residual_scale', 'norm_scale', 'activation', 'init', 'inner_norm'],
    ...['qk_norm', 'weight_reparam', 'sublayers', 'topology', 'norm', 'positions', 'final_norm'],
  ] as const;
  const cases = (KEYS as readonly (keyof typeof CHOICES)[]).flatMap((key) =>
    Object.keys(CHOICES[key]).map((id) => [key, id] as const),
  );

  test.each(cases)('%s=%s: finite numbers, or none and why', (key, id) => {
    const settings = { ...THEORY, n_layers: 3, seq_len: 8, attention: 'softmax', causal: true };
    const { quantities, failing } = predicted({ ...settings, [key]: id } as Partial<Config>);
    const numbers = Object.values(quantities).flat();
    expect(numbers.every(Number.isFinite)).toBe(true);
    if (numbers.length === 0) expect(failing.length).toBeGreaterThan(0);
  });
});

describe('components (Kedia et al. 2024, table 1)', () => {
  /** Of tokens of variance 1, each two with correlation r: [2, 2] as its lower half. */
  const pair = (r: number) => Float64Array.of(1, r, 1);
  const at = (activation: Config['activation'], r = 0.5) => {
    const law = activations[activation];
    const [power] = law.second(pair(r));
    const [slope, crossed] = law.slopes(pair(r));
    return { mean: law.mean(pair(r))[0]!, power: power!, slope: slope!, crossed: crossed! };
  };

  test('ReLU: mean σ/√2π, variance (π − 1)/2π, a gradient halved, a correlation by ½ + asin(r)/π', () => {
    const { mean, power, slope, crossed } = at('relu');
    expect(mean).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 12);
    expect(power - mean ** 2).toBeCloseTo((Math.PI - 1) / (2 * Math.PI), 12);
    expect(slope).toBeCloseTo(0.5, 12);
    expect(crossed / slope).toBeCloseTo(0.5 + Math.asin(0.5) / Math.PI, 12);
  });

  test('GELU: mean, E y² = 0.425, variance 0.346, gradient', () => {
    const { mean, power, slope } = at('gelu');
    expect(mean).toBeCloseTo(1 / Math.sqrt(4 * Math.PI), 12);
    near(power, 0.4252);
    near(power - mean ** 2, 0.3456);
    expect(slope).toBeCloseTo(
      0.25 + Math.asin(0.5) / (2 * Math.PI) + 8 / (2 * Math.PI * 2 * 3 ** 1.5),
      12,
    );
  });

  test('kernels in closed form are those of the Hermite series', () => {
    const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const below = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
    const series = {
      gelu: smooth(
        (x) => x * below(x),
        (x) => below(x) + x * density(x),
      ),
      erf: smooth(
        (x) => erf(0.5 * x),
        (x) => Math.exp(-0.25 * x * x) / Math.sqrt(Math.PI),
      ),
    };
    for (const K of [pair(0.3), Float64Array.of(0.5, -0.4, 2), Float64Array.of(3, 1, 0.4)]) {
      for (const [closed, open] of [
        [activations.gelu, series.gelu],
        [errorFunction(0.5), series.erf],
      ] as const) {
        for (const kernel of ['second', 'slopes', 'mean'] as const) {
          closed[kernel](K).forEach((x, i) => {
            expect(x).toBeCloseTo(open[kernel](K)[i]!, 6);
          });
        }
      }
    }
  });

  test('softmax of many scores: variance (e^x − 1)/n²', () => {
    const [n, x] = [20000, 0.5];
    within(0.02)(((participation(n, x) / n - 1 / n ** 2) * n ** 2) / (Math.exp(x) - 1), 1);
  });
});

describe('the floor of the entropy (Zhai et al. 2023)', () => {
  const softmaxEntropy = (scores: number[]) => entropyOf(scores.map(Math.exp));

  test.each([
    [1, 4],
    [3, 16],
    [8, 128],
  ])('of scores of spectral norm %d over %d keys is that of the row that reaches it', (size, T) => {
    const reaching = Array.from({ length: T }, (_, i) =>
      i === 0 ? size * Math.sqrt((T - 1) / T) : -size / Math.sqrt(T * (T - 1)),
    );
    expect(entropyFloor(size, T)).toBeCloseTo(softmaxEntropy(reaching), 12);
    const { normal } = stream(0, 'rows');
    for (let k = 0; k < 20; k++) {
      const row = Array.from({ length: T }, normal);
      const norm = Math.hypot(...row);
      expect(softmaxEntropy(row.map((s) => (size * s) / norm))).toBeGreaterThan(
        entropyFloor(size, T),
      );
    }
  });

  test('without scores it is ln T, and it falls exponentially', () => {
    expect(entropyFloor(0, 32)).toBeCloseTo(Math.log(32), 12);
    expect(entropyFloor(40, 32)).toBeLessThan(1e-12);
  });
});
