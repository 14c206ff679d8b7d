import { csvParseRows } from 'd3-dsv';
import { checkValue, toTell } from '../config/check';
import type { FileForm } from './recordings/read';
import { readColumnName } from '../config/quantity';
import { beginsAsCheckpoint } from '../protocol/checkpoint';

/** The content of a file, seen from its first bytes. */
export type Recognized =
  | {
      kind:
        | 'weights'
        | 'checkpoint'
        | 'table'
        | 'parquet'
        | 'runs'
        | 'sweep'
        | 'lab'
        | 'text'
        | 'unknown';
    }
  /** A record of a run, or settings alone; with the settings that it names, none checked. */
  | { kind: 'record' | 'settings'; settings: Record<string, unknown> }
  /** A format that nothing here reads, and the way to one that is read. */
  | { kind: 'other'; what: string; advice?: string };

/** Bytes, or characters, that are looked at of the head of a file, and as many of the rest's end. */
const LOOKED_AT = 2 ** 20;

/** The head and the tail of a file, its bytes or its text, of which a kind can be told. */
export const endsOf = <Whole extends { slice(from: number, to?: number): Whole }>(
  whole: Whole,
  size: number,
): [head: Whole, tail: Whole] => [
  whole.slice(0, LOOKED_AT),
  whole.slice(Math.max(LOOKED_AT, size - LOOKED_AT)),
];

const SAVE = 'Save the weights with safetensors.torch.save_file(model.state_dict(), …).';
const PICKLE = { what: 'a Python pickle, as PyTorch’s .pt files are', advice: SAVE };
const ARCHIVE = { advice: 'Unpack it first.' };

/** Formats by their first bytes, in Latin-1; the first that fits counts. */
const FORMATS: [RegExp, { what: string; advice?: string }][] = [
  [/^PK\x03\x04[^]*data\.pkl/, { what: 'a PyTorch file (.pt)', advice: SAVE }],
  [/^PK\x03\x04[^]*\.npy/, { what: 'a NumPy archive (.npz)', advice: 'Save it as safetensors.' }],
  [/^PK(\x03\x04|\x05\x06)/, { what: 'a zip archive', ...ARCHIVE }],
  [/^\x1f\x8b/, { what: 'a gzip archive', ...ARCHIVE }],
  [
    /^BZh|^\xfd7zXZ|^\x28\xb5\x2f\xfd|^7z\xbc\xaf|^[^]{257}ustar/,
    { what: 'an archive', ...ARCHIVE },
  ],
  [/^\x80[\x02-\x05]/, PICKLE],
  [/^\x93NUMPY/, { what: 'a NumPy array (.npy)', advice: 'Save it as safetensors.' }],
  [/^\x89HDF/, { what: 'an HDF5 file', advice: 'Save its weights as safetensors.' }],
  [/^GGUF/, { what: 'a GGUF file', advice: 'Save its weights as safetensors.' }],
  [/^\x89PNG/, { what: 'a picture (PNG)' }],
  [/^\xff\xd8\xff/, { what: 'a picture (JPEG)' }],
  [/^GIF8/, { what: 'a picture (GIF)' }],
  [/^RIFF[^]{4}WEBP/, { what: 'a picture (WebP)' }],
  [/^BM[^]{4}\0\0\0\0/, { what: 'a picture (BMP)' }],
  [/^\xff\xfe|^\xfe\xff/, { what: 'a text in UTF-16', advice: 'Save it as UTF-8.' }],
  [/^RIFF|^ID3|^OggS|^fLaC|^[^]{4}ftyp/, { what: 'sound or film' }],
  [/^\x7fELF|^MZ|^\0asm/, { what: 'a program' }],
  [/^SQLite format 3\0/, { what: 'a database' }],
];

