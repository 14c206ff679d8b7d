import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { readTyped } from '../../src/config/quantity';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout, type PackedFrame } from '../../src/protocol/frame';
import { inLayer, numberOf, read } from '../../src/protocol/read';
import {
  createCells,
  createComparedHistory,
  createDepthHistory,
  createNumberHistory,
  type DepthHistory,
} from '../../src/runs/histories';
import { createFrameLog } from '../../src/runs/log';
import { recordsOf } from '../support/series';

const { config } = complete({ n_layers: 3, precision: 'fp16', norm: 'batchnorm' });
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: [0, 1, 2].map((layer) => `blocks.${layer}.attn.wq`),
  n_layers: 3,
  n_heads: 2,
};
const { size } = frameOffsets(layout);
/** Numbers that are different at every place and step. */
const frame = (step: number, factor = 1): PackedFrame => ({
  step,
  batch: null,
  packed: Float32Array.from({ length: size }, (_, i) => factor * (1 + step * 1000 + i)),
});
const model = { config, layout, device: { backend: 'cpu', adapter: '', reason: '' } } as const;
const logOf = (steps: number[], factor = 1) => {
  const log = createFrameLog<'a'>({ limit: Infinity, onThinned: () => undefined });
  log.begin('a', model, true);
  for (const step of steps) log.add('a', frame(step, factor));
  return log;
};
type Log = ReturnType<typeof logOf>;
const recording = (log: Log, brokenFrom: number | null = null) => ({
  segments: log.segments('a'),
  brokenFrom,
});
const q = (text: string) => readTyped(text)!;
const rows = ({ steps, values, columns }: DepthHistory) =>
  steps.map((_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns)));

describe('a history', () => {
  test.each(['grad_norm@output', 'loss', 'rms@blocks.1.mlp_in', 'entropy@blocks.2.attn/1'])(
    'of %s has what the frames have',
    (typed) => {
      const series = createNumberHistory(q(typed))(recording(logOf([0, 1, 5])));
      expect(recordsOf(series)).toEqual(
        [0, 1, 5].map((step) => ({
          step,
          value: numberOf({ layout, frame: unpack(layout, frame(step)) }, q(typed)),
        })),
      );
    },
  );

  test.each([
    'rms@resid_post',
    'entropy@attn',
    'underflow@block',
    'param_rms@attn.wq',
    'rms@attn_out',
  ])('of %s has a column for every depth, as the panels read it', (typed) => {
    const history = createDepthHistory(q(typed), 4)(recording(logOf([0, 7])));
    expect(rows(history)).toEqual(
      [0, 7].map((step) => {
        const { embed, layers } = read({ layout, frame: unpack(layout, frame(step)) }, q(typed));
        return [embed ?? NaN, ...layers.map(({ y }) => Math.fround(y)), NaN];
      }),
    );
  });

  test('goes on from where it was, and follows what is measured again or begun anew', () => {
    const log = logOf([0, 1, 2]);
    const wanted = inLayer(q('rms@resid_post'), 0);
    const [number, depth] = [
      createNumberHistory(wanted),
      createDepthHistory(q('rms@resid_post'), 3),
    ];
    const seen = () => {
      const [series, history] = [number(recording(log)), depth(recording(log))];
      expect(recordsOf(series).map(({ step }) => step)).toEqual(history.steps);
      expect(recordsOf(series).map(({ value }) => Math.fround(value))).toEqual(
        rows(history).map((row) => row[1]),
      );
      return recordsOf(series);
    };
    expect(seen()).toHaveLength(3);
    log.add('a', frame(2, 3));
    log.begin('a', model, false);
    log.add('a', frame(3));
    const at2 = numberOf({ layout, frame: unpack(layout, frame(2, 3)) }, wanted);
    expect(seen()).toMatchObject([{ step: 0 }, { step: 1 }, { step: 2, value: at2 }, { step: 3 }]);
    log.begin('a', model, true);
    log.add('a', frame(0));
    expect(seen()).toMatchObject([{ step: 0 }]);
  });

  test('tells what was lost from what is not defined', () => {
    const log = logOf([]);
    const at = createNumberHistory(q('loss'));
    const depth = createDepthHistory(q('rms@resid_post'), 3);
    for (const step of [0, 1])
      log.add('a', { ...frame(step), packed: new Float32Array(size).fill(NaN) });
    expect(recordsOf(at(recording(log, 1)))).toEqual([{ step: 1, value: NaN }]);
    expect(rows(depth(recording(log, 1)))).toEqual([
      [NaN, NaN, NaN, NaN],
      [Infinity, Infinity, Infinity, Infinity],
    ]);
  });
});

describe('a history held against a baseline', () => {
  const depth = (log: Log) => createDepthHistory(q('rms@resid_post'), 3)(recording(log));
  test('has the steps of both, whenever they come', () => {
    const [own, base] = [logOf([0, 1, 2, 3], 3), logOf([0, 2])];
    const [ownDepth, baseDepth] = [1, 2].map(() => createDepthHistory(q('rms@resid_post'), 3));
    const held = createComparedHistory('ratio');
    const seen = () => held(ownDepth!(recording(own)), baseDepth!(recording(base)));
    expect(seen().steps).toEqual([0, 2]);
    expect(rows(seen())).toEqual([0, 2].map(() => [3, 3, 3, 3]));
    base.add('a', frame(3));
    expect(seen().steps).toEqual([0, 2, 3]);
    own.add('a', frame(3, 5));
    expect(rows(seen()).at(-1)).toEqual([5, 5, 5, 5]);
  });
  test('is 1 of the baseline itself', () => {
    const base = depth(logOf([0, 1]));
    expect(rows(createComparedHistory('ratio')(base, base)).flat()).toEqual(Array(8).fill(1));
  });
});

describe('cells', () => {
  const history = (values: number[], columns = 1): DepthHistory => ({
    columns,
    steps: values.map((_, i) => i),
    values: Float32Array.from(values),
    edits: 0,
  });
  test('have a row for every step where there is room', () => {
    const cells = createCells(4, 10, null)(history([1, 2, 3]));
    expect(Array.from(cells.records)).toEqual([0, 1, 2, -1, -1]);
    expect([cells.per, cells.least, cells.most]).toEqual([1, 1, 3]);
  });
  test('show the value of their steps that is farthest off, a lost one before all', () => {
    expect(
      Array.from(createCells(5, 3, null)(history([1, 9, -5, 2, 7, Infinity])).records),
    ).toEqual([1, 2, 5]);
    expect(Array.from(createCells(3, 2, 'ratio')(history([1.5, 0.1, NaN, 1])).records)).toEqual([
      1, 3,
    ]);
  });
  test('go on as the history does, and begin again where that lost rows', () => {
    const grows = history([1, 2]);
    const cellsOf = createCells(9, 5, null);
    cellsOf(grows);
    grows.steps.push(2);
    grows.values = Float32Array.from([1, 2, 8]);
    expect(Array.from(cellsOf(grows).records)).toEqual([1, 2, -1, -1, -1]);
    grows.steps.length = 1;
    grows.edits++;
    expect(Array.from(cellsOf(grows).records)).toEqual([0, -1, -1, -1, -1]);
  });
});
