import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type NamedTensor,
} from '../../src/lib/safetensors';

/** A file made by hand from its header and data. */
function file(header: string | object, data: Uint8Array | number = 0): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}
const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const tensor = fc
  .record({
    name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'a.b', '0', 'ü')),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  })
  .chain(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc
      .float32Array({ minLength: size, maxLength: size })
      .map((data): NamedTensor => ({ name, shape, data }));
  });
const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 });
const metadata = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));

const bits = (data: Float32Array) => [...new Uint32Array(data.slice().buffer)];

describe('round trip', () => {
  test('gives back every tensor and the metadata, bit for bit', () => {
    fc.assert(
      fc.property(tensors, metadata, (given, words) => {
        const { tensors: got, metadata: gotWords } = decodeSafetensors(
          encodeSafetensors(given, words),
        );
        expect(new Set(got.keys())).toEqual(new Set(given.map(({ name }) => name)));
        for (const { name, shape, data } of given) {
          expect(got.get(name)!.shape).toEqual(shape);
          const expected = data.map((x) => x); // A NaN may lose its payload on the way through a number.
          expect(bits(got.get(name)!.data)).toEqual(bits(expected));
        }
        expect(Object.entries(gotWords).sort()).toEqual(Object.entries(words).sort());
      }),
    );
  });

  test('of a part of a larger buffer', () => {
    const whole = new Float32Array([9, 1, 2, 9]);
    const bytes = encodeSafetensors([{ name: 'w', shape: [2], data: whole.subarray(1, 3) }], {});
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...decodeSafetensors(shifted.subarray(3)).tensors.get('w')!.data]).toEqual([1, 2]);
  });
});

test('what is written follows the format to the byte', () => {
  const bytes = encodeSafetensors(
    [
      { name: 'a', shape: [1, 2], data: new Float32Array([1, -2]) },
      { name: 'b', shape: [], data: new Float32Array([0.5]) },
    ],
    { key: 'value' },
  );
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(JSON.parse(header)).toEqual({
    __metadata__: { key: 'value' },
    a: f32([1, 2], 0, 8),
    b: f32([], 8, 12),
  });
  expect(header).toMatch(/^\{.*\} *$/);
  expect([0, 4, 8].map((at) => view.getFloat32(8 + length + at, true))).toEqual([1, -2, 0.5]);
  expect(bytes.length).toBe(8 + length + 12);
});

describe('writing refuses', () => {
  test.each([
    ['a shape that does not fit', [{ name: 'w', shape: [3], data: new Float32Array(2) }], /\[3\]/],
    [
      'a name twice',
      [
        { name: 'w', shape: [0], data: new Float32Array(0) },
        { name: 'w', shape: [0], data: new Float32Array(0) },
      ],
      /"w"/,
    ],
    [
      'the name of the metadata',
      [{ name: '__metadata__', shape: [0], data: new Float32Array(0) }],
      /__metadata__/,
    ],
  ])('%s', (_, given, message) => {
    expect(() => encodeSafetensors(given, {})).toThrow(SafetensorsError);
    expect(() => encodeSafetensors(given, {})).toThrow(message);
  });
});

describe('other number formats are converted', () => {
  const read = (dtype: string, bytes: number, write: (view: DataView) => void) => {
    const data = new Uint8Array(bytes);
    write(new DataView(data.buffer));
    const size = bytes / { F16: 2, BF16: 2, F64: 8 }[dtype]!;
    const entry = { w: { dtype, shape: [size], data_offsets: [0, bytes] } };
    return [...decodeSafetensors(file(entry, data)).tensors.get('w')!.data];
  };
  test('F64, rounded', () => {
    const values = [Math.PI, 1e300, -0, NaN];
    const write = (view: DataView) => values.forEach((x, i) => view.setFloat64(8 * i, x, true));
    expect(read('F64', 32, write)).toEqual([Math.fround(Math.PI), Infinity, -0, NaN]);
  });
  test('F64 beyond float32, with a word, and what is infinite in the file without', () => {
    const data = new Uint8Array(Float64Array.of(1e300, -Infinity).buffer);
    const entry = (at: number) => ({ dtype: 'F64', shape: [1], data_offsets: [at, at + 8] });
    expect(decodeSafetensors(file({ w: entry(0), v: entry(8) }, data)).beyond).toEqual(
      new Set(['w']),
    );
  });
  test('F16, from the smallest to the largest', () => {
    const words = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555];
    const write = (view: DataView) => words.forEach((w, i) => view.setUint16(2 * i, w, true));
    expect(read('F16', 20, write)).toEqual([
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      -0,
      Infinity,
      -Infinity,
      NaN,
      0.333251953125,
    ]);
  });
  test('BF16', () => {
    const words = [0x3f80, 0xc049, 0x7f80, 0x7fc0, 0x0001];
    const write = (view: DataView) => words.forEach((w, i) => view.setUint16(2 * i, w, true));
    expect(read('BF16', 10, write)).toEqual([1, -3.140625, Infinity, NaN, 2 ** -133]);
  });
});

