import { parquetWriteBuffer } from 'hyparquet-writer';
import type { HeldSweep } from './held';

type Cell = string | number | boolean | null;

/** A run in each row, under these names. */
export interface SweepTable {
  columns: { name: string; type: 'STRING' | 'DOUBLE' | 'INT32' | 'BOOLEAN'; values: Cell[] }[];
}

/** The runs of a sweep as a table: settings, seed, result, alarm, seconds. What is not there is null. */
export function tableOf({ sweep, made }: Pick<HeldSweep, 'sweep' | 'made'>): SweepTable {
  const runs = [...made.values()];
  const typeOf = (values: readonly Cell[]): SweepTable['columns'][number]['type'] => {
    if (values.some((value) => typeof value === 'string')) return 'STRING';
    return values.some((value) => typeof value === 'boolean') ? 'BOOLEAN' : 'DOUBLE';
  };
  const own = sweep.axes.map(({ key }) => {
    const values = runs.map(({ config }): Cell => config[key]);
    return { name: key, type: typeOf(values), values };
  });
  const of = (
    name: string,
    type: SweepTable['columns'][number]['type'],
    value: (run: (typeof runs)[number]) => Cell,
  ) => ({ name, type, values: runs.map(value) });
  return {
    columns: [
      ...own,
      ...(sweep.axes.some(({ key }) => key === 'seed')
        ? []
        : [of('seed', 'DOUBLE', ({ config }) => config.seed)]),
      of('result', 'DOUBLE', ({ result }) => result),
      of('alarm_step', 'INT32', ({ alarm }) => alarm?.step ?? null),
      of('alarm_rule', 'STRING', ({ alarm }) => alarm?.rule ?? null),
      of('alarm_at', 'STRING', ({ alarm }) => alarm?.at ?? null),
      of('alarm_layer', 'INT32', ({ alarm }) => alarm?.layer ?? null),
      of('alarm_direction', 'STRING', ({ alarm }) => alarm?.direction ?? null),
      of('seconds', 'DOUBLE', ({ time }) => time),
    ],
  };
}

const cell = (value: Cell): string => {
  const text = value === null ? '' : Object.is(value, -0) ? '-0' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A line of names, then one for each run; NaN and Infinity as pandas, polars and DuckDB read them. */
export function csvOf({ columns }: SweepTable): string {
  const rows = columns[0]!.values.map((_, i) =>
    columns.map(({ values }) => cell(values[i]!)).join(),
  );
  return [columns.map(({ name }) => name).join(), ...rows, ''].join('\n');
}

/** @param metadata JSON, under the key `normscope` */
export const parquetOf = ({ columns }: SweepTable, metadata: string): ArrayBuffer =>
  parquetWriteBuffer({
    columnData: columns.map(({ name, type, values }) => ({
      name,
      type,
      data: values,
      nullable: true,
    })),
    kvMetadata: [{ key: 'normscope', value: metadata }],
  });
