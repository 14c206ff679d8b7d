import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { readTyped, typed, type Statistic } from '../../src/config/quantity';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf, STATISTIC_IDS } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import { kindsOf } from '../../src/protocol/read';
import { OFFERS } from '../../src/runs/view';
import { levelsOf, reference } from '../../src/views/panels/levels';
import {
  hasEach,
  paramKinds,
  settled,
  siteOptions,
  sitesWith,
  statisticOptions,
  withStatistic,
} from '../../src/views/panels/options';
import { seriesOf } from '../../src/views/panels/series';

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

const q = (text: string) => readTyped(text)!;
const series = (text: string, of = layout) => seriesOf({ layout: of, frame }, q(text));
const points = (text: string, of = layout) => series(text, of)[0]!.points;

describe('series', () => {
  it('puts the embedding before the layers of the stream, and of the stream alone', () => {
    expect(points('rms@resid_post')).toEqual([
      { x: -1, y: at('embed') },
      { x: 0, y: at('blocks.0.resid_post') },
      { x: 1, y: at('blocks.1.resid_post') },
      { x: 2, y: at('blocks.2.resid_post') },
    ]);
    expect(points('rms@mlp_out').map(({ x }) => x)).toEqual([0, 1, 2]);
  });

  it('reads a kind of parameter by name, and leaves out what is not there', () => {
    expect(points('param_rms@attn.wq').map(({ y }) => y)).toEqual(
      [0, 1, 2].map((l) => frame.param.param_rms[layout.params.indexOf(`blocks.${l}.attn.wq`)]),
    );
    expect(points('param_rms@attn.wo')).toEqual([]);
  });

  it('takes the mean of the heads, and each where asked', () => {
    const [first, second] = frame.head.entropy;
    const [mean] = series('entropy@attn');
    expect(mean!.points[0]).toEqual({ x: 0, y: (first! + second!) / 2 });
    expect(mean!.strands).toBeUndefined();
    const [each] = series('entropy@attn/each');
    expect(each!.points).toEqual(mean!.points);
    expect(each!.strands).toHaveLength(2);
    expect(each!.band?.[0]).toEqual({ x: 0, low: first, high: second });
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
    const sums = points('grad_underflow@block');
    expect(sums.map(({ x }) => x)).toEqual([-1, 0, 1, 2]);
    expect(sums[0]!.y).toBe(value('grad_underflow', 'embed'));
    const inBlock = layout.sites.filter((site) => site.startsWith('blocks.1.'));
    expect(sums[2]!.y).toBe(inBlock.reduce((sum, site) => sum + value('grad_underflow', site), 0));
  });

  it('shows both modalities, told apart by name and line', () => {
    const [m0, m1] = series('rms@mlp_in/each');
    expect([m0!.suffix, m0!.line, m1!.suffix, m1!.line]).toEqual(['m0', undefined, 'm1', 'dotted']);
    expect(m1!.points[2]).toEqual({ x: 2, y: value('rms_modality_1', 'blocks.2.mlp_in') });
  });

  it('has nothing of a statistic that is not measured', () => {
    const plain = { ...layout, siteStatistics: siteStatisticsOf(DEFAULTS) };
    expect(points('underflow@block', plain)).toEqual([]);
    expect(points('rms_modality_0@embed', plain)).toEqual([]);
  });

  it('reads norms over the batch by kind', () => {
    expect(kindsOf([layout, { ...layout, norms: ['final_norm'] }], 'norms')).toEqual([
      'attn.norm',
      'mlp.norm',
    ]);
    expect(points('var_tid@mlp.norm').map(({ y }) => y)).toEqual(
      [1, 3, 5].map((i) => frame.norm.var_tid[i]),
    );
  });
});