test.each([
  ['zeros', '\0\0\0\0\0'],
  ['spaces', '   '],
  ['both', ' \0 \0'],
])('a header may be filled up with %s', (_, padding) => {
  const header = JSON.stringify({ w: f32([1], 0, 4) }) + padding;
  expect([...decodeSafetensors(file(header, 4)).tensors.keys()]).toEqual(['w']);
});

test('whole numbers and truth values are passed over, with their dtype', () => {
  const sizes = { BOOL: 1, U8: 1, I8: 1, U16: 2, I16: 2, U32: 4, I32: 4, U64: 8, I64: 8 };
  let end = 0;
  const entries = Object.entries(sizes).map(([dtype, size]) => {
    const begin = end;
    end += 2 * size;
    return [dtype, { dtype, shape: [2], data_offsets: [begin, end] }];
  });
  const { tensors, passedOver } = decodeSafetensors(
    file({ ...Object.fromEntries(entries), w: f32([1], end, end + 4) }, end + 4),
  );
  expect([...tensors.keys()]).toEqual(['w']);
  expect([...passedOver]).toEqual(Object.keys(sizes).map((dtype) => [dtype, dtype]));
});

describe('reading refuses in one sentence that says where', () => {
  const badLength = new Uint8Array(16).fill(0xff);
  const cases: [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /0 bytes/],
    ['a file shorter than its first number', new Uint8Array(7), /7 bytes/],
    ['a header longer than the file', badLength, /18446744073709551615 bytes, but only 8/],
    ['no header', file(''), /not valid JSON/],
    ['a header that is no object', file('[]'), /not a JSON object/],
    ['broken JSON', file('{"a":'), /not valid JSON/],
    ['metadata that is no object', file({ __metadata__: [] }), /__metadata__/],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), /"a".* not a string/],
    ['an entry that is no object', file({ w: 1 }), /"w"/],
    ['no dtype', file({ w: { shape: [], data_offsets: [0, 4] } }, 4), /"w" has no dtype/],
    [
      'an unknown dtype',
      file({ w: { dtype: 'C64', shape: [1], data_offsets: [0, 8] } }, 8),
      /"w" has dtype "C64"; only F32, F16, BF16, F64 can be read/,
    ],
    ['a dtype of every object', file({ w: { ...f32([], 0, 4), dtype: 'toString' } }, 4), /dtype/],
    ['a negative shape', file({ w: f32([-1], 0, 4) }, 4), /"w" has a shape/],
    ['a fractional shape', file({ w: f32([1.5], 0, 4) }, 4), /"w" has a shape/],
    ['a shape beyond all numbers', file({ w: f32([2 ** 52, 2 ** 52], 0, 4) }, 4), /needs/],
    [
      'offsets that are no pair',
      file({ w: { ...f32([1], 0, 4), data_offsets: [0] } }, 4),
      /offsets/,
    ],
    ['offsets outside', file({ w: f32([2], 0, 8) }, 4), /"w" ends at byte 8; the file has 4/],
    ['offsets in reverse', file({ w: f32([0], 4, 0) }, 4), /"w" begins at byte 4/],
    [
      'a size that is not the shape’s',
      file({ w: f32([2, 3], 0, 4) }, 4),
      /"w".*\[2, 3\].*needs 24/,
    ],
    ['an overlap', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), /"b".*inside tensor "a"/],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /Bytes 4 to 8/],
    ['data left over', file({ a: f32([1], 0, 4) }, 12), /Bytes 4 to 12/],
    ['data without a tensor', file({}, 1), /Bytes 0 to 1/],
    [
      'a tensor twice',
      file('{"a" : {"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}'),
      /key "a" twice/,
    ],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}}'),
      /key "shape" twice/,
    ],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(() => decodeSafetensors(bytes)).toThrow(/^[^\n]*\.$/);
  });

  test('a header that is not UTF-8', () => {
    const bytes = file('{"é":0}');
    bytes[10] = 0xff;
    expect(() => decodeSafetensors(bytes)).toThrow(/not UTF-8/);
  });

  test('strings of any length without running out of stack', () => {
    const bytes = encodeSafetensors([], { long: '\n"\\{x'.repeat(1e6) });
    expect(decodeSafetensors(bytes).metadata['long']).toHaveLength(5e6);
  });

  test('any file with changed bytes: it is read, or refused with a SafetensorsError', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        tensors,
        metadata,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(), { nil: undefined }),
        (given, words, changes, cut) => {
          const bytes = encodeSafetensors(given, words);
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          try {
            decodeSafetensors(cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length));
          } catch (error) {
            expect(error).toBeInstanceOf(SafetensorsError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('any header: it is read, or refused with a SafetensorsError', () => {
    const entry = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'I8'), fc.jsonValue()),
        shape: fc.oneof(fc.array(fc.nat(3)), fc.jsonValue()),
        data_offsets: fc.oneof(fc.tuple(fc.nat(16), fc.nat(16)), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const header = fc.oneof(
      fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(header, fc.nat(16), (json, size) => {
        try {
          decodeSafetensors(file(JSON.stringify(json), size));
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
