import { csvParseRows } from 'd3-dsv';
import { parquetMetadataAsync, parquetRead, type AsyncBuffer } from 'hyparquet';
import type { Batch } from '../../lib/batch';
import type { Evaluation } from '../../protocol/evaluation';
import type { Layout, PackedFrame } from '../../protocol/frame';
import { megabytes } from '../text';
import {
  batchOf,
  evaluationOf,
  numbersOf,
  shapeOf,
  type EvaluationRest,
  type Measured,
  type Shape,
} from './numbers';

/** A file's run: what it names of itself, and its frames in the order of steps. */
export interface ReadRun {
  /** The settings that it names, none checked; null where it names none. */
  settings: Record<string, unknown> | null;
  /** All that it says of itself, as a record's head does; null where it says nothing. */
  head: Record<string, unknown> | null;
  layout: Layout;
  frames: PackedFrame[];
  /** Of frames that have one, by step. */
  evaluations: Map<number, Evaluation>;
  /** Names of its columns: those that are known here, those that say nothing, and those of the latter that hold numbers. */
  known: string[];
  unknown: string[];
  foreign: string[];
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

/** The names that columns of a file are to have, by those that they have in it. */
export type Renames = ReadonlyMap<string, string>;
const AS_THEY_ARE: Renames = new Map();

const STEP = 'step';

/** Numbers of one vector where another has none. */
const filled = (numbers: Float32Array, before: Float32Array): Float32Array =>
  numbers.map((number, i) => (Number.isNaN(number) ? before[i]! : number));

/** Two rows of one step, as some programs write them: the later one counts, and what it leaves out is of the one before. */
function merged(row: Measured, before: Measured): Measured {
  const { frame } = row;
  return {
    frame: { ...frame, packed: filled(frame.packed, before.frame.packed) },
    evaluation: row.evaluation ?? before.evaluation,
  };
}

/** Rows as a run in the order of steps. */
function runOf(
  rows: readonly Measured[],
  shape: Shape,
  { head, hasSteps }: Pick<ReadRun, 'head'> & { hasSteps: boolean },
): ReadRun {
  const bySteps = new Map<number, Measured>();
  for (const row of rows) {
    const { step } = row.frame;
    const before = bySteps.get(step);
    bySteps.set(step, before ? merged(row, before) : row);
  }
  const inOrder = [...bySteps.values()].sort((a, b) => a.frame.step - b.frame.step);
  const config = head?.['config'];
  return {
    settings: isObject(config) ? config : null,
    head,
    layout: shape.layout,
    frames: inOrder.map(({ frame }) => frame),
    evaluations: new Map(
      inOrder.flatMap(({ frame, evaluation }): [number, Evaluation][] =>
        evaluation ? [[frame.step, evaluation]] : [],
      ),
    ),
    known: [...(hasSteps ? [STEP] : []), ...shape.known],
    ...{ unknown: shape.unknown(), foreign: shape.foreign() },
  };
}

/** A whole number of a column `step`; where it is none, the row’s. */
const stepOf = (value: unknown, row: number): number =>
  Number.isSafeInteger(Number(value)) && value !== null && value !== '' && Number(value) >= 0
    ? Number(value)
    : row;

/** Rows of a record, of which later ones may bring further names. */
function createRows(renames: Renames) {
  const indices = new Map<string, number>();
  let hasSteps = false;
  const rows: {
    step: number;
    values: Float32Array;
    batch: Batch | null;
    evaluation: EvaluationRest | null;
  }[] = [];
  return {
    add(sites: readonly string[], frame: Json): void {
      hasSteps ||= STEP in frame;
      const values: number[] = [];
      let step: unknown = frame[STEP];
      for (const [told, value] of numbersOf(sites, frame)) {
        const name = renames.get(told) ?? told;
        if (name === STEP) step = value;
        else {
          const known = indices.get(name);
          if (known === undefined) indices.set(name, indices.size);
          values[known ?? indices.size - 1] = value;
        }
      }
      rows.push({
        step: stepOf(step, rows.length),
        values: Float32Array.from(values, (x) => x ?? NaN),
        ...{ batch: batchOf(frame), evaluation: evaluationOf(frame) },
      });
    },
    run(record: Json): ReadRun {
      if (rows.length === 0) throw new Error('It has no frames.');
      const shape = shapeOf([...indices.keys()]);
      const measured = rows.map(({ step, values, ...rest }) => shape.pack(step, values, rest));
      return runOf(measured, shape, { head: headOf(record), hasSteps });
    },
  };
}

type Json = Record<string, unknown>;

/** All that a record, or the metadata of a table, says of a run beside its numbers. */
function headOf(record: Json): Json {
  const { format: _, version: __, sites: ___, tokens: ____, frames: _____, ...head } = record;
  return head;
}

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
async function readLines(file: Blob, tell: Tell, renames: Renames): Promise<ReadRun | null> {
  let head: Json | null = null;
  const rows = createRows(renames);
  /** A line that cannot be read is the last one of a file that was cut off, or a fault. */
  let broken: Error | null = null;
  /** Sentences of its own on what it is without. */
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
      notes = notesIn(head);
    } else if (tail || told.startsWith(']')) {
      tail += text;
    } else if (told !== '') {
      if (broken) throw broken;
      try {
        const held = lineOf(told);
        notes.push(...notesIn(held));
        for (const frame of held['frames'] as Json[]) rows.add(sitesOf(head), frame);
      } catch (error) {
        broken = new Error(`Its line ${line} is not valid JSON: ${(error as Error).message}`);
      }
    }
  }
  try {
    if (tail) notes.push(...notesIn(lineOf(tail)));
  } catch (error) {
    broken = error as Error;
  }
  const said = notes.length ? { ...head, notes } : head!;
  return { ...rows.run(said), notes, isCut: broken !== null };
}