describe('choices', () => {
  const values = (options: { value: string }[]) => options.map(({ value }) => value);

  const plain = { ...layout, siteStatistics: siteStatisticsOf(DEFAULTS) };
  const every = { ...layout, siteStatistics: STATISTIC_IDS.site };
  const offered = (panel: 'magnitude' | 'gradient', of: Layout, shown: Statistic) =>
    values(statisticOptions(OFFERS[panel][0]!, [of], shown));

  it('offers a statistic where some lane has it, forward and backward apart', () => {
    expect(offered('magnitude', plain, 'rms')).not.toContain('underflow');
    expect(offered('magnitude', plain, 'underflow')).toContain('underflow');
    expect(offered('magnitude', every, 'rms')).toEqual(
      STATISTIC_IDS.site.filter((id) => !id.startsWith('grad_')),
    );
    expect(offered('gradient', plain, 'grad_rms')).toEqual(['grad_rms']);
    expect(offered('gradient', every, 'grad_rms')).toEqual(
      STATISTIC_IDS.site.filter((id) => id.startsWith('grad_')),
    );
  });
  it('offers each modality where some lane has several, and each head', () => {
    expect(hasEach(q('rms@mlp_in'), [plain])).toBe(false);
    expect(hasEach(q('rms@mlp_in'), [plain, layout])).toBe(true);
    expect(hasEach(q('rms@mlp_in/each'), [plain])).toBe(true);
    expect(hasEach(q('absmax@mlp_in'), [layout])).toBe(false);
    expect(hasEach(q('sink@attn'), [plain])).toBe(true);
  });

  /** The quantity that stands there once a statistic is picked. */
  const picked = (before: string, statistic: Statistic) =>
    typed(settled(withStatistic(q(before), statistic), q(before)));

  it('offers a whole block for counts alone, and goes there with them', () => {
    expect(values(siteOptions(q('underflow@mlp_in')))[0]).toBe('block');
    expect(values(siteOptions(q('rms@mlp_in')))).not.toContain('block');
    expect(picked('rms@resid_post', 'underflow')).toBe('underflow@block');
    expect(picked('underflow@mlp_in', 'overflow')).toBe('overflow@mlp_in');
    expect(picked('underflow@block', 'rms')).toBe('rms@resid_post');
  });

  it('offers a site only where the statistic is defined', () => {
    expect(sitesWith(q('branch_ratio@attn_add'))).toEqual(['attn_add', 'mlp_add']);
    expect(sitesWith(q('token_cosine@mlp_in'))).not.toContain('attn.pattern');
    expect(sitesWith(q('rms@mlp_in'))).toContain('attn.pattern');
    expect(sitesWith(q('rms@mlp_in/each'))).not.toContain('attn.pattern');
  });
  it('keeps the site that was chosen where it can', () => {
    expect(picked('rms@mlp_in', 'kurtosis')).toBe('kurtosis@mlp_in');
    expect(picked('rms@resid_post', 'branch_ratio')).toBe('branch_ratio@mlp_add');
    expect(picked('entropy@attn/each', 'token_cosine')).toBe('token_cosine@resid_post');
  });
  it('keeps each head from statistic to statistic of heads', () => {
    expect(picked('entropy@attn/each', 'sink')).toBe('sink@attn/each');
    expect(picked('token_cosine@mlp_in', 'sink')).toBe('sink@attn');
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
  it('give one line to what is equal, and one each to what is not', () => {
    const random = { uniform: 3.47, unigram: 3.47, floor: 3.47 };
    const levels = levelsOf([random, { uniform: 3.47, unigram: 3.1 }]);
    expect(levels.map(({ label, value }) => [label, value])).toEqual([
      ['ln V = unigram entropy = floor', 3.47],
      ['unigram entropy', 3.1],
    ]);
    const values = levelsOf([{ unigram: 3 }, { unigram: 2 }]).map(({ value }) => value);
    expect(values).toEqual([3, 2]);
  });
  it('compares a loss with the level that says most', () => {
    expect(reference({ uniform: 4.33, unigram: 3.17 })?.name).toBe('unigram entropy');
    expect(reference({ uniform: 4.33, floor: 1.9 })?.value).toBe(1.9);
    expect(reference({})).toBeNull();
  });
});
