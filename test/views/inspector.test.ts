import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { csvOf } from '../../src/figures/csv';
import { seriesOf } from '../../src/figures/series';
import type {
  Attention,
  Channels,
  LaneAttention,
  LaneChannels,
  LanePrediction,
  LaneSpectrum,
  LaneStream,
  LaneTokens,
  Prediction,
  Spread,
  Stream,
} from '../../src/inspect/readings';
import { binAt, middlesOf, stepPaths } from '../../src/plot/bins';
import { brokenEvenly, cellPlace, tokenAt, type TextPlace } from '../../src/plot/lines';
import {
  cellAt,
  cellSide,
  isLight,
  labelledPlaces,
  paintedGrid,
  steppedCell,
} from '../../src/plot/map';
import { chosen, missing, present } from '../../src/views/inspector/present';
import type { InspectedLane } from '../../src/views/inspector/props';
import { tokenName, visible } from '../../src/views/inspector/symbols';
import {
  cellText,
  headPattern,
  mostGiving,
  tellAttention,
} from '../../src/views/inspector/words/attention';
import { tellChannel, tellChannels } from '../../src/views/inspector/words/channels';
import {
  formatEnds,
  hasCounts,
  SPREAD_ROWS,
  tellDistribution,
  tellWay,
} from '../../src/views/inspector/words/distribution';
import {
  tellByDepth,
  tellCalibration,
  tellLogits,
  tellToken,
} from '../../src/views/inspector/words/prediction';
import { tellEffective, tellMatrices } from '../../src/views/inspector/words/spectrum';
import {
  barsOf,
  tellAngles,
  tellGains,
  tellParts,
  valuesOf,
} from '../../src/views/inspector/words/stream';
import { tellColours, tellTokens, tokenText } from '../../src/views/inspector/words/tokens';

const IDS = ['a', 'b', 'c', 'd'] as const;
const laneOf = (i: number, given: Partial<InspectedLane> = {}): InspectedLane => ({
  id: IDS[i]!,
  name: ['pre-LN', 'post-LN', 'DeepNorm', 'none'][i]!,
  config: { ...DEFAULTS, n_layers: 2, seq_len: 3 },
  vocabulary: ['a', ' ', '\n', 'the'],
  ...given,
});
const LANES = [laneOf(0), laneOf(1)];
const ONE = [laneOf(0)];
const AT = { place: 'blocks.1.mlp_out' };

describe('symbols', () => {
  test('are all to be seen', () => {
    expect(visible('a b\n\t')).toBe('a␣b⏎⇥');
    expect(visible('')).toBe('∅');
  });

  test('go without where there are none', () => {
    expect(tokenName(['a'], 0, 3)).toBe('“a” (3)');
    expect(tokenName(['a'], 7, 3)).toBe('position 3');
    expect(tokenName([], null, 3)).toBe('position 3');
  });
});

test('entries stand beside their lanes', () => {
  expect(present([null, 5], LANES)).toEqual([{ lane: LANES[1], of: 5 }]);
  expect(missing([null, 5], LANES)).toEqual([LANES[0]]);
  expect(chosen(present([4, 5], LANES), 'b')?.of).toBe(5);
  expect(chosen(present([4, null], LANES), 'b')?.of).toBe(4);
  expect(chosen(present([null, null], LANES), 'b')).toBeNull();
});

describe('bins', () => {
  const edges = [0, 1, 3, 6];

  test('hold their lower edge, and the nearest one holds what is past an end', () => {
    expect([-1, 0, 0.9, 1, 2.9, 3, 6, 9].map((place) => binAt(edges, place))).toEqual([
      0, 0, 0, 1, 1, 2, 2, 2,
    ]);
    expect(middlesOf(edges)).toEqual([0.5, 2, 4.5]);
  });

  test('are drawn as steps, with a gap where there is no height', () => {
    const y = (value: number) => (Number.isFinite(value) ? 10 - value : null);
    const { line, area } = stepPaths(edges, [2, NaN, 4], (x) => 10 * x, y, 10);
    expect(line).toBe('M0,8H10M30,6H60');
    expect(area).toBe('M0,10L0,8H10L10,10ZM30,10L30,6H60L60,10Z');
  });
});

