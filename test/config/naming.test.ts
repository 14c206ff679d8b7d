import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete } from '../../src/config/check';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { parseInterventions } from '../../src/config/interventions';
import { actionLabel, laneNames, stepsLabel } from '../../src/config/naming';
import { PRESETS, presetSettings } from '../../src/config/presets';
import { EVERY_SETTING } from '../support/everySetting';

const config = (settings: Partial<Config> = {}, base = DEFAULTS): Config =>
  complete(settings, base).config;
const names = (...settings: Partial<Config>[]) => laneNames(settings.map((s) => config(s)));
const preset = (id: string, more: Partial<Config> = {}) =>
  config(more, config(presetSettings(PRESETS[id]!, 12)));

describe('names of lanes whose layers differ', () => {
  it('name the exception beside what it is one of', () => {
    expect(names({}, { layer_overrides: '8-11:post' })).toEqual([
      'pre-LN',
      'pre-LN · 8–11 post-LN',
    ]);
    expect(names({}, { placement: 'post', layer_overrides: '0:pre/rmsnorm' })).toEqual([
      'pre-LN',
      'post-LN · layer 0 pre-LN RMSNorm',
    ]);
  });

  it('name the first lane by its own, too', () => {
    expect(names({ layer_overrides: '8-11:post' }, {})).toEqual([
      'pre-LN · 8–11 post-LN',
      'pre-LN',
    ]);
    expect(names({ layer_overrides: '8-11:post' }, { placement: 'post' })).toEqual([
      'pre-LN · 8–11 post-LN',
      'post-LN',
    ]);
  });

  it('say nothing of what all share', () => {
    const shared = { layer_overrides: '8-11:none', interventions: '0:freeze.mlp' };
    expect(names(shared, { ...shared, placement: 'post' })).toEqual(['pre-LN', 'post-LN']);
  });

  it('name what is rounded where the format alone does not say it', () => {
    const bf16 = { precision: 'bf16' } as const;
    const autocast = { ...bf16, precision_policy: 'autocast' } as const;
    expect(names({}, bf16, autocast)).toEqual(['fp32', 'bf16', 'bf16 autocast']);
    expect(names(bf16, autocast)).toEqual(['bf16', 'bf16 autocast']);
    expect(names(autocast, { ...autocast, placement: 'post' })).toEqual(['pre-LN', 'post-LN']);
  });

  it('count where there are many', () => {
    expect(
      names({}, { layer_overrides: '0:post,2:post,4:/none', interventions: '0:silence=1' })[1],
    ).toBe('pre-LN · 3 exceptions · head 1 off in layer 0');
    expect(names({}, { interventions: '0:silence=1,1:silence=1' })).toEqual([
      'pre-LN',
      '2 interventions',
    ]);
    expect(names({ interventions: '0:silence=1' }, {})).toEqual([
      'head 1 off in layer 0',
      'pre-LN',
    ]);
  });
});

/** Up to four settings that are not the default. */
const someSettings = fc
  .subarray(EVERY_SETTING, { maxLength: 4 })
  .map((some) => Object.assign({}, ...some) as Partial<Config>);

describe('names of lanes', () => {
  it('tell what sets each apart, of the first as of the others', () => {
    const shared = { layer_overrides: '10-11:post' };
    expect(
      names({ ...shared, norm: 'dyt' }, { ...shared, placement: 'post', norm: 'rmsnorm' }),
    ).toEqual(['pre-LN · DyT', 'post-LN · RMSNorm']);
    expect(names({ n_layers: 24 }, { norm: 'rmsnorm' }, {})).toEqual([
      'Layers 24',
      'RMSNorm',
      'LayerNorm · Layers 12',
    ]);
    expect(names({ d_model: 64, norm: 'dyt' }, { d_model: 64, activation: 'relu' })).toEqual([
      'DyT',
      'ReLU',
    ]);
  });
  it('leave out what a value says by itself', () => {
    const scales = ['skipless', 'deepscale', 'inv_sqrt_depth'] as const;
    expect(names(...scales.map((residual_scale) => ({ residual_scale })))).toEqual([
      'no skip',
      'DeepScaleLM',
      'Residual scale 1/√N',
    ]);
    expect(names({}, { topology: 'parallel' })).toEqual(['sequential', 'parallel']);
  });
  it('tell of what is counted where the count would not set apart', () => {
    expect(
      names({ layer_overrides: '0:post,3:/rmsnorm' }, { layer_overrides: '1:post,2:post' }),
    ).toEqual([
      'pre-LN · layer 0 post-LN · layer 3 RMSNorm',
      'pre-LN · layer 1 post-LN · layer 2 post-LN',
    ]);
    expect(
      names({ interventions: '0:silence=1@100-200' }, { interventions: '0:silence=1' }),
    ).toEqual(['head 1 off in layer 0 steps 100–200', 'head 1 off in layer 0']);
  });
  it('tell two values where one is shared', () => {
    const [norm, activation] = ['rmsnorm', 'swiglu'] as const;
    expect(names({ norm, activation }, {}, { norm }, { activation })).toEqual([
      'RMSNorm · SwiGLU',
      'LayerNorm · GELU',
      'RMSNorm',
      'SwiGLU',
    ]);
  });
  it('number those that are the same', () => {
    expect(names({}, {}, {})).toEqual(['pre-LN', 'pre-LN (2)', 'pre-LN (3)']);
  });
  it.each(Object.keys(PRESETS))('stay short where another lane takes the preset %s', (id) => {
    const [other, own] = laneNames([preset(id), config({ placement: 'post' })]);
    expect(own!.split(' · ')).toHaveLength(1);
    expect(other).not.toBe(own);
  });
  it('are all different, whatever the lanes are', () => {
    fc.assert(
      fc.property(fc.array(someSettings, { minLength: 2, maxLength: 4 }), (all) => {
        expect(new Set(names(...all)).size).toBe(all.length);
      }),
    );
  });
});

describe('names of presets', () => {
  it('stand for what belongs to them, with what does not beside it', () => {
    expect(laneNames([DEFAULTS, preset('gemma2')])).toEqual(['pre-LN', 'Gemma 2']);
    expect(laneNames([DEFAULTS, preset('gemma2', { n_heads: 8 })])[1]).toBe('Gemma 2 · Heads 8');
    expect(laneNames([preset('gemma2'), preset('olmo2')])).toEqual(['Gemma 2', 'OLMo 2']);
  });

  it('do not stand for a setting or two', () => {
    expect(laneNames([DEFAULTS, preset('dyt')])).toEqual(['LayerNorm', 'DyT']);
    expect(laneNames([DEFAULTS, preset('mix_ln')])).toEqual(['pre-LN', 'pre-LN · 0–2 post-LN']);
  });
});

it('interventions are said in words', () => {
  const said = (text: string) =>
    parseInterventions(text).interventions.map((one) =>
      [actionLabel(one), stepsLabel(one.steps)].join(' ').trim(),
    );
  expect(
    said('4-7:scale.attn=0.5,3:silence=2@100,5:noise.resid_post=0.00001@5-5,0:freeze.mlp@100-199'),
  ).toEqual([
    'attn × 0.5',
    'head 2 off from step 100',
    'noise 1e-5 at resid_post step 5',
    'MLP frozen steps 100–199',
  ]);
});
