import { describe, expect, it } from 'vitest';
import { DEFAULTS, KEYS, type Config, type Key } from '../../src/config/fields';
import { whyNot, whyNotInAny } from '../../src/config/applies';

const config = (change: Partial<Config>): Config => ({ ...DEFAULTS, ...change });

describe('settings that change nothing', () => {
  it('are few among the defaults', () => {
    expect(KEYS.filter((key) => whyNot(key, DEFAULTS) !== null)).toEqual([
      'token_correlation',
      'dyt_alpha',
      'dyt_alpha_attn',
      'modality_scale',
      'schedule_steps',
      'precision_policy',
      'loss_scale',
    ]);
  });

  const cases: [Key, Partial<Config>, applies: boolean][] = [
    ['norm', { placement: 'none' }, false],
    ['norm', { placement: 'none', final_norm: 'on' }, true],
    ['norm', { layer_overrides: '0-11:/rmsnorm' }, true],
    ['norm', { layer_overrides: '0-11:/rmsnorm', final_norm: 'off' }, false],
    ['norm', { layer_overrides: '0-11:/rmsnorm', final_norm: 'off', placement: 'peri' }, true],
    ['dyt_alpha', { norm: 'dyt' }, true],
    ['dyt_alpha', { norm: 'dyt', dyt_alpha_attn: 1 }, true],
    ['dyt_alpha', { layer_overrides: '3:/dyt' }, true],
    ['dyt_alpha', { norm: 'dyt', dyt_alpha_attn: 1, sublayers: 'attn', final_norm: 'off' }, false],
    ['dyt_alpha_attn', { norm: 'dyt' }, true],
    ['dyt_alpha_attn', { norm: 'dyt', sublayers: 'mlp' }, false],
    ['dyt_alpha_attn', { norm: 'dyt', placement: 'none' }, false],
    ['dyt_alpha_attn', { norm: 'dyt', placement: 'none', inner_norm: 'subln' }, true],
    ['norm_eps', { norm: 'none' }, false],
    ['norm_eps', { placement: 'none' }, false],
    ['norm_eps', { placement: 'post' }, true],
    ['beta1', { optimizer: 'sgd' }, false],
    ['beta1', { optimizer: 'momentum' }, true],
    ['beta2', { optimizer: 'momentum' }, false],
    ['beta2', { optimizer: 'adam' }, true],
    ['adam_eps', { optimizer: 'sgd' }, false],
    ['positions', { task: 'gaussian' }, true],
    ['positions', { task: 'gaussian', attention: 'uniform' }, false],
    ['qk_norm', { sublayers: 'mlp' }, false],
    ['activation', { sublayers: 'attn' }, false],
    ['final_norm', { placement: 'residual' }, false],
    ['loss_scale', { precision: 'fp16' }, true],
    ['precision_policy', { precision: 'fp8_e4m3' }, true],
    ['tie_embeddings', { objective: 'random_projection' }, false],
    ['embed_std', { init: 'gpt2' }, false],
    ['embed_std', { init: 'gpt2', task: 'gaussian' }, true],
    ['token_correlation', { task: 'gaussian' }, true],
    ['token_correlation', { task: 'random' }, false],
    ['schedule_steps', { schedule: 'cosine' }, true],
    ['schedule_steps', { schedule: 'inv_sqrt' }, false],
  ];
  it.each(cases)('%s under %o: %s', (key, change, applies) => {
    expect(whyNot(key, config(change)) === null).toBe(applies);
  });

  it('stay open while one of the lanes has a use for them', () => {
    const sgd = config({ optimizer: 'sgd' });
    expect(whyNotInAny('beta2', [sgd, DEFAULTS])).toBeNull();
    expect(whyNotInAny('beta2', [sgd, sgd])).toMatch(/second moment/);
  });
});