/** Formats that may be written in nothing but letters. */
const LETTERED: typeof FORMATS = [
  [/^%PDF-/, { what: 'a PDF', advice: 'Save its text as UTF-8.' }],
  [/^\{\\rtf/, { what: 'a formatted text (RTF)', advice: 'Save it as plain text in UTF-8.' }],
];

/** A header’s length of eight bytes, and a JSON object. */
const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > 9 && bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The object of a JSON text, out of a list or an object around it alone; empty where there is none. */
function objectOf(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return {};
  const [only, ...others] = Object.values(value) as unknown[];
  if (isObject(only) && !others.length) return objectOf(only);
  return Array.isArray(value) ? {} : (value as Record<string, unknown>);
}

/** Tests if any of the settings that a file names can be read, with a sentence on those that cannot. */
export function readable(settings: Record<string, unknown>): { any: boolean; problem: string } {
  const checked = Object.entries(settings).map(([key, value]) => checkValue(key, value));
  const problems = checked.flatMap((one) => ('problem' in one ? [one.problem] : []));
  const said = toTell(problems).map(({ message }) => message);
  return {
    any: problems.length < checked.length,
    problem: said.length ? `Not all of them can be read: ${said.join(' ')}` : '',
  };
}

/**
 * A record names itself and its settings, which are flat, beside its frames, in any order: other programs sort
 * keys, or put it into a list. It need not be read whole.
 */
function recordIn(text: string): Recognized | null {
  if (!/"format"\s*:\s*"normscope-record"/.test(text)) return null;
  const config = /"config"\s*:\s*(\{[^{}]*\})/.exec(text)?.[1];
  return { kind: 'record', settings: objectOf(parsed(config ?? '')) };
}

function recognizeText(text: string, tail: string): Recognized {
  const head = text.trimStart();
  if (/^[{[]/.test(head)) {
    if (/^\{.*"format"\s*:\s*"normscope-sweep"/.test(head)) return { kind: 'sweep' };
    const record = recordIn(`${head}\n${tail}`);
    if (record) return record;
    const { v: _, ...settings } = objectOf(parsed(head));
    if (readable(settings).any) return { kind: 'settings', settings };
  }
  if (isLab(head)) return { kind: 'lab' };
  return { kind: isTable(head) ? 'table' : 'text' };
}

/** Front matter that has a title and the minutes that it takes. */
function isLab(text: string): boolean {
  const [, front = ''] = /^---\r?\n([^]*?)\n---\s/.exec(text) ?? [];
  return /^title\s*:/m.test(front) && /^minutes\s*:/m.test(front);
}

const cellsOf = (line: string): string[] =>
  csvParseRows(line.includes(',') ? line : line.replace(/[;\t]/g, ','))[0] ?? [];
const isNumber = (cell: string): boolean =>
  /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$|^\s*(nan|-?inf(inity)?)\s*$/i.test(cell);

/**
 * Names in a first line: one that has a place, or names without a space of which one is `step`; any others where at
 * least half of the cells in the line below are numbers.
 */
function isTable(text: string): boolean {
  const [first = '', second = ''] = text.split('\n', 2);
  const names = cellsOf(first).map((name) => name.trim());
  if (names.length < 2 || names.some((name) => name === '' || isNumber(name))) return false;
  if (names.some((name) => name.includes('/') && readColumnName(name) !== null)) return true;
  if (names.includes('step') && names.every((name) => /^\S+$/.test(name))) return true;
  const cells = cellsOf(second);
  return cells.length === names.length && 2 * cells.filter(isNumber).length >= cells.length;
}

/**
 * The content of a file by its bytes, whatever its name says.
 *
 * @param bytes its head
 * @param tail its end, of what the head does not hold: see `endsOf`
 */
export function recognize(bytes: Uint8Array, tail: Uint8Array = new Uint8Array()): Recognized {
  const latin = String.fromCharCode(...bytes.subarray(0, 4096));
  const formatIn = (formats: typeof FORMATS): Recognized | null => {
    const format = formats.find(([form]) => form.test(latin))?.[1];
    return format ? { kind: 'other', ...format } : null;
  };
  const text = textOf(bytes);
  if (text !== null)
    return formatIn(LETTERED) ?? recognizeText(text, new TextDecoder().decode(tail));
  if (/^PK\x03\x04[^]{26}run\.json/.test(latin)) return { kind: 'runs' };
  if (latin.startsWith('PAR1')) return { kind: 'parquet' };
  if (isSafetensors(bytes)) return { kind: beginsAsCheckpoint(bytes) ? 'checkpoint' : 'weights' };
  return formatIn([...LETTERED, ...FORMATS]) ?? { kind: 'unknown' };
}

/** A text in UTF-8; its last character may be cut, as more may come. Null where it is none. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** The form of a file that is a run to be shown; undefined where it is something else. */
export const formOf = ({ kind }: Recognized): FileForm | undefined =>
  (({ record: 'record', table: 'csv', parquet: 'parquet' }) as const)[kind as 'record'];

/** A checkpoint is a weights file too. */
export const holdsWeights = ({ kind }: Recognized): boolean =>
  kind === 'weights' || kind === 'checkpoint';

/** The kind of a file, in a sentence; null where its content does not tell more than its name. */
export function described(found: Recognized): string | null {
  switch (found.kind) {
    case 'record': {
      const { any, problem } = readable(found.settings);
      const what = 'It is a record: the settings of a run and what it measured.';
      return [what, any ? problem : 'No settings can be read from it.'].filter(Boolean).join(' ');
    }
    case 'settings':
      return ['It holds settings.', readable(found.settings).problem].filter(Boolean).join(' ');
    case 'table':
    case 'parquet':
      return 'It is a table of what a run measured.';
    case 'sweep':
      return 'It is a file of a sweep: a line for each of its runs.';
    case 'lab':
      return 'It is a lab: exercises that are done on this page.';
    case 'runs':
      return 'It is a run file: the runs of a page, with their states.';
    case 'weights':
      return 'It is a weights file.';
    case 'checkpoint':
      return 'It is a checkpoint: the weights of a run, and all else that its next steps depend on.';
    case 'other':
      return [`It is ${found.what}.`, found.advice].filter(Boolean).join(' ');
    case 'text':
    case 'unknown':
      return null;
  }
}

/** A sentence on a text that is plainly something else, or nothing. */
export const oddity = (content: string): string => {
  const [head, tail] = endsOf(content, content.length);
  const encoder = new TextEncoder();
  return described(recognize(encoder.encode(head), encoder.encode(tail))) ?? '';
};
