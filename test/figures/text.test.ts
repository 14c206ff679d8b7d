import { csvParseRows } from 'd3-dsv';
import { describe, expect, test } from 'vitest';
import { csvOf } from '../../src/figures/csv';
import { decimal } from '../../src/figures/figure';
import { markdownOf } from '../../src/figures/markdown';
import { seriesOf } from '../../src/figures/series';
import { append, emptySeries } from '../../src/lib/timeSeries';
import { depthFigure, mapFigure, stepFigure, TRACES, VALUES } from './figures';

const NAMES: Record<string, number> = { inf: Infinity, '-inf': -Infinity };
const read = (text: string) => NAMES[text] ?? Number(text);

function parsed(csv: string) {
  const lines = csv.split('\n');
  const comments = lines.filter((line) => line.startsWith('# '));
  const rows = csvParseRows(lines.filter((line) => !line.startsWith('#')).join('\n'));
  return { comments, head: rows[0]!, rows: rows.slice(1) };
}

test('a decimal leads back to the same bits', () => {
  for (const value of [...VALUES, -0, 1e21, Infinity, -Infinity]) {
    expect(Object.is(read(decimal(value)), value)).toBe(true);
  }
  expect(decimal(0.1)).toBe('0.1');
});

describe('CSV', () => {
  test('has a row for each value, told apart by lane and series', () => {
    const { head, rows } = parsed(csvOf(depthFigure()));
    expect(head).toEqual(['lane', 'series', 'layer', 'value', 'low', 'high']);
    expect(rows).toHaveLength(14);
    const of = (lane: string, series: string) =>
      rows.filter((row) => row[0] === lane && row[1] === series);
    expect(of('pre-LN', '').map((row) => row[2])).toEqual(['embed', '0', '1', '2', '3', '4']);
    expect(of('pre-LN', '').map((row) => read(row[3]!))).toEqual(VALUES);
    expect(of('ε = 1e-5, "b"', '').map((row) => read(row[3]!))).toEqual(
      TRACES[1]!.points.map(({ y }) => y),
    );
    expect(of('pre-LN', 'mean of 8 seeds').map((row) => row.slice(3))).toEqual([
      ['1', '0.5', '1.5'],
      ['2', '1.25', '3'],
    ]);
  });
  test('says what it is before the rows, each in one line', () => {
    const { comments } = parsed(csvOf(stepFigure()));
    expect(comments).toContain('# loss');
    expect(comments).toContain('# value: loss, nats');
    expect(comments).toContain('# https://example.org/#v=1&text=(a)');
    expect(comments).toContain(`# level: ln V ${Math.log(64)}`);
    expect(csvOf(depthFigure()).split('\n')[1]).toBe('# step 3');
    expect(csvOf(depthFigure()).split('\n')[2]).toBe('# Pre-LN grows 3-fold, "b" | not.');
  });
  test('of several layers names each', () => {
    const traces = ['pre-LN 3', 'pre-LN'].map((label) => ({
      ...{ id: label, label, lane: 'pre-LN', colour: '#0072b2', mark: 'circle' as const },
      series: append(emptySeries(), { step: 0, value: 1 }),
    }));
    const drawn = {
      across: 'step',
      label: '',
      kind: 'log',
      domain: [0, 1],
      steps: traces,
    } as const;
    const found = seriesOf(drawn).map(({ lane, name }) => [lane, name]);
    expect(found).toEqual([
      ['pre-LN', 'layer 3'],
      ['pre-LN', ''],
    ]);
  });
  test('of a map names layer and step, and leaves out layers that a lane has not', () => {
    const { head, rows } = parsed(csvOf(mapFigure()));
    expect(head.slice(0, 5)).toEqual(['lane', 'series', 'layer', 'step', 'value']);
    expect(rows.map((row) => row.slice(2, 5))).toEqual([
      ['embed', '0', '1.5'],
      ['0', '0', '2'],
      ['embed', '5', String(Math.fround(0.1))],
      ['0', '5', 'inf'],
    ]);
  });
});

describe('Markdown', () => {
  const rowsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());

  test('has a column for each series and the same values', () => {
    const [head, rule, ...rows] = rowsOf(markdownOf(depthFigure())).map(cells);
    expect(head).toEqual(['layer', 'pre-LN', 'ε = 1e-5, "b"', 'pre-LN mean of 8 seeds']);
    expect(rule).toHaveLength(4);
    expect(rows.map((row) => row[0])).toEqual(['embed', '0', '1', '2', '3', '4']);
    expect(rows.map((row) => read(row[1]!))).toEqual(VALUES);
    expect(rows[0]![3]).toBe('1 (0.5 to 1.5)');
    expect(rows[5]![3]).toBe('');
  });
  test('keeps what would end a cell or a link from doing so', () => {
    const text = markdownOf({
      ...depthFigure(),
      series: [{ ...depthFigure().series[0]!, lane: 'a|b' }],
    });
    expect(cells(rowsOf(text)[0]!)).toEqual(['layer', String.raw`a\|b`]);
    expect(text).toContain(String.raw`"b" \| not.`);
    expect(text).toMatch(/\]\(https:[^()\s]+\)\n$/);
  });
  test('of many steps has as many as can be read, and says so', () => {
    const text = markdownOf(stepFigure());
    const rows = rowsOf(text).slice(2).map(cells);
    expect(rows).toHaveLength(40);
    expect([rows[0]![0], rows.at(-1)![0]]).toEqual(['0', '199']);
    expect(text).toContain('40 of 200 rows');
  });
  test('of a map has a column for each layer', () => {
    expect(rowsOf(markdownOf(mapFigure())).map(cells)).toEqual([
      ['lane', 'step', 'embed', '0'],
      ['---', '---:', '---:', '---:'],
      ['pre-LN', '0', '1.5', '2'],
      ['pre-LN', '5', String(Math.fround(0.1)), 'inf'],
    ]);
  });
});
