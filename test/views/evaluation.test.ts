import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { readTyped } from '../../src/config/quantity';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import type { Evaluated, Lane } from '../../src/runs/state';
import {
  discrepancyOf,
  longestOf,
  positionPoints,
  readCompared,
  readDiscrepancy,
  trainedLengths,
} from '../../src/views/panels/evaluation/read';
import {
  comparedSentence,
  discrepancySentence,
  leakClause,
  numbersSentence,
  positionSentence,
} from '../../src/views/panels/evaluation/sentences';
import type { Told } from '../../src/views/panels/sentences';

const config = { ...DEFAULTS, n_layers: 2, seq_len: 4, eval_seq_len: 6 };
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: ['blocks.0.attn.norm', 'blocks.1.attn.norm', 'final_norm'],
  params: [],
  n_layers: 2,
  n_heads: 2,
};
const { size, norm } = frameOffsets(layout);
const frameOf = (fill: number, change: Record<number, number> = {}) =>
  unpack(layout, {
    step: 5,
    batch: null,
    packed: Float32Array.from({ length: size }, (_, i) => change[i] ?? fill),
  });
const evaluation: Evaluated = {
  config,
  layout,
  training: { config, layout, frame: frameOf(2) },
  frame: frameOf(3),
  seq_len: 6,
  sameBatch: false,
  position: {
    loss: Float32Array.of(1, 2, 3, 4, 5, 6),
    rms: Float32Array.from({ length: 12 }, (_, i) => i),
    entropy: Float32Array.from({ length: 12 }, () => NaN),
  },
  leak: { training: 0.27, evaluation: 0 },
};
const lane = (change: Partial<Lane>) =>
  ({
    id: 'a',
    config,
    shown: evaluation.training,
    evaluation,
    ...change,
  }) as Lane;

