import { describe, expect, it, test } from 'vitest';
import { complete, difference } from '../../src/config/check';
import { DEFAULTS, KEYS } from '../../src/config/fields';
import { hasFinalNorm, layerPlans } from '../../src/config/layers';
import { PRESET_NOTES } from '../../src/config/presetNotes';
import {
  layersAt,
  presetOf,
  PRESETS,
  presetSettings,
  presetView,
  type PresetId,
} from '../../src/config/presets';
import { OFFERS, offerOf, type QuantityPanel } from '../../src/runs/view';

const IDS = Object.keys(PRESETS);

describe.each(IDS)('the preset %s', (id) => {
  const preset = PRESETS[id]!;

  it.each([1, 2, 12, 48])('runs at %i layers as it is', (n_layers) => {
    // A single sublayer cannot share its variance with a stream.
    const base = complete({ n_layers }).config;
    const { config, problems } = complete(presetSettings(preset, n_layers), base);
    expect(problems).toEqual([]);
    expect(config).toMatchObject(presetSettings(preset, n_layers));
  });

  it('sets its own keys and leaves the others', () => {
    const settings = presetSettings(preset, DEFAULTS.n_layers);
    const base = complete({ lr: 3e-4, seed: 7, d_model: 32 }).config;
    const { config } = complete(settings, base);
    for (const key of Object.keys(difference(base, config))) expect(settings).toHaveProperty(key);
    expect(config).toMatchObject({ lr: 3e-4, seed: 7, d_model: 32 });
  });

  it('is known again, and is what it says', () => {
    const config = complete(presetSettings(preset, 12)).config;
    const found = presetOf(config);
    expect(found).not.toBeNull();
    // Another one may set more that holds here as well.
    expect(Object.keys(found!.settings).length).toBeGreaterThanOrEqual(
      Object.keys(presetSettings(preset, 12)).length,
    );
    expect(PRESET_NOTES[id as PresetId].note).toMatch(/\.$/);
    for (const [panel, shown] of Object.entries(presetView(preset))) {
      expect(offerOf(OFFERS[panel as QuantityPanel], shown), panel).toBeDefined();
    }
    expect(PRESET_NOTES[id as PresetId].source).toMatch(/\d{4}/);
    expect(KEYS).toEqual(expect.arrayContaining(Object.keys(preset.settings)));
  });
});

test('Mix-LN is post-LN in the first quarter', () => {
  expect(presetSettings(PRESETS.mix_ln!, 12).layer_overrides).toBe('0-2:post');
  expect(presetSettings(PRESETS.mix_ln!, 48).layer_overrides).toBe('0-11:post');
  const { config } = complete(presetSettings(PRESETS.mix_ln!, 12));
  expect(layerPlans(config).filter(({ placement }) => placement === 'post')).toHaveLength(3);
  expect(hasFinalNorm(config)).toBe(true);
});

test('a share of the layers is at least one', () => {
  expect(layersAt({ from: 0, to: 0.25 }, 1)).toEqual({ from: 0, to: 0 });
  expect(layersAt({ from: 0.75, to: 1 }, 8)).toEqual({ from: 6, to: 7 });
});

test('what no preset is has none', () => {
  expect(presetOf(complete({ placement: 'post', residual_scale: 'skipinit' }).config)).toBeNull();
});
