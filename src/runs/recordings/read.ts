import { csvParseRows } from 'd3-dsv';
import { parquetMetadataAsync, parquetRead, type AsyncBuffer } from 'hyparquet';
import type { Layout, PackedFrame } from '../../protocol/frame';
import { megabytes } from '../text';
import { numbersOf, shapeOf } from './numbers';

/** A file's run: what it names of itself, and its frames in the order of steps. */
export interface ReadRun {
  /** The settings that it names, none checked; null where it names none. */
  settings: Record<string, unknown> | null;
  layout: Layout;
  frames: PackedFrame[];
  /** Names of columns that say nothing here. */
  unknown: string[];
  /** Sentences of its own on what it is without. */
  notes?: string[];
  /** Its last row is cut off, and left out. */
  isCut?: boolean;
}

/** Told how much of a file was read, as a share. */
type Tell = (share: number) => void;

/** The largest text that is read whole, in bytes. */
const LARGEST_TEXT = 400e6;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Frames in the order of steps; of several with one step the last. */
function inOrder(frames: PackedFrame[]): PackedFrame[] {
  const bySteps = new Map(frames.map((frame) => [frame.step, frame]));
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}

/** A whole number of a column `step`; where it is none, the row’s. */
const stepOf = (value: unknown, row: number): number =>
  Number.isSafeInteger(Number(value)) && value !== null && value !== '' && Number(value) >= 0
    ? Number(value)
    : row;

/** Rows of numbers told by names, of which later rows may bring further ones. */
function createRows() {
  const indices = new Map<string, number>();
  const rows: { step: number; values: Float32Array }[] = [];
  return {
    add(step: unknown, numbers: Iterable<[name: string, value: number]>): void {
      const values: number[] = [];
      for (const [name, value] of numbers) {
        const known = indices.get(name);
        if (known === undefined) indices.set(name, indices.size);
        values[known ?? indices.size - 1] = value;
      }
      rows.push({
        step: stepOf(step, rows.length),
        values: Float32Array.from(values, (x) => x ?? NaN),
      });
    },
    run(settings: unknown): ReadRun {
      if (rows.length === 0) throw new Error('It has no frames.');
      const { layout, unknown, pack } = shapeOf([...indices.keys()]);
      const frames = rows.map(({ step, values }) => pack(step, values));
      return {
        settings: isObject(settings) ? settings : null,
        ...{ layout, unknown, frames: inOrder(frames) },
      };
    },
  };
}

type Json = Record<string, unknown>;

/** The record in a JSON text, out of a list or an object around it alone. */
function recordIn(value: unknown): Json {
  if (isObject(value) && Array.isArray(value['frames'])) return value;
  const [only] = isObject(value) || Array.isArray(value) ? Object.values(value as object) : [];
  if (only === undefined) throw new Error('It has no list “frames”.');
  return recordIn(only);
}

/** Lines of a text as it comes. */
async function* linesOf(file: Blob, tell: Tell): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  /** Pieces of the line that has not ended yet. */
  let open: string[] = [];
  let read = 0;
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    read += part.value.length;
    tell(read / file.size);
    const [first, ...others] = decoder.decode(part.value, { stream: true }).split('\n');
    open.push(first!);
    for (const line of others) {
      yield open.join('');
      open = [line];
    }
  }
  yield open.join('') + decoder.decode();
}

const sitesOf = ({ sites }: Json): string[] => (Array.isArray(sites) ? (sites as string[]) : []);

/** Sentences of a record's own on what it is without. */
const notesIn = ({ notes }: Json): string[] =>
  Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [];

/** The content of a record's line: a frame, or none; and all that follows the last frame in it. */
function lineOf(text: string): Json {
  try {
    return { frames: [JSON.parse(text)] };
  } catch (error) {
    if (!text.trimEnd().endsWith('}')) throw error;
    return JSON.parse(`{"frames":[${text}`) as Json;
  }
}

/** A record that has a frame on each line, as ours have: it is never held whole. Null where it is written otherwise. */
async function readLines(file: Blob, tell: Tell): Promise<ReadRun | null> {
  let head: Json | null = null;
  const rows = createRows();
  /** A line that cannot be read is the last one of a file that was cut off, or a fault. */
  let broken: Error | null = null;
  let notes: string[] = [];
  /** All lines after the frames, where these end on a line of their own. */
  let tail = '';
  let line = 0;
  for await (const text of linesOf(file, tell)) {
    line++;
    const told = text.trim().replace(/,$/, '');
    if (head === null) {
      if (!/"frames"\s*:\s*\[$/.test(told)) return null;
      head = JSON.parse(`${told}]}`) as Json;
    } else if (tail || told.startsWith(']')) {
      tail += text;
    } else if (told !== '') {
      if (broken) throw broken;
      try {
        const held = lineOf(told);
        notes = notesIn(held);
        for (const frame of held['frames'] as Json[])
          rows.add(frame['step'], numbersOf(sitesOf(head), frame));
      } catch (error) {
        broken = new Error(`Its line ${line} is not valid JSON: ${(error as Error).message}`);
      }
    }
  }
  try {
    if (tail) notes = notesIn(lineOf(tail));
  } catch (error) {
    broken = error as Error;
  }
  return { ...rows.run(head?.['config']), notes, isCut: broken !== null };
}

export async function readRecord(file: Blob, tell: Tell): Promise<ReadRun> {
  const byLines = await readLines(file, tell);
  if (byLines) return byLines;
  if (file.size > LARGEST_TEXT) {
    throw new Error(
      `It has ${megabytes(file.size)}; a record of more than ${LARGEST_TEXT / 1e6} MB is read where each frame is on a line of its own.`,
    );
  }
  const text = await file.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`It is not valid JSON: ${(error as Error).message}`);
  }
  const record = recordIn(parsed);
  const rows = createRows();
  for (const frame of record['frames'] as Json[])
    rows.add(frame['step'], numbersOf(sitesOf(record), frame));
  return { ...rows.run(record['config']), notes: notesIn(record) };
}

