import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { SITE_STATISTIC_IDS, siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import {
  gradientOptions,
  magnitudeOptions,
  siteFor,
  siteOptions,
  sitesWith,
} from '../../src/views/panels/choices';
import { levelsOf, reference } from '../../src/views/panels/levels';
import {
  activationSeries,
  headSeries,
  normKinds,
  normSeries,
  paramKinds,
  paramSeries,
  siteSeries,
} from '../../src/views/panels/series';

const config = {
  ...DEFAULTS,
  n_layers: 3,
  precision: 'fp16' as const,
  task: 'two_modality' as const,
};
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [0, 1, 2].flatMap((l) => [`blocks.${l}.attn.norm`, `blocks.${l}.mlp.norm`]),
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

describe('what only some lanes have', () => {
  const value = (statistic: 'grad_underflow' | 'rms_modality_1', site: string) =>
    frame.site[statistic][layout.sites.indexOf(site as Layout['sites'][number])]!;

  it('adds counts up over the sites of a block, the embedding on its own', () => {
    const [{ points }] = activationSeries(layout, frame, 'grad_underflow', 'block') as [
      { points: { x: number; y: number }[] },
    ];
    expect(points.map(({ x }) => x)).toEqual([-1, 0, 1, 2]);
    expect(points[0]!.y).toBe(value('grad_underflow', 'embed'));
    const inBlock = layout.sites.filter((site) => site.startsWith('blocks.1.'));
    expect(points[2]!.y).toBe(
      inBlock.reduce((sum, site) => sum + value('grad_underflow', site), 0),
    );
  });

  it('shows both modalities, told apart by name and line', () => {
    const [m0, m1] = activationSeries(layout, frame, 'rms_modalities', 'mlp_in');
    expect([m0!.suffix, m0!.line, m1!.suffix, m1!.line]).toEqual(['m0', undefined, 'm1', 'dotted']);
    expect(m1!.points[2]).toEqual({ x: 2, y: value('rms_modality_1', 'blocks.2.mlp_in') });
  });

  it('has nothing of a statistic that is not measured', () => {
    const plain = { ...layout, siteStatistics: siteStatisticsOf(DEFAULTS) };
    expect(activationSeries(plain, frame, 'underflow', 'block')[0]!.points).toEqual([]);
    expect(activationSeries(plain, frame, 'rms_modality_0', 'embed' as never)[0]!.points).toEqual(
      [],
    );
  });

  it('reads norms over the batch by kind', () => {
    expect(normKinds([layout, { ...layout, norms: ['final_norm'] }])).toEqual([
      'attn.norm',
      'mlp.norm',
    ]);
    const { points } = normSeries(layout, frame, 'var_tid', 'mlp.norm');
    expect(points.map(({ y }) => y)).toEqual([1, 3, 5].map((i) => frame.norm.var_tid[i]));
  });
});

describe('choices', () => {
  const values = (options: { value: string }[]) => options.map(({ value }) => value);

  it('offers a statistic where some lane has it, forward and backward apart', () => {
    const plain = siteStatisticsOf(DEFAULTS);
    expect(values(magnitudeOptions(plain, 'rms'))).not.toContain('underflow');
    expect(values(magnitudeOptions(plain, 'underflow'))).toContain('underflow');
    expect(values(magnitudeOptions(SITE_STATISTIC_IDS, 'rms'))).toEqual(
      SITE_STATISTIC_IDS.filter((id) => !id.startsWith('grad_')),
    );
    expect(values(gradientOptions(plain, 'grad_rms'))).toEqual(['grad_rms']);
    expect(values(gradientOptions(SITE_STATISTIC_IDS, 'grad_rms'))).toEqual(
      SITE_STATISTIC_IDS.filter((id) => id.startsWith('grad_')),
    );
  });
  it('offers a whole block for counts alone, and goes there with them', () => {
    expect(values(siteOptions('underflow'))[0]).toBe('block');
    expect(values(siteOptions('rms'))).not.toContain('block');
    expect(siteFor('underflow', 'resid_post', 'rms')).toBe('block');
    expect(siteFor('overflow', 'mlp_in', 'underflow')).toBe('mlp_in');
    expect(siteFor('rms', 'block', 'underflow')).toBe('resid_post');
  });

  it('offers a site only where the statistic is defined', () => {
    expect(sitesWith('branch_ratio')).toEqual(['attn_add', 'mlp_add']);
    expect(sitesWith('token_cosine')).not.toContain('attn.pattern');
    expect(sitesWith('rms')).toContain('attn.pattern');
  });
  it('keeps the site that was chosen where it can', () => {
    expect(siteFor('kurtosis', 'mlp_in', 'rms')).toBe('mlp_in');
    expect(siteFor('branch_ratio', 'resid_post', 'rms')).toBe('mlp_add');
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
