import { sizeOf } from './shapes';
import { shortened } from './words';

/**
 * The safetensors format: eight bytes that hold the header's length (little-endian), a JSON header with
 * each tensor's dtype, shape and place, then the tensors' bytes (little-endian) without holes.
 * Source: https://github.com/huggingface/safetensors, "Format".
 */

/** A file that is no valid safetensors file; the message says what is wrong, and where, in one sentence. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError';
}

export interface NamedTensor<Data = Float32Array> {
  name: string;
  shape: number[];
  data: Data;
}

export interface DecodedTensors {
  /** In the order of the header. */
  tensors: Map<string, { shape: number[]; data: Float32Array }>;
  /** dtypes of the tensors of whole numbers and truth values, which are passed over: no weights are such. */
  passedOver: Map<string, string>;
  /** Names of tensors with numbers that are finite in the file and infinite in float32. */
  beyond: Set<string>;
  metadata: Record<string, string>;
}

const PREFIX = 8;
const METADATA = '__metadata__';

const quote = (name: string): string => JSON.stringify(shortened(name));
const brackets = (shape: number[]): string => `[${shortened(shape.join(', '))}]`;

// ------------------------------------------------------------------------------------------ writing

/**
 * A safetensors file of float32 tensors, or of whole numbers (int32), in the order given. Throws a SafetensorsError where a tensor's
 * shape does not fit its data or a name cannot be used.
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor<Float32Array | Int32Array>[],
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, unknown>([[METADATA, metadata]]);
  let end = 0;
  for (const { name, shape, data } of tensors) {
    if (entries.has(name)) {
      throw new SafetensorsError(`Two entries of the file would be called ${quote(name)}.`);
    }
    if (sizeOf(shape) !== data.length) {
      throw new SafetensorsError(
        `Tensor ${quote(name)} has ${data.length} numbers; its shape ${brackets(shape)} holds ${sizeOf(shape)}.`,
      );
    }
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Int32Array ? 'I32' : 'F32';
    entries.set(name, { dtype, shape, data_offsets: [begin, end] });
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Padded with spaces, so that the data begins at a multiple of eight bytes.
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, PREFIX, PREFIX + headerLength);
  bytes.set(json, PREFIX);
  let at = PREFIX + headerLength;
  for (const { data } of tensors) {
    // Typed arrays lie in the machine's order, which is little-endian wherever this runs.
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

// ------------------------------------------------------------------------------------------ reading

interface Dtype {
  bytes: number;
  /** Number `i` of the tensor that `view` spans; none where the tensor is passed over. */
  read?(view: DataView, i: number): number;
}

