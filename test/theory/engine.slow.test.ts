import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { mean, THEORY, underSeeds } from '../engine/theorySupport';
import { predict, scatterOf } from '../../src/theory/predict';
import { configOf } from '../engine/support';
import { draw } from './drawn';
import { expectWithin, named, TOLERANCES } from './drawnSupport';
import { deviations, givenOf, type Compared, type Deviations } from './deviation';

/* Theory beside the engine at d = 256, over its domain; means over four seeds, the worst layer (docs/theory.md). */

const SETTING = { ...THEORY, n_layers: 4 } as const;
const CHOSEN = { attention: 'softmax', n_heads: 4 } as const;

/** The loss of a batch is judged apart, by its own scatter. */
const { loss: _, ...TOLERATED } = TOLERANCES;

const show = (found: Deviations) =>
  Object.entries(found)
    .map(([name, by]) => `${name} ${by.toFixed(3)}`)
    .join(', ');

/** Compares theory and engine under these settings, which lie in the domain of the theory. */
async function expectPredicted(settings: Partial<Config>) {
  const config = configOf(settings);
  const { assumptions } = predict(config, givenOf(config));
  expect(assumptions.filter(({ holds }) => !holds)).toEqual([]);
  const found = await deviations(settings);
  if (process.env.SHOW) console.log(show(found));
  for (const [name, most] of Object.entries(TOLERATED) as [Compared, number][]) {
    const by = found[name];
    if (by !== undefined) expect(by, `${name}: ${show(found)}`).toBeLessThan(most);
  }
}

const CASES: Partial<Config>[] = [
  { placement: 'pre' },
  { placement: 'post', causal: true },
  { placement: 'none', residual_scale: 'deepscale', mlp_ratio: 2 },
  { placement: 'pre', ...CHOSEN, causal: true },
  { placement: 'post', ...CHOSEN },
  { placement: 'peri', ...CHOSEN, activation: 'gelu', mlp_ratio: 4, causal: true },
  { placement: 'sandwich', activation: 'swiglu', norm_scale: 'inv_sqrt_layer' },
  { placement: 'reordered', norm: 'rmsnorm' },
  { placement: 'deepnorm', ...CHOSEN, activation: 'silu' },
  { placement: 'residual', causal: true },
  { placement: 'pre', topology: 'parallel', init: 'orthogonal', d_model: 128 },
  { placement: 'pre', sublayers: 'mlp', init: 'he', activation: 'relu2', norm: 'scalenorm' },
  { placement: 'none', sublayers: 'attn', ...CHOSEN, init: 'lecun' },
  { placement: 'post', residual_scale: 'layerscale', init: 'gpt2', init_gain: 5 },
  { placement: 'pre', dropout: 0.2, ...CHOSEN },
  { placement: 'pre', norm: 'dyt', activation: 'geglu', embed_std: 2 },
  { placement: 'pre', norm: 'batchnorm', batch_size: 8 },
  { placement: 'pre', inner_norm: 'subln', mlp_ratio: 2 },
  { placement: 'pre', inner_norm: 'normformer', ...CHOSEN, layer_overrides: '0-1:post' },
  { placement: 'post', weight_reparam: 'sigma', qk_norm: 'rmsnorm', ...CHOSEN },
  { placement: 'pre', positions: 'rope', qk_norm: 'l2', ...CHOSEN },
];

describe('independent tokens, a unit gradient at the top', () => {
  test.each(CASES.map((settings) => [named(settings), settings] as const))(
    '%s',
    async (_, settings) => {
      await expectPredicted({ ...SETTING, ...settings });
    },
  );
});

describe('tokens of a task, cross-entropy', () => {
  const model = { d_model: 256, n_layers: 3, mlp_ratio: 2, batch_size: 2 } as const;
  test.each<[string, Partial<Config>]>([
    ['random symbols', { task: 'random' }],
    ['sinusoids, two modalities', { task: 'two_modality', positions: 'sinusoidal' }],
    ['small weights', { task: 'dyck', init: 'gpt2' }],
  ])('%s', async (_, settings) => {
    await expectPredicted({ ...model, ...settings });
  });
});

/** Of those drawn in drawn.verify.ts the first that are not deep and differ most in their parts. */
describe('drawn over the domain', () => {
  const shallow = draw(60, 0).filter(({ n_layers: L }) => L! <= 3);
  const chosen = [...new Map(shallow.map((one) => [one.placement, one])).values()];
  test.each(chosen.map((settings) => [named(settings), settings] as const))(
    '%s',
    async (_, settings) => {
      await expectWithin(settings);
    },
  );
});

test('the loss scatters over seeds as its law says', async () => {
  const model = { task: 'markov', n_layers: 1, d_model: 64, seq_len: 16, batch_size: 2 } as const;
  const runs = await underSeeds(12, model);
  const z = runs.map(({ frame }, seed) => {
    const config = configOf({ ...model, seed });
    const given = givenOf(config);
    const expected = predict(config, given).quantities.loss![0]!;
    return (frame.loss - expected) / scatterOf(config, given).loss![0]!;
  });
  const spread = Math.sqrt(mean(z.map((x) => x * x)));
  expect(spread).toBeGreaterThan(0.6);
  expect(spread).toBeLessThan(1.4);
});
