import { describe, expect, test } from 'vitest';
import {
  activations,
  compareSlopes,
  compareTotals,
  norms,
  placements,
  randomWeights,
  residualScales,
  seeded,
  type Batch,
  type Random,
  type RefConfig,
  type Slope,
} from './index';

const VOCABULARY = 7;
const TINY = {
  n_layers: 2,
  d_model: 8,
  n_heads: 2,
  mlp_ratio: 2,
  seq_len: 5,
  batch_size: 2,
  norm_eps: 1e-3,
} satisfies RefConfig;

function randomBatch(random: Random): Batch {
  const tokens = (): number[][] =>
    Array.from({ length: TINY.batch_size }, () =>
      Array.from({ length: TINY.seq_len }, () => random.below(VOCABULARY)),
    );
  const batch = { inputs: tokens(), targets: tokens() };
  batch.targets[0]![1] = -1;
  return batch;
}

const RELATIVE = 1e-7;
/** What rounding of the loss leaves of a difference of step 1e-5, times the size of the loss. */
const ROUNDING = 2e-9;
const H = 1e-5;

function expectAgreement(slopes: Slope[], loss = 1): void {
  expect(slopes.length).toBeGreaterThan(0);
  for (const { name, tape, difference, scale } of slopes) {
    const error = Math.abs(tape - difference);
    const allowed = RELATIVE * Math.max(scale, Math.abs(tape)) + ROUNDING * Math.max(1, loss);
    expect(error, `${name}: tape ${tape}, difference ${difference}`).toBeLessThan(allowed);
  }
}

/** PRMSNorm divides by the RMS of one feature of these eight: with a small ε its curvature is huge. */
const gentle = (norm: string): RefConfig => (norm === 'prmsnorm' ? { norm_eps: 0.5 } : {});

function setUp(change: RefConfig, seed: number) {
  const config: RefConfig = { ...TINY, ...change };
  const random = seeded(seed);
  const weights = randomWeights(config, VOCABULARY, random);
  const batch = config.task === 'gaussian' ? null : randomBatch(random);
  return [config, weights, batch, random] as const;
}

const NORMS = Object.keys(norms);
const ACTIVATIONS = Object.keys(activations);

describe('one direction through all weights, one through all sites', () => {
  describe.each(Object.keys(placements))('placement %s', (placement) => {
    test.each(NORMS)('norm %s', (norm) => {
      const turn = Object.keys(placements).indexOf(placement) + NORMS.indexOf(norm);
      const activation = ACTIVATIONS[turn % ACTIVATIONS.length]!;
      // With the seed `turn` one difference goes over a kink of relu.
      const run = setUp({ placement, norm, activation, ...gentle(norm) }, 1 + turn);
      expectAgreement(compareTotals(...run, H));
    });
  });

  describe.each(ACTIVATIONS)('activation %s', (activation) => {
    test.each(NORMS)('norm %s', (norm) => {
      const run = setUp({ norm, activation, placement: 'post', ...gentle(norm) }, 100);
      expectAgreement(compareTotals(...run, H));
    });
  });

  test.each(Object.keys(residualScales))('residual scale %s', (residual_scale) => {
    for (const placement of ['pre', 'deepnorm']) {
      expectAgreement(compareTotals(...setUp({ residual_scale, placement }, 200), H));
    }
  });

  const others: RefConfig[] = [
    { bias: false },
    { bias: false, norm: 'derf', placement: 'sandwich' },
    { causal: false },
    { tie_embeddings: true },
    { final_norm: 'off' },
    { final_norm: 'on', placement: 'post' },
    { positions: 'none' },
    { positions: 'sinusoidal' },
    { positions: 'rope' },
    { positions: 'alibi' },
    { positions: 'alibi', causal: false },
    { attention: 'uniform' },
    { attention: 'uniform', causal: false },
    { attn_softcap: 2 },
    { logit_softcap: 3 },
    { qk_norm: 'rmsnorm', positions: 'rope' },
    { qk_norm: 'rmsnorm_all', positions: 'rope' },
    { qk_norm: 'layernorm', attn_softcap: 1 },
    { qk_norm: 'l2' },
    { inner_norm: 'subln' },
    { inner_norm: 'subln', norm: 'batchnorm', activation: 'swiglu' },
    { inner_norm: 'normformer' },
    { inner_norm: 'normformer', placement: 'peri', norm: 'rmsnorm' },
    { norm_scale: 'inv_sqrt_layer' },
    { weight_reparam: 'sigma' },
    { weight_reparam: 'sigma', activation: 'geglu', placement: 'none' },
    { topology: 'parallel' },
    { topology: 'parallel', placement: 'post', norm: 'rmsnorm' },
    { topology: 'parallel', placement: 'sandwich' },
    { sublayers: 'attn', residual_scale: 'inv_sqrt_depth' },
    { sublayers: 'mlp', placement: 'post' },
    { layer_overrides: '0:post,1:sandwich/rmsnorm' },
    { task: 'two_modality', norm: 'adaptive' },
    { objective: 'random_projection' },
    { objective: 'random_projection', placement: 'post' },
    { task: 'gaussian', objective: 'random_projection' },
    { task: 'gaussian', objective: 'random_projection', positions: 'rope', placement: 'residual' },
    { seq_len: 1, task: 'gaussian', objective: 'random_projection' },
  ];
  test.each(others.map((config) => [JSON.stringify(config), config] as const))(
    '%s',
    (_, config) => {
      const loss = config.objective === 'random_projection' ? 20 : 1;
      expectAgreement(compareTotals(...setUp(config, 300), H), loss);
    },
  );
});

describe('every weight tensor and every site', () => {
  const cases: RefConfig[] = [
    { placement: 'pre', norm: 'layernorm', activation: 'gelu' },
    { placement: 'post', norm: 'rmsnorm', activation: 'relu', causal: false },
    { placement: 'peri', norm: 'batchnorm', activation: 'swiglu', qk_norm: 'l2' },
    {
      placement: 'residual',
      norm: 'dyt',
      positions: 'rope',
      residual_scale: 'rezero',
      weight_reparam: 'sigma',
    },
    {
      placement: 'deepnorm',
      norm: 'scalenorm',
      activation: 'silu',
      inner_norm: 'normformer',
      topology: 'parallel',
      objective: 'random_projection',
    },
  ];
  test('single elements', () => {
    expectAgreement(compareSlopes(...setUp({ n_layers: 1 }, 500), { h: H, elements: 2 }));
  });

  test.each(cases.map((config) => [JSON.stringify(config), config] as const))('%s', (_, config) => {
    const run = setUp(config, 400);
    const loss = config.objective === 'random_projection' ? 20 : 1;
    expectAgreement(compareSlopes(...run, { h: H, elements: 0 }), loss);
  });
});