/** IEEE binary16: one sign bit, five of the exponent, ten of the fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent
    ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
    : sign * 2 ** -14 * (fraction / 1024);
}

const word = new DataView(new ArrayBuffer(4));
/** The upper half of a float32. */
function bfloat16(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

const DTYPES: Record<string, Dtype> = {
  F32: { bytes: 4, read: (view, i) => view.getFloat32(4 * i, true) },
  F16: { bytes: 2, read: (view, i) => float16(view.getUint16(2 * i, true)) },
  BF16: { bytes: 2, read: (view, i) => bfloat16(view.getUint16(2 * i, true)) },
  F64: { bytes: 8, read: (view, i) => view.getFloat64(8 * i, true) },
  ...{ BOOL: { bytes: 1 }, U8: { bytes: 1 }, I8: { bytes: 1 }, U16: { bytes: 2 } },
  ...{ I16: { bytes: 2 }, U32: { bytes: 4 }, I32: { bytes: 4 }, U64: { bytes: 8 } },
  I64: { bytes: 8 },
};
/** The dtypes of weights. */
export const WEIGHT_DTYPES = Object.keys(DTYPES).filter((id) => DTYPES[id]!.read);

interface Entry {
  name: string;
  id: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** The JSON text of the header, and where the data begins. */
function headerOf(bytes: Uint8Array): { json: string; dataStart: number } {
  if (bytes.length < PREFIX) {
    throw new SafetensorsError(
      `The file has ${bytes.length} bytes; a safetensors file begins with ${PREFIX} that give its header’s length.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(bytes.length - PREFIX)) {
    throw new SafetensorsError(
      `The header is said to have ${length} bytes, but only ${bytes.length - PREFIX} follow: this is no safetensors file, or its end is missing.`,
    );
  }
  const dataStart = PREFIX + Number(length);
  // Writers fill the header up with spaces, as the format says, and some with zeros.
  let jsonEnd = dataStart;
  while (jsonEnd > PREFIX && [0, 0x20].includes(bytes[jsonEnd - 1]!)) jsonEnd--;
  try {
    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(PREFIX, jsonEnd),
    );
    return { json, dataStart };
  } catch {
    throw new SafetensorsError('The header is not UTF-8 text.');
  }
}

/** Where the JSON string that begins at `start` ends: past its closing quote. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/**
 * The first key that one object of valid JSON text has twice; a JSON parser keeps the last silently.
 * A scan without regular expressions, whose stack a long string would exhaust.
 */
function duplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '{') open.push(new Set());
    else if (json[at] === '}') open.pop();
    else if (json[at] === '"') {
      const start = at;
      at = stringEnd(json, start) - 1;
      let next = at + 1;
      while (' \t\n\r'.includes(json[next] ?? '.')) next++;
      if (json[next] !== ':') continue;
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

function parseHeader(json: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    throw new SafetensorsError('The header is not valid JSON.');
  }
  if (!isObject(header)) throw new SafetensorsError('The header is not a JSON object.');
  const duplicate = duplicateKey(json);
  if (duplicate !== null) {
    throw new SafetensorsError(`The header has the key ${quote(duplicate)} twice.`);
  }
  return header;
}

function metadataOf(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw new SafetensorsError(`${METADATA} is not a JSON object.`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new SafetensorsError(`${METADATA} has ${quote(key)}, whose value is not a string.`);
    }
  }
  return value as Record<string, string>;
}

/** The metadata alone; throws a SafetensorsError where the header is none. */
export const readMetadata = (bytes: Uint8Array): Record<string, string> =>
  metadataOf(parseHeader(headerOf(bytes).json)[METADATA]);

/** One tensor's entry in the header, checked against the number of data bytes in the file. */
function entryOf(name: string, value: unknown, dataLength: number): Entry {
  const wrong = (what: string) => new SafetensorsError(`Tensor ${quote(name)} ${what}.`);
  if (!isObject(value)) throw wrong('has an entry that is not a JSON object');
  const { dtype: id, shape, data_offsets: offsets } = value;
  if (typeof id !== 'string') throw wrong('has no dtype');
  if (!Object.hasOwn(DTYPES, id)) {
    throw wrong(`has dtype ${quote(id)}; only ${WEIGHT_DTYPES.join(', ')} can be read`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw wrong('has a shape that is not a list of whole numbers from 0');
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw wrong('has data_offsets that are not two whole numbers from 0');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw wrong(`begins at byte ${begin} and ends before it, at ${end}`);
  if (end > dataLength) {
    throw wrong(`ends at byte ${end}; the file has ${dataLength} bytes of data`);
  }
  const dtype = DTYPES[id]!;
  const needed = sizeOf(shape) * dtype.bytes;
  if (needed !== end - begin) {
    throw wrong(`has ${end - begin} bytes; its shape ${brackets(shape)} of ${id} needs ${needed}`);
  }
  return { name, id, dtype, shape, begin, end };
}

/** The entries must fill the data from end to end: no byte in two tensors, none in no tensor. */
function checkTiling(entries: Entry[], dataLength: number): void {
  let covered = 0;
  let before = '';
  for (const { name, begin, end } of entries.toSorted(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin < covered) {
      throw new SafetensorsError(
        `Tensor ${quote(name)} begins at byte ${begin}, inside tensor ${quote(before)}.`,
      );
    }
    if (begin > covered) {
      throw new SafetensorsError(`Bytes ${covered} to ${begin} of the data belong to no tensor.`);
    }
    covered = end;
    before = name;
  }
  if (covered < dataLength) {
    throw new SafetensorsError(
      `Bytes ${covered} to ${dataLength} of the data belong to no tensor.`,
    );
  }
}

/** The entries of a file, and where its data begins. */
function entriesIn(bytes: Uint8Array) {
  const { json, dataStart } = headerOf(bytes);
  const { [METADATA]: metadata, ...rest } = parseHeader(json);
  const dataLength = bytes.length - dataStart;
  const entries = Object.entries(rest).map(([name, value]) => entryOf(name, value, dataLength));
  checkTiling(entries, dataLength);
  return { entries, dataStart, metadata: metadataOf(metadata) };
}

/** The tensors of a file that `encodeSafetensors` wrote, of float32 and int32 alike, copied out of it. */
export function decodeNumbers(
  bytes: Uint8Array,
): Map<string, { shape: number[]; data: Float32Array | Int32Array }> {
  const { entries, dataStart } = entriesIn(bytes);
  return new Map(
    entries.map(({ name, id, shape, begin, end }) => {
      if (id !== 'F32' && id !== 'I32')
        throw new SafetensorsError(`Tensor ${quote(name)} has dtype ${id}; here it is F32 or I32.`);
      const { buffer } = bytes.slice(dataStart + begin, dataStart + end);
      return [name, { shape, data: new (id === 'I32' ? Int32Array : Float32Array)(buffer) }];
    }),
  );
}

/**
 * The tensors of a safetensors file as float32, copied out of it; F64 is rounded, beyond float32 to ±∞; F16 and
 * BF16 are exact. Throws a SafetensorsError for anything that the format does not allow.
 */
export function decodeSafetensors(bytes: Uint8Array): DecodedTensors {
  const { entries, dataStart, metadata } = entriesIn(bytes);
  const tensors: DecodedTensors['tensors'] = new Map();
  const passedOver: DecodedTensors['passedOver'] = new Map();
  const beyond: DecodedTensors['beyond'] = new Set();
  for (const { name, id, dtype, shape, begin, end } of entries) {
    if (!dtype.read) {
      passedOver.set(name, id);
      continue;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart + begin, end - begin);
    const data = new Float32Array((end - begin) / dtype.bytes);
    for (let i = 0; i < data.length; i++) {
      const number = dtype.read(view, i);
      data[i] = number;
      if (Number.isFinite(number) && !Number.isFinite(data[i])) beyond.add(name);
    }
    tensors.set(name, { shape, data });
  }
  return { tensors, passedOver, beyond, metadata };
}
