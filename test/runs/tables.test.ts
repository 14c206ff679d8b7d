import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { describe, expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { readColumnName } from '../../src/config/quantity';
import { frameOffsets, type Layout } from '../../src/protocol/frame';
import { numberOf } from '../../src/protocol/read';
import { unpack } from '../../src/protocol/frame';
import { columnsOf, layoutOfColumns, namesOf } from '../../src/runs/tables/columns';
import { historyPieces } from '../../src/runs/tables/history';
import { createParquetWriter } from '../../src/runs/tables/parquet';
import type { Segment } from '../../src/runs/run';

const SMALL: Layout = {
  sites: ['embed', 'blocks.0.attn.scores', 'blocks.0.resid_post', 'blocks.1.resid_post', 'logits'],
  siteStatistics: ['rms', 'token_cosine', 'grad_rms'],
  params: ['embed.token', 'blocks.0.attn.wq'],
  norms: ['blocks.0.attn.norm'],
  n_layers: 2,
  n_heads: 3,
};
const LATER: Layout = { ...SMALL, params: [...SMALL.params, 'blocks.0.attn.q_gain'] };

/** Numbers of every kind: some NaN, infinite, tiny, and −0. */
const numberAt = (i: number, step: number) =>
  [NaN, Infinity, -Infinity, 1e-42, -0, 3.4e38][(i * 7 + step) % 29] ??
  Math.fround(Math.sin(i + 100 * step));

function segment(layout: Layout, steps: number[], evaluated: number[] = []): Segment {
  const { size } = frameOffsets(layout);
  const frameOf = (step: number, shift = 0) => ({
    step,
    batch: null,
    packed: Float32Array.from({ length: size }, (_, i) => numberAt(i + shift, step)),
  });
  return {
    config: complete({}).config,
    layout,
    device: { backend: 'cpu', adapter: 'none', reason: '' },
    frames: steps.map((step) => frameOf(step)),
    evaluations: new Map(
      evaluated.map((step) => [
        step,
        {
          ...{ frame: frameOf(step, 5), seq_len: 8, sameBatch: true, leak: null },
          position: {
            loss: new Float32Array(),
            rms: new Float32Array(),
            entropy: new Float32Array(),
          },
        },
      ]),
    ),
  };
}

const joined = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces]);
/** As numbers that were added up are: without the sign of zero. */
const same = (a: number, b: number) => Object.is(a + 0, b + 0);
/** The columns of a Parquet file as parquet-wasm reads it, which is Rust's parquet and arrow. */
function readBack(bytes: Uint8Array) {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  return {
    types: new Map(table.schema.fields.map(({ name, type }) => [name, String(type)])),
    metadata: table.schema.metadata,
    column: (name: string) => [...(table.getChild(name)!.toArray() as Float32Array)],
    names: table.schema.fields.map(({ name }) => name),
    rows: table.numRows,
  };
}

describe('a history table', () => {
  const segments = [segment(SMALL, [0, 1, 2], [1]), segment(LATER, [3, 4])];

  test('in Parquet has every number to the bit, for a reader that is not ours', () => {
    const table = readBack(joined(historyPieces('parquet', segments, { config: { n_layers: 2 } })));
    expect(table.rows).toBe(5);
    expect(table.types.get('step')).toBe('Int32');
    expect([...new Set(table.names.slice(1).map((name) => table.types.get(name)))]).toEqual([
      'Float32',
    ]);
    expect(JSON.parse(table.metadata.get('normscope')!)).toEqual({ config: { n_layers: 2 } });
    expect(table.column('step')).toEqual([0, 1, 2, 3, 4]);
    const frames = segments.flatMap(({ layout, frames, evaluations }) =>
      frames.map((frame) => ({ layout, frame, evaluation: evaluations.get(frame.step) })),
    );
    for (const name of table.names.slice(1)) {
      const isEvaluated = name.startsWith('evaluation/');
      const quantity = readColumnName(name.replace(/^evaluation\//, ''))!;
      const values = frames.map(({ layout, frame, evaluation }) => {
        const packed = isEvaluated ? evaluation?.frame : frame;
        return packed
          ? (numberOf({ layout, frame: unpack(layout, packed) }, quantity) ?? NaN)
          : NaN;
      });
      table
        .column(name)
        .forEach((x, i) => expect([name, i, same(x, values[i]!)]).toEqual([name, i, true]));
    }
    expect(Object.is(table.column('loss')[4], -0)).toBe(true);
    // Heads one by one, a parameter that came later, what an evaluation has.
    for (const name of [
      ...['loss', 'output/grad_norm', 'blocks.1.attn/entropy/2', 'blocks.0.attn.norm/mean_tid'],
      ...[
        'blocks.0.attn.q_gain/param_rms',
        'evaluation/loss',
        'evaluation/blocks.1.resid_post/rms',
      ],
    ])
      expect(table.names).toContain(name);
    // Not defined there, or nothing of an evaluation.
    for (const name of ['blocks.0.attn.scores/token_cosine', 'evaluation/embed/grad_rms'])
      expect(table.names).not.toContain(name);
  });

  test('in CSV has the same numbers', () => {
    const text = joined(historyPieces('csv', segments, {})).toString();
    const [head, ...lines] = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const table = readBack(joined(historyPieces('parquet', segments, {})));
    expect(head).toEqual(table.names);
    for (const [i, name] of head!.entries()) {
      const values = table.column(name);
      lines.forEach((line, row) => {
        const value = Math.fround(Number(line[i]));
        expect([name, row, Object.is(value, values[row])]).toEqual([name, row, true]);
      });
    }
  });

  test('is written in groups of rows where it is long', () => {
    const pieces: Uint8Array[] = [];
    const writer = createParquetWriter(['loss'], '{}', (piece) => pieces.push(piece), 1000);
    for (let step = 0; step < 300; step++) writer.add({ step, values: Float32Array.of(step / 8) });
    writer.finish();
    const table = readBack(joined(pieces));
    expect(table.column('loss')).toEqual(Array.from({ length: 300 }, (_, step) => step / 8));
    // Two groups of 128 rows, the rest, and the foot.
    expect(pieces).toHaveLength(4);
  });
});

describe('a layout out of names', () => {
  test('has the numbers of the layout that they are from', () => {
    const names = namesOf([{ layout: SMALL }], true);
    const { layout, places } = layoutOfColumns(names);
    expect(layout).toEqual(SMALL);
    expect(places.map((place) => place?.name)).toEqual(names);
  });
  test('leaves out what says nothing, in any order, and takes a mean over heads for the one there is', () => {
    const { layout, places } = layoutOfColumns([
      ...['blocks.2.resid_post/rms', 'wall_time', 'embed/rms', 'blocks.1.attn/entropy', 'loss'],
    ]);
    expect(layout).toMatchObject({ n_layers: 3, n_heads: 1, params: [], norms: [] });
    expect(layout.sites).toEqual(['embed', 'blocks.2.resid_post']);
    expect(places[1]).toBeNull();
    expect(places[3]!.name).toBe('blocks.1.attn/entropy/0');
    expect(new Set(places.filter(Boolean).map((place) => place!.at)).size).toBe(4);
    expect(columnsOf(layout, false).length).toBeGreaterThan(4);
  });
});
