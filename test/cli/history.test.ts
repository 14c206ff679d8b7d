import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm/node';
import { record } from '../../src/cli/run';
import type { Recorded, RunRecord } from '../../src/runs/record';

const TINY = 'n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2&norm=batchnorm';

let folder = '';
const path = (name: string) => join(folder, name);
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'normscope-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers of a record by the names of columns. */
function* numbersIn({ sites }: RunRecord, frame: RunRecord['frames'][number]) {
  const { evaluation } = frame;
  for (const [before, part] of [
    ['', frame],
    ['evaluation/', evaluation],
  ] as const) {
    if (!part) continue;
    yield [`${before}loss`, part.loss] as const;
    for (const [id, value] of Object.entries<Recorded>(part.output))
      yield [`${before}output/${id}`, value] as const;
    for (const [id, values] of Object.entries<Recorded[]>(part.site))
      for (const [i, value] of values.entries())
        yield [`${before}${sites[i]}/${id}`, value] as const;
    for (const [id, layers] of Object.entries<Recorded[][]>(part.head))
      for (const [layer, heads] of layers.entries())
        for (const [head, value] of heads.entries())
          yield [`${before}blocks.${layer}.attn/${id}/${head}`, value] as const;
  }
  for (const named of [frame.param, frame.norm ?? {}])
    for (const [name, values] of Object.entries<Record<string, Recorded>>(named))
      for (const [id, value] of Object.entries(values)) yield [`${name}/${id}`, value] as const;
}

test('history tables have the numbers of the record, to the bit', async () => {
  const args = (table: string) => [
    ...['--out', folder, '--config', TINY, '--steps', '3', '--events', '2:lr=0.01'],
    ...['--history', path(table)],
  ];
  await record(args('h.csv'));
  await record(args('h.parquet'));
  const recorded = JSON.parse(readFileSync(path('record.json'), 'utf8')) as RunRecord;
  const csv = csvParse(readFileSync(path('h.csv'), 'utf8'));
  const parquet = tableFromIPC(readParquet(readFileSync(path('h.parquet'))).intoIPCStream());
  expect(csv.map(({ step }) => step)).toEqual(['0', '1', '2']);
  const { config, events } = JSON.parse(parquet.schema.metadata.get('normscope')!) as RunRecord;
  expect({ config, events }).toEqual({ config: recorded.config, events: recorded.events });

  const seen = new Set(['step']);
  recorded.frames.forEach((frame, row) => {
    for (const [name, value] of numbersIn(recorded, frame)) {
      const column = parquet.getChild(name);
      // Where a statistic is not defined there is no column.
      if (!column) {
        expect([name, value]).toEqual([name, 'NaN']);
        continue;
      }
      seen.add(name);
      const wanted = Math.fround(Number(value));
      const found = [
        Math.fround(Number(csv[row]![name])),
        (column.toArray() as Float32Array)[row]!,
      ];
      expect([name, ...found.map((x) => x + 0)]).toEqual([name, wanted + 0, wanted + 0]);
    }
  });
  expect([...seen].sort()).toEqual([...csv.columns].sort());
  expect(csv.columns).toContain('evaluation/blocks.1.resid_post/rms');
  expect(csv.columns).toContain('blocks.0.attn.norm/mean_tid');
});
