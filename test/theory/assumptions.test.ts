import { expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { ASSUMPTIONS, assumptionsOf, atMoment } from '../../src/theory/assumptions';
import { estimate } from '../../src/runs/theory/answer';

const SETTING = {
  ...{ task: 'gaussian', objective: 'random_projection', n_layers: 3, d_model: 128 },
  ...{ n_heads: 4, seq_len: 16, batch_size: 1 },
} as const satisfies Partial<Config>;
const BRIEFS: [string, Partial<Config>, string | RegExp][] = [
  ['width', { d_model: 64 }, 'width 64 < 128'],
  ['head_width', { n_heads: 16 }, 'head width 8 < 16'],
  ['norm', { norm: 'prmsnorm' }, /^no law of /],
  ['batch_statistics', { norm: 'batchnorm' }, 'tokens of the batch 16 < 64'],
  ['batch_statistics', { norm: 'batchnorm', batch_size: 64 }, '512 tokens taken for 1024'],
  ['length', { seq_len: 512, n_layers: 1 }, 'sequence length 512 > 256'],
  ['positions', { positions: 'alibi' }, 'ALiBi'],
  ['scores', { init_gain: 3 }, /^variance of scores [\d.]+ > 2$/],
  ['scores', { placement: 'none', n_layers: 12 }, /^variance of scores \d\.\d\d×10\S+ > 2$/],
  ['scores', { placement: 'none', n_layers: 12, init_gain: 2 }, 'variance of scores is no number'],
  ['score_cap', { attn_softcap: 0.5 }, /^cap of scores 0\.5 < [\d.]+$/],
  [
    'logit_cap',
    { task: 'random', objective: 'cross_entropy', logit_softcap: 0.3 },
    /^cap of logits 0\.3 < /,
  ],
  [
    'unembedding',
    { task: 'random', objective: 'cross_entropy', tie_embeddings: true },
    'tied unembedding',
  ],
  ['input', { embed_std: 0 }, 'nothing enters'],
  ['tokens', { task: 'random', objective: 'cross_entropy' }, 'batch not known'],
  [
    'powers',
    {
      ...{ placement: 'none', residual_scale: 'deepscale', n_layers: 4 },
      ...{ activation: 'geglu', init: 'lecun', init_gain: 1.5 },
    },
    /^power of growth [\d.]+ > 3$/,
  ],
  ['skip', { residual_scale: 'skipless', n_layers: 9 }, 'layers without a skip 9 > 8'],
  [
    'alignment',
    { placement: 'post', n_layers: 32, seq_len: 8 },
    /^layers of aligned tokens \d+ > 8$/,
  ],
  ['every_pass', { stochastic_depth: 0.5 }, 'stochastic depth'],
  ['normal_features', { norm: 'derf', placement: 'deepnorm' }, 'pointwise norm on the stream'],
  ['independent_gradient', { norm: 'dyt', placement: 'residual' }, 'pointwise norm in ResiDual'],
  ['precision', { precision: 'bf16' }, 'rounded to bf16'],
  ['interventions', { interventions: '1:scale.mlp=3' }, 'interventions'],
];

test.each(BRIEFS)('%s fails in a few words', (id, settings, brief) => {
  const { config } = complete({ ...SETTING, ...settings });
  const { assumptions } = estimate(config, id === 'tokens' ? null : '').prediction;
  const verdict = assumptions.find((one) => one.id === id);
  expect(verdict?.brief).toEqual(
    expect.stringMatching(brief instanceof RegExp ? brief : new RegExp(`^${brief}$`)),
  );
  expect(verdict!.brief!.length).toBeLessThan(40);
  expect(verdict!.reason).toMatch(/\.$/);
});

test('every assumption has its few words', () =>
  expect(new Set(['initialization', ...BRIEFS.map(([id]) => id)])).toEqual(
    new Set(ASSUMPTIONS.map(({ id }) => id)),
  ));

test('theory is of step 0: of another moment that alone is judged anew', () => {
  const { config } = complete({ ...SETTING, d_model: 64 });
  const moment = { step: 0, hasOwnWeights: false };
  const begun = assumptionsOf({ config, moment, given: null, computed: null });
  const briefs = (step: number, hasOwnWeights = false) =>
    atMoment(begun, { config, moment: { step, hasOwnWeights } }).flatMap(
      ({ brief }) => brief ?? [],
    );
  expect(briefs(0)).toEqual(['width 64 < 128']);
  expect(briefs(1)).toEqual(['1 update has been made', 'width 64 < 128']);
  expect(briefs(12, true)).toEqual(['weights from a file', 'width 64 < 128']);
  expect(begun[0]!.holds).toBe(true);
});
