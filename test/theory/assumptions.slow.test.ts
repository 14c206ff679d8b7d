import { describe, expect, test } from 'vitest';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { ASSUMPTIONS } from '../../src/theory/assumptions';
import { predict } from '../../src/theory/predict';
import { configOf, measured, sessionOf } from '../engine/support';
import { THEORY } from '../engine/theorySupport';
import { deviations, givenOf, type Compared } from './deviation';

/* Where an assumption fails, the theory says so, and its numbers are not the engine's. */

const SETTING = { ...THEORY, n_layers: 3, d_model: 128 } as const;
const CHOSEN = { attention: 'softmax', n_heads: 4 } as const;

const failing = (settings: Partial<Config>) =>
  predict(configOf(settings), givenOf(configOf(settings)))
    .assumptions.filter(({ holds }) => !holds)
    .map(({ id }) => id);

test('in the setting of the theory all of them hold, each in its own words', () => {
  const { assumptions } = predict(configOf(SETTING));
  expect(assumptions.map(({ id }) => id)).toEqual(ASSUMPTIONS.map(({ id }) => id));
  for (const { holds, reason, id } of assumptions) {
    expect(holds, `${id}: ${reason}`).toBe(true);
    expect(reason).toMatch(/^[A-Z].*\.$/);
  }
});

describe('numbers that differ', () => {
  test.each<[string, Partial<Config>, Compared, number]>([
    ['width', { ...SETTING, d_model: 8, placement: 'post' }, 'resid_post/token_cosine', 0.08],
    ['head_width', { ...SETTING, ...CHOSEN, n_heads: 64 }, 'attn/entropy', 0.01],
    ['scores', { ...SETTING, ...CHOSEN, init_gain: 3, placement: 'post' }, 'attn/entropy', 0.03],
    ['score_cap', { ...SETTING, ...CHOSEN, attn_softcap: 0.5 }, 'attn/entropy', 0.03],
    [
      'batch_statistics',
      { ...SETTING, norm: 'powernorm', batch_size: 4, n_layers: 6 },
      'resid_post/grad_rms',
      0.15,
    ],
    ['interventions', { ...SETTING, interventions: '1:scale.mlp=3' }, 'resid_post/rms', 0.2],
    [
      'precision',
      { ...SETTING, precision: 'fp8_e5m2', placement: 'none', embed_std: 1e-5 },
      'resid_post/rms',
      0.1,
    ],
    ['every_pass', { ...SETTING, stochastic_depth: 0.9, batch_size: 1 }, 'resid_post/rms', 0.04],
    [
      'normal_features',
      { ...SETTING, norm: 'derf', placement: 'deepnorm', embed_std: 2, n_layers: 6 },
      'resid_post/rms',
      0.2,
    ],
    [
      'independent_gradient',
      { ...SETTING, norm: 'dyt', placement: 'residual', n_layers: 6 },
      'resid_post/grad_rms',
      0.1,
    ],
    [
      'powers',
      {
        ...{ ...SETTING, placement: 'none', residual_scale: 'deepscale', n_layers: 4 },
        ...{ activation: 'geglu', init: 'lecun', init_gain: 1.5 },
      },
      'resid_post/rms',
      0.2,
    ],
    [
      'skip',
      {
        ...{ ...SETTING, placement: 'reordered', residual_scale: 'skipless', n_layers: 12 },
        ...{ activation: 'geglu', causal: true, seq_len: 16 },
      },
      'resid_post/grad_rms',
      0.2,
    ],
    [
      'alignment',
      { ...SETTING, placement: 'post', d_model: 128, n_layers: 32, seq_len: 8, batch_size: 1 },
      'resid_post/grad_rms',
      0.2,
    ],
    ['input', { ...SETTING, embed_std: 0, activation: 'relu' }, 'resid_post/grad_rms', 1],
    ['logit_cap', { task: 'random', d_model: 128, n_layers: 2, logit_softcap: 0.3 }, 'loss', 0.2],
    ['unembedding', { task: 'random', d_model: 128, n_layers: 2, tie_embeddings: true }, 'loss', 1],
  ])('%s', async (id, settings, name, atLeast) => {
    expect(failing(settings)).toContain(id);
    const found = await deviations(settings, 2);
    expect(found[name], name).toBeGreaterThan(atLeast);
  });

  test('tokens: which are alike', async () => {
    const settings = { task: 'parity', d_model: 128, n_layers: 2 } as const;
    const { assumptions, quantities } = predict(configOf(settings));
    expect(assumptions.find(({ id }) => id === 'tokens')?.holds).toBe(false);
    expect(quantities).not.toHaveProperty('resid_post/grad_rms');
    const blind = await deviations(settings, 2, () => null);
    const told = await deviations(settings, 2);
    expect(blind['resid_post/token_cosine']).toBeGreaterThan(0.1);
    expect(told['resid_post/token_cosine']).toBeLessThan(0.05);
  });

  test('initialization: after updates', async () => {
    const settings = { ...SETTING, lr: 0.1 };
    const session = await sessionOf(settings);
    for (let step = 0; step < 3; step++) await measured(session, true);
    const frame = await measured(session);
    const at = session.report.layout.sites.indexOf('blocks.2.resid_post');
    session.dispose();
    const { quantities } = predict(configOf(settings));
    const wanted = quantities['resid_post/rms']![2]!;
    expect(Math.abs(Math.log(frame.site.rms[at]! / wanted))).toBeGreaterThan(0.2);
    const { assumptions } = predict(configOf(settings), null, { step: 3, hasOwnWeights: false });
    expect(assumptions.find(({ id }) => id === 'initialization')).toEqual({
      id: 'initialization',
      holds: false,
      brief: '3 updates have been made',
      reason: '3 updates have been made.',
    });
  });
});

describe('nothing is predicted', () => {
  test.each<[string, Partial<Config>]>([
    ['norm', { norm: 'prmsnorm' }],
    ['length', { seq_len: 512 }],
    ['positions', { positions: 'alibi' }],
  ])('%s', (id, settings) => {
    const { quantities, assumptions } = predict({ ...DEFAULTS, ...settings });
    expect(quantities).toEqual({});
    expect(assumptions.find((one) => one.id === id)?.reason).toMatch(/Nothing is predicted\.$/);
  });
});
