import { depthLines } from './depth';
import type { Result } from './measure';
import type { Row } from './row';
import { sizeText } from './sizes';
import { isMet, ownEngine, targetsOf } from './targets';

/** A number with three digits that mean something. */
const short = (value: number): string =>
  value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

const MEGABYTE = 2 ** 20;

/** The columns of the table: heading, and what stands there; nothing where an engine does not have it. */
const COLUMNS: [heading: string, cell: (result: Result, own: number) => string | undefined][] = [
  ['engine', ({ row }) => row.engine],
  ['statistics', ({ row }) => (row.statistics ? 'yes' : 'no')],
  ['step ms', ({ row }) => short(row.step_ms)],
  ['quartiles', ({ quartiles }) => quartiles.map(short).join('–')],
  ['over own', ({ row }, own) => short(row.step_ms / own)],
  ['js ms', ({ row }) => row.js_ms?.toPrecision(3)],
  ['dispatches', ({ row }) => row.dispatches?.toString()],
  ['submits', ({ row }) => row.submits?.toString()],
  ['read bytes', ({ row }) => row.readback_bytes?.toString()],
  [
    'device MiB',
    ({ row }) => (row.device_bytes === undefined ? undefined : short(row.device_bytes / MEGABYTE)),
  ],
  ['pipelines', ({ row }) => row.pipelines?.toString()],
  ['compile ms', ({ row }) => short(row.compile_ms)],
  ['rows', ({ row }) => row.rows],
  ['on', ({ row }) => row.device],
];

/** Lines of cells as text, each column as wide as its widest cell; columns without a cell are left out. */
function aligned(headings: string[], lines: string[][]): string {
  const shown = headings.map((_, i) => i).filter((i) => lines.some((line) => line[i] !== ''));
  const all = [headings, ...lines].map((line) => shown.map((i) => line[i]!));
  const widths = shown.map((_, i) => Math.max(...all.map((line) => line[i]!.length)));
  return all
    .map((line) => line.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))))
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

/** The engines at one size. */
export function sizeTable(results: Result[]): string {
  const rows = results.map(({ row }) => row);
  const { row } = results.find(({ row }) => row.engine === ownEngine(rows) && !row.statistics)!;
  const lines = results.map((result) => COLUMNS.map(([, cell]) => cell(result, row.step_ms) ?? ''));
  return `\n${sizeText(row)}\n${aligned(
    COLUMNS.map(([heading]) => heading),
    lines,
  )}`;
}

const named = ({ engine, statistics }: Pick<Row, 'engine' | 'statistics'>): string =>
  statistics ? `${engine} with statistics` : engine;

/** What a layer costs each engine, where several depths were measured. */
function depthTable(rows: Row[]): string {
  const lines = depthLines(rows, 'step_ms').map((line) => [
    named(line),
    short(line.slope),
    line.segments.map(short).join(' '),
    `${(100 * line.spread).toFixed(0)} %`,
  ]);
  if (!lines.length) return '';
  return `\nTime per layer\n${aligned(['engine', 'ms', 'from depth to depth', 'spread'], lines)}`;
}

function targetTable(rows: Row[]): string {
  const lines = targetsOf(rows).map((target) => [
    target.what,
    short(target.measured),
    `<= ${short(target.most)}`,
    isMet(target) ? 'met' : 'missed',
  ]);
  return lines.length ? `\nTargets\n${aligned(['', 'measured', 'target', ''], lines)}` : '';
}

/** What can be said when all sizes are done. */
export const summary = (rows: Row[]): string =>
  [depthTable(rows), targetTable(rows)].filter(Boolean).join('\n');