/** A table whose first row has the names of its columns. */
export async function readCsv(file: Blob): Promise<ReadRun> {
  if (file.size > LARGEST_TEXT) {
    throw new Error(
      `It has ${megabytes(file.size)}; a table in CSV may have at most ${LARGEST_TEXT / 1e6} MB. In Parquet it may have more.`,
    );
  }
  const text = (await file.text()).replace(/^\ufeff/, '');
  const head = /^[^\n]*/.exec(text)![0];
  const separated = head.includes(',') ? text : text.replace(/[;\t]/g, ',');
  const [names = [], ...lines] = csvParseRows(separated);
  const step = names.indexOf('step');
  const { layout, unknown, pack } = shapeOf(names.filter((_, i) => i !== step));
  const valueOf = (cell: string) =>
    cell.trim() === '' ? NaN : Number(cell.replace(/^(-?)inf$/i, '$1Infinity'));
  const rows = lines.filter((line) => line.length > 1 || line[0] !== '');
  if (rows.length === 0) throw new Error('It has no rows.');
  const short = rows.findIndex((line) => line.length !== names.length);
  // The last line of a run that was cut off may be half written.
  const whole = short === rows.length - 1 ? rows.slice(0, -1) : rows;
  if (whole.length === 0) throw new Error('Its only row is cut off.');
  if (short >= 0 && whole === rows)
    throw new Error(
      `Its row ${short + 2} has ${rows[short]!.length} cells, and its first row names ${names.length} columns.`,
    );
  const frames = whole.map((line, i) =>
    pack(stepOf(line[step], i), line.filter((_, column) => column !== step).map(valueOf)),
  );
  const isCut = whole !== rows;
  return { settings: null, layout, unknown, frames: inOrder(frames), isCut };
}

const asBuffer = (file: Blob): AsyncBuffer => ({
  byteLength: file.size,
  slice: (from, to) => file.slice(from, to).arrayBuffer(),
});

/** The settings in the metadata of a table; null where it has none. */
function settingsIn(text: string | undefined): ReadRun['settings'] {
  try {
    const { config, ...rest } = JSON.parse(text ?? 'null') as { config?: unknown };
    return isObject(config) ? config : Object.keys(rest).length ? rest : null;
  } catch {
    return null;
  }
}

export async function readParquetTable(file: Blob, tell: Tell): Promise<ReadRun> {
  const buffer = asBuffer(file);
  const metadata = await parquetMetadataAsync(buffer);
  const names = metadata.schema.slice(1).map(({ name }) => name);
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new Error('It has no rows.');
  const steps = new Float64Array(rows).fill(NaN);
  const numbers = names.filter((name) => name !== 'step');
  const indices = new Map(numbers.map((name, i) => [name, i]));
  const { layout, unknown, pack } = shapeOf(numbers);
  const frames: PackedFrame[] = [];
  let done = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const columns = numbers.map(() => new Float64Array(count).fill(NaN));
    const start = done;
    await parquetRead({
      file: buffer,
      metadata,
      rowStart: start,
      rowEnd: start + count,
      onChunk({ columnName, columnData, rowStart }) {
        const column = columnName === 'step' ? steps : columns[indices.get(columnName) ?? -1];
        const at = columnName === 'step' ? rowStart : rowStart - start;
        for (let i = 0; column && i < columnData.length; i++) {
          const value: unknown = columnData[i];
          column[at + i] = value === null || value === undefined ? NaN : Number(value);
        }
      },
    });
    for (let i = 0; i < count; i++)
      frames.push(
        pack(
          stepOf(steps[start + i], start + i),
          columns.map((column) => column[i]!),
        ),
      );
    done += count;
    tell(done / rows);
  }
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'normscope')?.value;
  return { settings: settingsIn(text), layout, unknown, frames: inOrder(frames) };
}

export type FileForm = 'record' | 'csv' | 'parquet';

const READERS: Record<FileForm, (file: Blob, tell: Tell) => Promise<ReadRun>> = {
  record: readRecord,
  csv: readCsv,
  parquet: readParquetTable,
};

export async function readRun(form: FileForm, file: Blob, tell: Tell): Promise<ReadRun> {
  const run = await READERS[form](file, tell);
  const { sites, params, n_heads, norms } = run.layout;
  const isEmpty = !sites.length && !params.length && !n_heads && !norms.length;
  if (isEmpty && run.frames.every(({ packed }) => packed.every(Number.isNaN)))
    throw new Error(
      `None of its columns has a name that is known here, such as loss or blocks.0.resid_post/rms; its own are ${run.unknown.slice(0, 5).join(', ')}${run.unknown.length > 5 ? ', …' : ''}.`,
    );
  return run;
}
