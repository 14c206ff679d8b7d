import { describe, expect, it } from 'vitest';
import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { layerPlans } from '../../src/config/layers';
import type { PlacementId } from '../../src/config/placements';
import { changesOf } from '../../src/views/layers/changes';
import {
  branchesOf,
  heldBy,
  placementsWithout,
  withIntervention,
  withLayers,
  without,
} from '../../src/views/layers/edits';

const config = (settings: Partial<Config> = {}): Config => complete(settings).config;
const LAST = { from: 8, to: 11 };

describe('a change of some layers', () => {
  it('is an exception', () => {
    expect(withLayers(config(), LAST, { placement: 'post' })).toEqual({
      layer_overrides: '8-11:post',
    });
    expect(withLayers(config(), LAST, { norm: 'rmsnorm' })).toEqual({
      layer_overrides: '8-11:/rmsnorm',
    });
  });

  it('is none where the lane has the same anyway', () => {
    const mixed = config({ layer_overrides: '6-11:post/rmsnorm' });
    expect(withLayers(mixed, LAST, { placement: 'pre' })).toEqual({
      layer_overrides: '6-7:post/rmsnorm,8-11:/rmsnorm',
    });
    expect(withLayers(mixed, LAST, { placement: null, norm: null })).toEqual({
      layer_overrides: '6-7:post/rmsnorm',
    });
  });

  it('stays within the layers of a lane', () => {
    const shallow = config({ n_layers: 10 });
    expect(withLayers(shallow, LAST, { placement: 'post' })).toEqual({
      layer_overrides: '8-9:post',
    });
    expect(withLayers(config({ n_layers: 4 }), LAST, { placement: 'post' })).toEqual({});
  });

  it('leaves out what holds for the whole model alone, and says so where no lane can have it', () => {
    const residual = config({ placement: 'residual' });
    expect(withLayers(residual, LAST, { placement: 'post' })).toEqual({});
    expect(withLayers(config(), LAST, { placement: 'residual' })).toEqual({});
    expect(Object.keys(placementsWithout([config()]))).toEqual(['residual']);
    expect(Object.keys(placementsWithout([residual]))).toContain('post');
    expect(placementsWithout([residual, config()])).toEqual({});
  });

  it('never makes a conflict', () => {
    const ids: PlacementId[] = ['pre', 'post', 'none', 'sandwich', 'peri', 'deepnorm', 'residual'];
    for (const own of ids) {
      for (const placement of ids) {
        const base = config({ placement: own });
        const { problems } = complete(withLayers(base, LAST, { placement }), base);
        expect(problems).toEqual([]);
      }
    }
  });
});

describe('what layers have', () => {
  it('is told where they agree', () => {
    const mixed = config({ layer_overrides: '8-11:post' });
    const of = (from: number, to: number) => heldBy([{ config: mixed, layers: { from, to } }]);
    expect(of(8, 11)).toEqual({ placement: 'post', norm: 'layernorm', excepted: true });
    expect(of(7, 11)).toEqual({ placement: '', norm: 'layernorm', excepted: true });
    expect(of(0, 7)).toEqual({ placement: 'pre', norm: 'layernorm', excepted: false });
  });

  it('is told of several lanes', () => {
    const parts = [config(), config({ placement: 'post', norm: 'rmsnorm' })].map((c) => ({
      config: c,
      layers: LAST,
    }));
    expect(heldBy(parts)).toEqual({ placement: '', norm: '', excepted: false });
  });
});

describe('interventions', () => {
  const scale = {
    layers: LAST,
    steps: { from: 100, to: Infinity },
    kind: 'scale',
    sublayer: 'attn',
    factor: 0.5,
  } as const;

  it('are added after those that are there, within the layers of the lane', () => {
    expect(withIntervention(config(), scale)).toEqual({ interventions: '8-11:scale.attn=0.5@100' });
    const frozen = config({ interventions: '0:freeze.mlp', n_layers: 10 });
    expect(withIntervention(frozen, scale)).toEqual({
      interventions: '0:freeze.mlp,8-9:scale.attn=0.5@100',
    });
  });

  it('are left out of lanes that have not what they act on', () => {
    const mlp = config({ sublayers: 'mlp' });
    expect(withIntervention(mlp, scale)).toEqual({});
    const silence = { ...scale, kind: 'silence', head: 5 } as const;
    expect(withIntervention(config(), silence)).toEqual({});
    expect(withIntervention(config({ n_heads: 8 }), silence)).not.toEqual({});
    const noise = { ...scale, kind: 'noise', site: 'resid_mid', std: 0.1 } as const;
    expect(withIntervention(config({ topology: 'parallel' }), noise)).toEqual({});
    expect(branchesOf([mlp])).toEqual(['mlp']);
    expect(branchesOf([mlp, config()])).toEqual(['attn', 'mlp']);
  });
});

describe('the list of changes', () => {
  const changed = config({
    layer_overrides: '8-11:post,0:/rmsnorm',
    interventions: '3:silence=2,4-7:noise.resid_post=0.1@100-199',
  });

  it('says each in words', () => {
    expect(changesOf(changed).map(({ label, steps }) => [label, steps])).toEqual([
      ['post-LN', ''],
      ['RMSNorm', ''],
      ['head 2 off', ''],
      ['noise 0.1 at resid_post', 'steps 100–199'],
    ]);
  });

  it('takes back one and leaves the rest', () => {
    for (const { key, index } of changesOf(changed)) {
      const rest = { ...changed, ...without(changed, key, index) };
      expect(changesOf(rest)).toHaveLength(3);
    }
    const rest = { ...changed, ...without(changed, 'layer_overrides', 0) };
    expect(layerPlans(rest).map(({ placement }) => placement)).not.toContain('post');
  });
});