async function readRecord(file: Blob, tell: Tell, renames: Renames): Promise<ReadRun> {
  const byLines = await readLines(file, tell, renames);
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
  const rows = createRows(renames);
  for (const frame of record['frames'] as Json[]) rows.add(sitesOf(record), frame);
  return { ...rows.run(record), notes: notesIn(record) };
}

/** A table whose first row has the names of its columns. */
async function readCsv(file: Blob, _: Tell, renames: Renames): Promise<ReadRun> {
  if (file.size > LARGEST_TEXT) {
    throw new Error(
      `It has ${megabytes(file.size)}; a table in CSV may have at most ${LARGEST_TEXT / 1e6} MB. In Parquet it may have more.`,
    );
  }
  const text = (await file.text()).replace(/^\ufeff/, '');
  const head = /^[^\n]*/.exec(text)![0];
  const separated = head.includes(',') ? text : text.replace(/[;\t]/g, ',');
  const [told = [], ...lines] = csvParseRows(separated);
  const names = told.map((name) => renames.get(name) ?? name);
  const step = names.indexOf(STEP);
  const shape = shapeOf(names.filter((_, i) => i !== step));
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
  const measured = whole.map((line, i) =>
    shape.pack(stepOf(line[step], i), line.filter((_, column) => column !== step).map(valueOf)),
  );
  const run = runOf(measured, shape, { head: null, hasSteps: step >= 0 });
  return { ...run, isCut: whole !== rows };
}

const asBuffer = (file: Blob): AsyncBuffer => ({
  byteLength: file.size,
  slice: (from, to) => file.slice(from, to).arrayBuffer(),
});

/** The head of a record in the metadata of a table; settings alone are one, too. Null where there is none. */
function headIn(text: string | undefined): ReadRun['head'] {
  try {
    const head = JSON.parse(text ?? 'null') as unknown;
    if (!isObject(head) || Object.keys(head).length === 0) return null;
    return headOf(isObject(head['config']) ? head : { config: head });
  } catch {
    return null;
  }
}

async function readParquetTable(file: Blob, tell: Tell, renames: Renames): Promise<ReadRun> {
  const buffer = asBuffer(file);
  const metadata = await parquetMetadataAsync(buffer);
  const called = (name: string) => renames.get(name) ?? name;
  const names = metadata.schema.slice(1).map(({ name }) => called(name));
  const rows = Number(metadata.num_rows);
  if (rows === 0) throw new Error('It has no rows.');
  const steps = new Float64Array(rows).fill(NaN);
  const numbers = names.filter((name) => name !== STEP);
  const indices = new Map(numbers.map((name, i) => [name, i]));
  const shape = shapeOf(numbers);
  const measured: Measured[] = [];
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
        const name = called(columnName);
        const column = name === STEP ? steps : columns[indices.get(name) ?? -1];
        const at = name === STEP ? rowStart : rowStart - start;
        for (let i = 0; column && i < columnData.length; i++) {
          const value: unknown = columnData[i];
          column[at + i] = value === null || value === undefined ? NaN : Number(value);
        }
      },
    });
    for (let i = 0; i < count; i++)
      measured.push(
        shape.pack(
          stepOf(steps[start + i], start + i),
          columns.map((column) => column[i]!),
        ),
      );
    done += count;
    tell(done / rows);
  }
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'normscope')?.value;
  return runOf(measured, shape, { head: headIn(text), hasSteps: names.includes(STEP) });
}

export type FileForm = 'record' | 'csv' | 'parquet';

const READERS: Record<FileForm, (file: Blob, tell: Tell, renames: Renames) => Promise<ReadRun>> = {
  record: readRecord,
  csv: readCsv,
  parquet: readParquetTable,
};

/** The run in a file, whose columns may be called otherwise there. */
export const readRun = (
  form: FileForm,
  file: Blob,
  tell: Tell,
  renames: Renames = AS_THEY_ARE,
): Promise<ReadRun> => READERS[form](file, tell, renames);

/** No column of a run tells anything here. */
export const isEmpty = ({ layout, frames, evaluations }: ReadRun): boolean =>
  !layout.sites.length &&
  !layout.params.length &&
  !layout.n_heads &&
  !layout.norms.length &&
  evaluations.size === 0 &&
  frames.every(({ packed }) => packed.every(Number.isNaN));