describe('maps', () => {
  const place = { left: 20, top: 10, rows: 3, columns: 4, cell: 5 };

  test('tell the cell at a place, and none beside the map', () => {
    expect(cellAt(place, 20, 10)).toEqual({ row: 0, column: 0 });
    expect(cellAt(place, 39.9, 24.9)).toEqual({ row: 2, column: 3 });
    expect(cellAt(place, 40, 12)).toBeNull();
    expect(cellAt(place, 19, 12)).toBeNull();
    expect(cellAt(place, 22, 25)).toBeNull();
  });

  test('have cells that are never larger than reads well', () => {
    expect(cellSide(320, 128)).toBe(2.5);
    expect(cellSide(320, 1)).toBe(28);
    expect(cellSide(320, 13, 18)).toBe(18);
  });

  test('are walked by keys, within their edges', () => {
    expect(steppedCell('ArrowDown', null, place)).toEqual({ row: 0, column: 0 });
    expect(steppedCell('ArrowDown', { row: 2, column: 1 }, place)).toEqual({ row: 2, column: 1 });
    expect(steppedCell('End', { row: 1, column: 1 }, place)).toEqual({ row: 1, column: 3 });
    expect(steppedCell('Escape', { row: 1, column: 1 }, place)).toBeNull();
    expect(steppedCell('x', null, place)).toBeUndefined();
  });

  test('label as many places as there is room for', () => {
    expect(labelledPlaces(6, 10, 0)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(labelledPlaces(20, 2.5, 13)).toEqual([0, 8, 16]);
  });

  test('paint finite values, leave out what is not there and tell what is not finite', () => {
    const pixels = new Uint32Array(4);
    const lost = paintedGrid({ values: Float32Array.of(1, NaN, Infinity, 0) }, pixels, () => 7);
    expect([...pixels]).toEqual([7, 0, 0, 7]);
    expect(lost).toEqual([2]);
  });

  test('have black on what is light and white on what is dark', () => {
    expect(isLight(0xff25e7fd)).toBe(true);
    expect(isLight(0xff540144)).toBe(false);
  });

  test('are files of rows and columns by their own names', () => {
    const series = seriesOf({
      ...{ label: 'attention', kind: 'linear', domain: [0, 1], across: 'key', down: 'query' },
      strips: [
        {
          ...{ label: 'pre-LN', colour: '#000000', mark: 'circle', columns: 2, first: 0 },
          ...{ steps: [0, 1], values: Float32Array.of(1, NaN, 0.25, Infinity) },
        },
      ],
    });
    expect(series[0]!.points).toEqual([
      { x: 0, step: 0, value: 1 },
      { x: 0, step: 1, value: 0.25 },
      { x: 1, step: 1, value: Infinity },
    ]);
    const text = csvOf({
      ...{ title: 'attention', subject: 'weights', unit: '', at: '', sentence: '', link: '' },
      ...{ across: 'key', down: 'query', isLogAcross: false, isMap: true, smoothed: null },
      ...{ axis: { kind: 'linear', domain: [0, 1] }, levels: [], series },
    });
    expect(text).toContain('lane,series,key,query,value,low,high\npre-LN,,0,0,1,,\n');
    expect(text).toContain('# query: position that reads, from 0');
  });
});

describe('the batch as text', () => {
  test('is broken into lines of about the same length', () => {
    expect(brokenEvenly(64, 40)).toEqual({ perLine: 32, lines: 2 });
    expect(brokenEvenly(5, 40)).toEqual({ perLine: 5, lines: 1 });
    expect(brokenEvenly(7, 0)).toEqual({ perLine: 1, lines: 7 });
  });

  test('has each token at its place, and finds it there', () => {
    const place: TextPlace = {
      ...{ left: 20, top: 40, width: 10, height: 20, tokens: 5, perLine: 3, lines: 2 },
      sequences: 2,
    };
    for (const cell of [
      { row: 0, column: 0 },
      { row: 0, column: 4 },
      { row: 1, column: 2 },
    ]) {
      const { x, y } = cellPlace(place, cell);
      expect(tokenAt(place, x + 1, y + 1)).toEqual(cell);
    }
    // The last line is not full, and nothing stands before the first token or after the last sequence.
    expect(tokenAt(place, 45, 65)).toBeNull();
    expect(tokenAt(place, 15, 45)).toBeNull();
    expect(tokenAt(place, 25, 140)).toBeNull();
  });
});

const spread = (given: Partial<Spread> = {}): Spread => ({
  ...{ elements: 1000, zeros: 0, notFinite: 0, mean: 0, rms: 0.5 },
  quantiles: [-4, -3, -1.25, -0.6, -0.3, 0, 0.3, 0.6, 1.25, 3, 5],
  ...{ smallest: 1e-6, largest: 5 },
  ...given,
});
const EMPTY = { edges: [0, 1], counts: [] };
const distribution = (forward: (Spread | null)[], backward: (Spread | null)[] = []) => ({
  forward: { lanes: forward, values: EMPTY, magnitudes: EMPTY },
  backward: { lanes: backward, values: EMPTY, magnitudes: EMPTY },
});

describe('distribution', () => {
  test('says how wide the numbers are and how far the largest stands out', () => {
    expect(tellDistribution(distribution([spread(), null]), LANES, AT)).toBe(
      'blocks.1.mlp_out in pre-LN: rms 0.500, 98\u00A0% from −1.25 to 1.25, the largest 10.0 times the rms.',
    );
  });

  test('says what is 0 and what is not finite', () => {
    const say = (given: Partial<Spread>) =>
      tellWay(distribution([spread(given)]), 'forward', ONE, 'embed');
    expect(say({ notFinite: 1000 })).toBe('embed in pre-LN: nothing is finite.');
    expect(say({ zeros: 1000 })).toBe('embed in pre-LN: all are 0.');
    expect(say({ zeros: 900, notFinite: 100 })).toBe(
      'embed in pre-LN: all finite numbers are 0, 100 of 1000 not finite.',
    );
    expect(say({ zeros: 250 })).toContain('25\u00A0% are 0');
  });

  test('without a place says so', () => {
    expect(tellWay(distribution([null], [null]), 'forward', ONE, 'x')).toBe('No lane has x.');
    expect(tellWay(distribution([null], [null]), 'backward', ONE, 'x')).toBe(
      'No lane has a gradient at x.',
    );
  });

  test('has a row for every quantile', () => {
    const texts = SPREAD_ROWS.map(({ label, of }) => `${label} ${of(spread())}`);
    expect(texts).toContain('least −4.00');
    expect(texts).toContain('99.9\u00A0% 3.00');
    expect(texts).toContain('most 5.00');
  });

  test('draws the ends of formats that are near, of a lane’s own and of those asked for', () => {
    const rounded = [laneOf(0), laneOf(1, { config: { ...DEFAULTS, precision: 'fp16' } })];
    const ends = formatEnds([-8, 0], 'forward', rounded, []);
    expect(ends.map(({ label }) => label)).toEqual(['fp16 normal', 'fp16 min']);
    expect(ends[0]!.at).toBeCloseTo(Math.log10(2 ** -14), 10);
    expect(ends[0]!.colour).toBe('var(--lane-b)');
    expect(formatEnds([-8, 0], 'forward', ONE, [])).toEqual([]);
    expect(formatEnds([-3, 4], 'forward', ONE, ['fp16']).map(({ label }) => label)).toEqual([
      'fp16 max',
    ]);
    const scaled = [laneOf(0, { config: { ...DEFAULTS, precision: 'fp16' }, lossScale: 1024 })];
    expect(formatEnds([-12, -9], 'backward', scaled, [])[0]!.label).toBe('fp16 min ÷ 1024');
  });

  test('is drawn where a bin has something', () => {
    expect(hasCounts({ edges: [0, 1], counts: [null, [0]] })).toBe(false);
    expect(hasCounts({ edges: [0, 1], counts: [null, [2]] })).toBe(true);
  });
});

const channels = (given: Partial<LaneChannels> = {}): LaneChannels => ({
  ...{ order: [3, 0, 1, 2], rms: [8, 1, 1, 0.5] },
  shares: [
    { top: 1, share: 0.96 },
    { top: 4, share: 1 },
  ],
  ...{ median: 0.1, massive: [], massiveCount: 0, tokenRms: [], spikes: [] },
  ...given,
});

describe('channels', () => {
  const say = (given: Partial<LaneChannels>) => tellChannels({ lanes: [channels(given)] }, ONE, AT);

  test('names the channel and the token that carry the peaks', () => {
    const spike = { sequence: 1, position: 2, symbol: 1, rms: 9, ratio: 18 };
    expect(say({ massiveCount: 3, spikes: [spike] })).toBe(
      'blocks.1.mlp_out in pre-LN: channel 3 holds 96\u00A0% of the sum of squares, 3.8 times an even share, 3 massive elements, token “␣” (2) at 18.0 times the median token.',
    );
  });

  test('leaves out what does not stand out, and says where nothing is finite', () => {
    const flat = { sequence: 0, position: 0, symbol: null, rms: 1, ratio: 1.2 };
    expect(say({ spikes: [flat] })).not.toContain('token');
    expect(say({ rms: [NaN, NaN], shares: [{ top: 1, share: NaN }] })).toBe(
      'blocks.1.mlp_out in pre-LN: no channel is finite.',
    );
    expect(say({ rms: [NaN, 2], shares: [{ top: 1, share: NaN }] })).toBe(
      'blocks.1.mlp_out in pre-LN: 1 of 2 channels not finite.',
    );
    expect(say({ rms: [0, 0], shares: [{ top: 1, share: NaN }] })).toBe(
      'blocks.1.mlp_out in pre-LN: every channel is 0.',
    );
    expect(say({ order: [0], rms: [2], shares: [{ top: 1, share: 1 }] })).toBe(
      'blocks.1.mlp_out in pre-LN: channel 0 holds 100\u00A0% of the sum of squares.',
    );
  });

  test('ranks a channel in every lane', () => {
    const reading: Channels = { lanes: [channels(), channels({ order: [0], rms: [1] })] };
    expect(tellChannel(reading, LANES, 3)).toBe(
      'Channel 3: pre-LN rank 1 of 4, rms 8.00; post-LN has no such channel.',
    );
  });
});

const attention = (given: Partial<LaneAttention> = {}): LaneAttention => ({
  ...{ heads: 2, T: 2, causal: true, symbols: [0, 1] },
  pattern: Float32Array.of(1, 0, 0.25, 0.75, 1, 0, 0.5, 0.5),
  ...{ entropy: [0.81, 1], sink: [0.25, 0.5] },
  received: [
    [0.25, NaN],
    [0.5, NaN],
  ],
  ...given,
});

describe('attention', () => {
  const say = (of: LaneAttention, head = 0, token = 0) =>
    tellAttention({ layer: 1, lanes: [of] } satisfies Attention, ONE, { head, token });

  test('says of a head what it is like, and which head looks at the token', () => {
    expect(say(attention())).toBe(
      'Head 0 of layer 1 in pre-LN: entropy 0.810 of 1, 0.250 on position 0; of all heads, head 1 gives “a” (0) most, 0.500 on average.',
    );
    expect(mostGiving(attention(), 0)).toEqual({ head: 1, given: 0.5 });
  });

  test('knows that none reads the last token, and that nothing may be finite', () => {
    expect(say(attention(), 0, 9)).toContain('no other query may read “␣” (1)');
    const lost = {
      entropy: [NaN, NaN],
      received: [
        [NaN, NaN],
        [NaN, NaN],
      ],
    };
    expect(say(attention(lost))).toBe(
      'Head 0 of layer 1 in pre-LN: not finite; nothing finite is given to “a” (0).',
    );
  });

  test('of one token, of one head, and of a head that a lane has not', () => {
    const single = attention({ T: 1, entropy: [NaN, NaN], received: [[NaN], [NaN]] });
    expect(say(single)).toContain('one token, which reads itself; no other query may read “a” (0)');
    expect(say(attention({ heads: 1, received: [[0.25, NaN]] }), 3)).toContain(
      'has one head alone; the one head gives “a” (0) 0.250',
    );
  });

  test('reads a cell, and one that the mask takes', () => {
    const values = headPattern(attention(), 0);
    expect([...values]).toEqual([1, NaN, 0.25, 0.75]);
    expect(cellText(ONE[0]!, attention(), 1, 0, 0.25)).toBe('“␣” (1) reads “a” (0): 0.250');
    expect(cellText(ONE[0]!, attention(), 0, 1, NaN)).toBe('“a” (0) may not read “␣” (1)');
    expect([...headPattern(attention({ causal: false }), 0)]).toEqual([1, 0, 0.25, 0.75]);
    const broken = attention({ pattern: new Float32Array(8).fill(NaN) });
    expect([...headPattern(broken, 0)]).toEqual([Infinity, NaN, Infinity, Infinity]);
  });
});

const PARTS: LaneStream['parts'] = [
  { name: 'embed', layer: null, of: 'embed' },
  { name: 'blocks.0.attn_add', layer: 0, of: 'attn' },
  { name: 'blocks.0.mlp_add', layer: 0, of: 'mlp' },
  { name: 'rest', layer: null, of: 'rest' },
];
const stream = (share: number[], tokens: number[][] = []): LaneStream => ({
  parts: PARTS,
  ...{ ratio: [], cosine: [], share: tokens.map((values) => Float32Array.from(values)) },
  means: { ratio: share, cosine: share, share },
  angular: { last: [], mean: [] },
});

describe('stream', () => {
  const say = (share: number[]) =>
    tellParts({ lanes: [stream(share)] } satisfies Stream, ONE, 'share', null);

  test('names the largest part, and one that points against the stream', () => {
    expect(say([0.2, 1.1, -0.3, 0])).toBe(
      'In the mean over tokens, in pre-LN: largest is the attention of layer 0, share 1.10, the MLP of layer 0 points against it, share −0.300.',
    );
    expect(say([0.2, 0.5, -1e-6, -1])).toBe(
      'In the mean over tokens, in pre-LN: largest is the attention of layer 0, share 0.500.',
    );
    expect(say([NaN, NaN, NaN, NaN])).toContain('nothing is finite');
  });

  test('reads a token of the batch, the nearest one past its ends', () => {
    const of = stream([], [[1, 2, 3, 4, 5, 6]]);
    expect(valuesOf(of, 'share', { sequence: 1, token: 2 }, 3)).toEqual([6]);
    expect(valuesOf(of, 'share', { sequence: 9, token: 0 }, 3)).toEqual([4]);
  });

  test('stands at its depths, without a rest that comes from rounding', () => {
    const at = (values: number[]) => barsOf(stream(values), values, 2).map((bar) => bar.at);
    expect(at([1, 1, 1, 1e-9])).toEqual([-1, 0, 0]);
    expect(at([1, 1, 1, 0.2])).toEqual([-1, 0, 0, 2]);
    expect(at([1, 1, 1, NaN])).toEqual([-1, 0, 0, 2]);
  });

  test('turns most in a layer', () => {
    const angles = [
      [0, 0.1, 0.4],
      [0.1, 0, 0.35],
      [0.4, 0.35, 0],
    ];
    expect(tellAngles('pre-LN', angles)).toBe(
      'In pre-LN the stream turns most in layer 1, by 0.350 half turns; from the embedding to the end by 0.400.',
    );
    expect(tellAngles('pre-LN', [[0]])).toBe('In pre-LN there is one depth alone.');
    expect(
      tellAngles('pre-LN', [
        [0, NaN],
        [NaN, 0],
      ]),
    ).toBe('In pre-LN not every angle is finite.');
  });

  test('has gains, of which the one farthest from 1 is told', () => {
    const lane = laneOf(0, { gains: { forward: [1.1, 0.5], backward: [NaN, 1.2] } });
    expect(tellGains([lane, laneOf(1)])).toBe(
      'Gain farthest from 1 in pre-LN: forward 0.500 in layer 1, backward 1.20 in layer 1.',
    );
    expect(tellGains([laneOf(0, { gains: { forward: [NaN], backward: [] } })])).toContain(
      'forward none that is finite',
    );
  });
});

const prediction = (given: Partial<LanePrediction> = {}): LanePrediction => ({
  ...{ crossEntropy: [4, 3.5, 2], entropy: [3, 3, 3], accuracy: [0.1, 0.4, 0.3], rank: [9, 4, 1] },
  ...{ target: 1, targetP: [0.1, 0.2, 0.7], targetRank: [5, 1, 1] },
  tops: [[{ symbol: 0, p: 0.5 }], [{ symbol: 1, p: 0.2 }], [{ symbol: 1, p: 0.7 }]],
  calibration: [
    { count: 10, confidence: 0.3, accuracy: 0.1 },
    { count: 0, confidence: NaN, accuracy: NaN },
  ],
  ece: 0.2,
  ...given,
});

describe('prediction', () => {
  const reading = (...lanes: (LanePrediction | null)[]): Prediction => ({
    lanes,
    logits: { edges: [-2, 0, 2, 4], counts: [[0, 3, 0], null] },
  });

  test('falls or rises, most in a layer, and may have been better before', () => {
    expect(tellByDepth(reading(prediction()), ONE, 'crossEntropy')).toBe(
      'Cross-entropy in pre-LN: falls from 4.00 at the embedding to 2.00, most in layer 1.',
    );
    expect(tellByDepth(reading(prediction()), ONE, 'accuracy')).toBe(
      'Accuracy in pre-LN: rises from 10\u00A0% at the embedding to 30\u00A0%, most in layer 0, best 40\u00A0% after layer 0.',
    );
    expect(tellByDepth(reading(prediction()), ONE, 'entropy')).toBe(
      'Entropy in pre-LN: 3.00 at the embedding and at the end.',
    );
  });

  test('says where it is not finite, and that a lane has none', () => {
    const lost = prediction({ crossEntropy: [4, NaN, NaN], rank: [NaN, NaN, NaN] });
    expect(tellByDepth(reading(lost), ONE, 'crossEntropy')).toContain('not finite at layer 0');
    expect(tellByDepth(reading(lost), ONE, 'rank')).toContain('nothing is finite');
    expect(tellByDepth(reading(null), ONE, 'rank')).toBe('No lane predicts symbols.');
  });

  test('is too sure, or not sure enough', () => {
    expect(tellCalibration(reading(prediction()), ONE)).toBe(
      'The output in pre-LN: calibration error 20\u00A0%, too sure by 20\u00A0% on average.',
    );
    expect(tellCalibration(reading(prediction({ ece: NaN })), ONE)).toContain('not finite');
  });

  test('finds the target from a layer on, late, never, or has none', () => {
    const say = (given: Partial<LanePrediction>) =>
      tellToken(ONE[0]!, prediction(given), 'position 1');
    expect(say({})).toBe(
      'After position 1 in pre-LN the target is “␣”; it is the likeliest from layer 0 on, 70\u00A0% at the end.',
    );
    expect(say({ targetRank: [1, 1, 1] })).toContain('at every depth');
    expect(say({ targetRank: [1, 3, 1] })).toContain('from the last layer on');
    expect(say({ targetRank: [1, 1, 4], target: 0 })).toBe(
      'After position 1 in pre-LN the target is “a”; “␣” is likeliest at the end, 70\u00A0%; the target’s rank there is 4.',
    );
    expect(say({ target: -1 })).toBe(
      'After position 1 in pre-LN no target is counted; “␣” is likeliest at the end, 70\u00A0%.',
    );
  });

  test('has logits between two edges', () => {
    expect(tellLogits(reading(prediction(), null), LANES)).toBe(
      'Logits in pre-LN: from 0 to 2.00.',
    );
  });
});

const tokens = (given: Partial<LaneTokens> = {}): LaneTokens => ({
  ...{ B: 1, T: 3, symbols: [0, 1, 3], targets: [1, 3, -1] },
  ...{ loss: [1, 3, NaN], rms: [1, 2, 8], gradient: [1e-3, 2e-3, 0] },
  ...given,
});

describe('tokens', () => {
  test('are told by their mean and the largest', () => {
    expect(tellTokens({ lanes: [tokens()] }, ONE, AT)).toBe(
      'Loss in pre-LN: mean 2.00 of 2 tokens, largest 3.00 at “␣” (1) of sequence 0.',
    );
    expect(tellTokens({ lanes: [tokens({ loss: null })] }, ONE, AT)).toBe(
      'RMS at blocks.1.mlp_out in pre-LN: mean 3.67 of 3 tokens, largest 8.00 at “the” (2) of sequence 0.',
    );
  });

  test('of one alone, of none that is finite, and of lanes without', () => {
    expect(tellColours({ lanes: [tokens({ loss: [2, NaN, NaN] })] }, ONE, 'loss', 'x')).toBe(
      'Loss in pre-LN: mean 2.00 of one token.',
    );
    expect(tellColours({ lanes: [tokens({ rms: [NaN, NaN, NaN] })] }, ONE, 'rms', 'x')).toContain(
      'nothing is finite',
    );
    expect(tellTokens({ lanes: [null] }, ONE, AT)).toBe('No lane has tokens at blocks.1.mlp_out.');
  });

  test('are read with all their numbers', () => {
    expect(tokenText(ONE[0]!, tokens(), 0)).toBe(
      '“a” (0) of sequence 0: loss 1.00, gradient 1.00×10⁻³, RMS 1.00; target “␣”',
    );
    // A model that diverged has targets all the same.
    expect(tokenText(ONE[0]!, tokens({ loss: [NaN, NaN, NaN] }), 0)).toContain('loss NaN');
    expect(tokenText(ONE[0]!, tokens(), 2)).toBe(
      '“the” (2) of sequence 0: not counted, gradient 0, RMS 8.00',
    );
  });
});

const spectrum = (given: Partial<LaneSpectrum> = {}): LaneSpectrum => ({
  ...{ matrix: 'blocks.1.attn.wq', shape: [3, 3], values: [2, 1, 0.5], norm: 2 },
  ...{ stableRank: 1.31, condition: 4, effectiveRank: [3, 1.2, 2], top: [0.4, 0.9, 0.5] },
  ...given,
});

describe('spectrum', () => {
  test('says of a matrix how it is conditioned', () => {
    expect(tellMatrices({ lanes: [spectrum(), spectrum({ condition: Infinity })] }, LANES)).toBe(
      'blocks.1.attn.wq (3 × 3) in pre-LN: largest singular value 2.00, stable rank 1.31 of 3, condition number 4.00; in post-LN: largest singular value 2.00, stable rank 1.31 of 3, the smallest singular value is 0.',
    );
    expect(tellMatrices({ lanes: [spectrum({ norm: 0 })] }, ONE)).toContain(
      'every singular value is 0',
    );
    expect(tellMatrices({ lanes: [spectrum({ norm: NaN })] }, ONE)).toContain('not finite');
    const wide = spectrum({ shape: [3, 6] });
    expect(tellMatrices({ lanes: [spectrum(), wide] }, LANES)).toContain(
      'in post-LN: blocks.1.attn.wq (3 × 6), largest',
    );
  });

  test('follows the rank of the stream', () => {
    expect(tellEffective({ lanes: [spectrum()] }, ONE)).toBe(
      'Effective rank of the stream in pre-LN: 3.00 at the embedding, 2.00 at the end, least 1.20 after layer 0.',
    );
    expect(tellEffective({ lanes: [spectrum({ effectiveRank: [3, NaN] })] }, ONE)).toContain(
      'not finite at every depth',
    );
  });
});
