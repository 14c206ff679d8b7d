import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import { siteFor, sitesWith } from '../../src/views/panels/choices';
import { levelsOf, reference } from '../../src/views/panels/levels';
import { headSeries, paramKinds, paramSeries, siteSeries } from '../../src/views/panels/series';

const config = { ...DEFAULTS, n_layers: 3 };
const layout: Layout = {
  sites: sitesOf(config),
  params: [
    'embed.token',
    ...[0, 1, 2].flatMap((l) =>
      ['attn.norm.gain', 'attn.norm.bias', 'attn.wq', 'attn.bq', 'mlp.w_in'].map(
        (kind) => `blocks.${l}.${kind}`,
      ),
    ),
    'unembed',
  ],
  n_layers: 3,
  n_heads: 2,
};
/** A frame whose every number is its place in the vector. */
const frame = unpack(layout, {
  step: 0,
  batch: null,
  packed: Float32Array.from({ length: frameOffsets(layout).size }, (_, i) => i),
});
const at = (name: string) => frame.site.rms[layout.sites.indexOf(name as Layout['sites'][number])];

describe('series', () => {
  it('puts the embedding before the layers of the stream, and of the stream alone', () => {
    expect(siteSeries(layout, frame, 'rms', 'resid_post').points).toEqual([
      { x: -1, y: at('embed') },
      { x: 0, y: at('blocks.0.resid_post') },
      { x: 1, y: at('blocks.1.resid_post') },
      { x: 2, y: at('blocks.2.resid_post') },
    ]);
    expect(siteSeries(layout, frame, 'rms', 'mlp_out').points.map(({ x }) => x)).toEqual([0, 1, 2]);
  });

  it('reads a kind of parameter by name, and leaves out what is not there', () => {
    const { points } = paramSeries(layout, frame, 'param_rms', 'attn.wq');
    expect(points.map(({ y }) => y)).toEqual(
      [0, 1, 2].map((l) => frame.param.param_rms[layout.params.indexOf(`blocks.${l}.attn.wq`)]),
    );
    expect(paramSeries(layout, frame, 'param_rms', 'attn.wo').points).toEqual([]);
  });

  it('takes the mean of the heads, and each where asked', () => {
    const [first, second] = frame.head.entropy;
    const mean = headSeries(layout, frame, 'entropy', false);
    expect(mean.points[0]).toEqual({ x: 0, y: (first! + second!) / 2 });
    expect(mean.strands).toBeUndefined();
    const each = headSeries(layout, frame, 'entropy', true);
    expect(each.strands).toHaveLength(2);
    expect(each.band?.[0]).toEqual({ x: 0, low: first, high: second });
  });

  it('lists the kinds of parameters, matrices first, biases last', () => {
    expect(paramKinds([layout])).toEqual([
      'attn.wq',
      'mlp.w_in',
      'attn.norm.gain',
      'attn.norm.bias',
      'attn.bq',
    ]);
  });
});

describe('choices', () => {
  it('offers a site only where the statistic is defined', () => {
    expect(sitesWith('branch_ratio')).toEqual(['attn_add', 'mlp_add']);
    expect(sitesWith('token_cosine')).not.toContain('attn.pattern');
    expect(sitesWith('rms')).toContain('attn.pattern');
  });
  it('keeps the site that was chosen where it can', () => {
    expect(siteFor('kurtosis', 'mlp_in')).toBe('mlp_in');
    expect(siteFor('branch_ratio', 'resid_post')).toBe('mlp_add');
  });
});

describe('levels', () => {
  it('draws each level once', () => {
    const lane = { uniform: 4.33, unigram: 3.17 };
    expect(levelsOf([lane, lane, {}]).map(({ label, value }) => [label, value])).toEqual([
      ['ln V', 4.33],
      ['unigram entropy', 3.17],
    ]);
  });
  it('compares a loss with the level that says most', () => {
    expect(reference({ uniform: 4.33, unigram: 3.17 })?.name).toBe('unigram entropy');
    expect(reference({ uniform: 4.33, floor: 1.9 })?.value).toBe(1.9);
    expect(reference({})).toBeNull();
  });
});
