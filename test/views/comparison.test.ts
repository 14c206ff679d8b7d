import { describe, expect, it, test } from 'vitest';
import { comparedBy } from '../../src/config/comparison';
import { describe as about } from '../../src/config/describe';
import { readTyped } from '../../src/config/quantity';
import { against } from '../../src/views/panels/comparison';
import { comparisonSentence } from '../../src/views/panels/comparisonSentence';
import type { Series } from '../../src/views/panels/series';

const points = (values: Record<number, number>) =>
  Object.entries(values).map(([x, y]) => ({ x: Number(x), y }));
const curve = (values: Record<number, number>, rest: Partial<Series> = {}): Series => ({
  points: points(values),
  ...rest,
});

test.each([
  ['rms@resid_post', 'ratio'],
  ['param_grad_rms@attn.wq', 'ratio'],
  ['grad_norm@output', 'ratio'],
  ['token_cosine@resid_post', 'difference'],
  ['sink@attn', 'difference'],
  ['mean@resid_post', 'difference'],
  ['underflow@block', 'difference'],
  ['loss', 'difference'],
])('%s is compared by a %s', (typed, by) => expect(comparedBy(about(readTyped(typed)!))).toBe(by));

describe('curves held against a baseline', () => {
  const base = [curve({ 0: 2, 1: 4, 2: 0, 3: NaN, 4: 1 })];

  it('are divided layer by layer, the baseline itself by itself', () => {
    expect(against(base, base, 'ratio')[0]!.points).toEqual(points({ 0: 1, 1: 1, 3: NaN, 4: 1 }));
    const [other] = against([curve({ 0: 1, 1: 8, 2: 5, 3: 7, 4: Infinity, 5: 3 })], base, 'ratio');
    // Nothing is said where the baseline is 0, not finite or not there; what is not finite stays so.
    expect(other!.points).toEqual(points({ 0: 0.5, 1: 2, 4: Infinity }));
  });
  it('are subtracted where a ratio says nothing', () =>
    expect(against([curve({ 0: 1, 2: -3 })], base, 'difference')[0]!.points).toEqual(
      points({ 0: -1, 2: -3 }),
    ));
  it('of heads are held against the mean of the baseline’s', () => {
    const strands = [points({ 0: 1 }), points({ 0: 3 })];
    const heads = [curve({ 0: 2 }, { strands, band: [{ x: 0, low: 1, high: 3 }] })];
    expect(against(heads, heads, 'ratio')).toEqual([
      {
        points: points({ 0: 1 }),
        strands: [points({ 0: 0.5 }), points({ 0: 1.5 })],
        band: [{ x: 0, low: 0.5, high: 1.5 }],
      },
    ]);
  });
  it('are held against the curve of the same kind, or none', () => {
    const both = [curve({ 0: 2 }, { suffix: 'm0' }), curve({ 0: 8 }, { suffix: 'm1' })];
    const held = against(both, [both[1]!], 'ratio');
    expect(held.map(({ points }) => points)).toEqual([[], points({ 0: 1 })]);
  });
});

describe('the sentence of a comparison', () => {
  const told = (name: string, values: Record<number, number>, step = 3) => ({
    name,
    points: points(values),
    step,
  });
  it('says where a lane is farthest from the baseline, in decades', () => {
    const sentence = comparisonSentence(
      [
        told('post-LN over pre-LN', { [-1]: 9, 0: 1, 8: 2.4, 11: 0.312 }),
        told('no norm over pre-LN', { 0: 1, 1: 580 }),
      ],
      'ratio',
    );
    expect(sentence).toBe(
      'Farthest from 1, post-LN over pre-LN: 0.31 at layer 11; no norm over pre-LN: 580 at layer 1.',
    );
  });
  it.each([
    [{ 0: 1.01, 1: 0.99 }, 'ratio', 'B over A: 1 at every layer.'],
    [{ 0: 0, 1: -0.123 }, 'difference', 'Farthest from 0, B over A: −0.12 at layer 1.'],
    [{ 0: 1, 1: NaN }, 'ratio', 'B over A: not finite from layer 1.'],
    [{}, 'ratio', 'B over A: no layer has both.'],
  ] as const)('of %o', (values, by, sentence) =>
    expect(comparisonSentence([told('B over A', values)], by)).toBe(sentence),
  );
});

describe('curves of several depths held against each other', () => {
  // A baseline of 2 layers, whose middles are at 1/4 and 3/4 of the depth; its embedding stands by itself.
  const base = [curve({ '-1': 5, 0: 1, 1: 16 })];
  const own = [curve({ '-1': 10, 0: 1, 1: 1, 2: 1, 3: 1 })];
  const depths = { own: 4, base: 2 };
  const values = (by: 'ratio' | 'difference') =>
    against(own, base, by, depths)[0]!
      .points.map(({ x, y }) => [x, Number(y.toFixed(6))] as const)
      .sort(([a], [b]) => a - b);

  it('interpolate the baseline between its layers, and keep its ends', () => {
    // Layers of 4 are at 1/8, 3/8, 5/8, 7/8: the second is a quarter of the way.
    expect(values('difference')).toEqual([
      [-1, 5],
      [0, 0],
      [1, -3.75],
      [2, -11.25],
      [3, -15],
    ]);
    expect(values('ratio')).toEqual([
      [-1, 2],
      [0, 1],
      [1, 0.5],
      [2, 0.125],
      [3, 0.0625],
    ]);
  });
  it('are said to be', () => {
    const told = [{ name: 'deep over pre-LN', points: own[0]!.points, step: 0 }];
    expect(comparisonSentence(told, 'ratio', true)).toMatch(/equal fractions of the depth/);
    expect(comparisonSentence(told, 'ratio')).not.toMatch(/fractions/);
  });
});