describe('what is read of an evaluation', () => {
  it('is the same statistic in training and dashed in evaluation', () => {
    const reading = readCompared(lane({}), readTyped('rms@mlp_in')!)!;
    expect(reading.step).toBe(5);
    expect(reading.isBroken).toBe(false);
    const [training, used] = reading.series;
    expect(training!.points.map(({ y }) => y)).toEqual([2, 2]);
    expect(used).toMatchObject({ suffix: 'evaluation', line: 'dashed', isUnnamed: true });
    expect(used!.points.map(({ y }) => y)).toEqual([3, 3]);
    expect(readCompared(lane({ evaluation: null }), readTyped('sink@attn')!)).toBeNull();
  });
  it('is one layer position by position, the last one at most', () => {
    const at = (text: string, layer: number) =>
      positionPoints(evaluation, readTyped(text)!, layer).map(({ y }) => y);
    const ys = (layer: number) => at('rms@resid_post', layer);
    expect(ys(0)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ys(1)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(ys(Infinity)).toEqual(ys(1));
    expect(at('loss', 7)).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it('knows how far the axis goes, and where training ended', () => {
    expect(longestOf([lane({}), lane({ evaluation: null, config: DEFAULTS })])).toBe(32);
    expect(trainedLengths([lane({}), lane({ id: 'b' })])).toEqual([{ tokens: 4 }]);
    const shorter = { ...evaluation, config: { ...config, seq_len: 3 } };
    expect(trainedLengths([lane({}), lane({ id: 'b', evaluation: shorter })])).toEqual([
      { tokens: 4, colour: 'var(--lane-a)' },
      { tokens: 3, colour: 'var(--lane-b)' },
    ]);
    expect(trainedLengths([lane({ evaluation: { ...evaluation, seq_len: 4 } })])).toEqual([]);
  });
  it('is the discrepancy of one kind of norm, without a mean where the norm takes none out', () => {
    const frame = frameOf(0.5, { [norm.mean_tid + 2]: 0.25 });
    expect(discrepancyOf(lane({ shown: { config, layout, frame } }), 'attn.norm')).toEqual({
      mean: [0, 1].map((x) => ({ x, y: 0.5 })),
      variance: [0, 1].map((x) => ({ x, y: 0.5 })),
      final: { mean: 0.25, variance: 0.5 },
    });
    expect(
      readDiscrepancy(lane({ shown: { config, layout, frame } }), 'attn.norm')!.series,
    ).toHaveLength(2);
    const power = frameOf(0.5, Object.fromEntries([0, 1, 2].map((i) => [norm.mean_tid + i, NaN])));
    expect(
      readDiscrepancy(lane({ shown: { config, layout, frame: power } }), 'attn.norm')!.series,
    ).toMatchObject([{ line: 'dotted' }]);
    const plain = lane({
      shown: { ...evaluation.training, layout: { ...layout, norms: [] } },
    });
    expect(discrepancyOf(plain, 'attn.norm')).toBeNull();
  });
});

describe('evaluation in words', () => {
  const told = (name: string, values: number[]): Told => ({
    name,
    step: 5,
    points: values.map((y, x) => ({ x, y })),
  });
  const say = (...pairs: [string, number[], number[]][]) =>
    comparedSentence(
      pairs.flatMap(([name, a, b]) => [told(name, a), told(`${name} evaluation`, b)]),
      'RMS at resid_post',
      'rms at resid_post',
    );

  it('says where it is farthest from training', () => {
    expect(say(['BatchNorm', [1, 2, 5], [1.1, 1.9, 3.1]], ['LayerNorm', [1, 1], [1, 1]])).toBe(
      'BatchNorm: RMS at resid_post in evaluation is farthest from training at layer 2, 3.10 instead of 5.00 (0.62 times); LayerNorm: the same in training and evaluation.',
    );
    expect(say(['A', [1, 2], [2, 8]], ['B', [0, -1], [0, 1]])).toBe(
      'A: RMS at resid_post in evaluation is farthest from training at layer 1, 8.00 instead of 2.00 (4.0 times); B: at layer 1, 1.00 instead of −1.00.',
    );
  });
  it('says what is not finite, not there or not evaluated yet', () => {
    expect(say(['A', [1, 2], [1, NaN]])).toBe('A: not finite in evaluation from layer 1.');
    expect(say(['A', [], []])).toBe('A has no rms at resid_post.');
    expect(say()).toBe('Nothing evaluated yet.');
  });
  it('says how far the batch is from the running statistics', () => {
    const points = (...ys: number[]) => ys.map((y, x) => ({ x, y }));
    expect(
      discrepancySentence(
        [
          {
            name: 'BatchNorm',
            mean: points(0.19, 0.27, 0.2),
            variance: points(0.27, 0.46, 0.4),
            final: { mean: 0.25, variance: 0.48 },
          },
          { name: 'PowerNorm', mean: [], variance: points(0.3, 0.3), final: null },
          { name: 'sandwich', mean: [], variance: [], final: null },
        ],
        'attn.norm',
      ),
    ).toBe(
      'BatchNorm: the running mean is 0.19 to 0.27 standard deviations off the batch’s, most at layer 1, the running deviation 27 % to 46 %; at the final norm 0.25 and 48 %; PowerNorm: the running deviation 30 % off the batch’s, most at layer 0; sandwich has no attn.norm over the batch.'.replaceAll(
        ' %',
        '\u00A0%',
      ),
    );
    expect(discrepancySentence([], 'attn.norm')).toBe('Nothing measured yet.');
  });
  it('says how much leaks', () => {
    expect(leakClause({ training: 0.27, evaluation: 0 })).toBe(
      'changing the last token moves earlier outputs by 27\u00A0% (batch statistics), 0\u00A0% (running statistics)',
    );
  });
  it('compares the positions of training with those past them, or both halves', () => {
    const line = (name: string, ys: number[], trained: number) => ({
      name,
      trained,
      points: ys.map((y, x) => ({ x, y })),
    });
    expect(
      positionSentence([line('pre-LN', [3, 4, 5, 6], 2), line('B', [1, 1, 2, 2], 4)], 'loss'),
    ).toBe(
      'Loss of pre-LN is 3.50 on average at positions 0 to 1, as in training, and 5.50 past them; B: 1.00 and 2.00.',
    );
    expect(positionSentence([line('A', [NaN, 1, 3, 3], 4)], 'attention entropy')).toBe(
      'Attention entropy of A is 1.00 on average at positions 0 to 1, and 3.00 after.',
    );
    expect(positionSentence([line('A', [NaN, NaN], 2), line('B', [], 2)], 'loss')).toBe(
      'A: not finite; B has no loss by position.',
    );
    expect(positionSentence([line('A', [2], 1)], 'loss')).toBe('A: loss 2.00 at the one position.');
    expect(positionSentence([], 'loss')).toBe('Nothing evaluated yet.');
  });
  it('tells both losses', () => {
    expect(
      numbersSentence([
        { name: 'BatchNorm', step: 128, loss: [2.57, 2.91] },
        { name: 'LayerNorm', step: 128, loss: [2.5, 2.5] },
        { name: 'C', step: 128, loss: [2, NaN] },
      ]),
    ).toBe(
      'Step 128: BatchNorm has loss 2.57 in training and 2.91 in evaluation; LayerNorm has loss 2.50 in training and evaluation; C 2.00 and NaN.',
    );
    expect(
      numbersSentence([
        { name: 'A', step: 128, loss: [2, 3] },
        { name: 'B', step: 64, loss: [4, 5] },
      ]),
    ).toBe(
      'A (step 128) has loss 2.00 in training and 3.00 in evaluation; B (step 64) 4.00 and 5.00.',
    );
    expect(numbersSentence([])).toBe('Nothing evaluated yet.');
  });
});
