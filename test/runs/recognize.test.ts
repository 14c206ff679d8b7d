import { describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { DEFAULTS } from '../../src/config/fields';
import { checkpointMetadata } from '../../src/protocol/checkpoint';
import { described, endsOf, recognize } from '../../src/runs/recognize';

const latin = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);
const record = (config: object, rest: string) =>
  `{"format": "normscope-record", "version": 1, "config": ${JSON.stringify(config)},${rest}`;

describe('a file is recognized by its content', () => {
  test.each<[string, Uint8Array, object]>([
    [
      'weights',
      encodeSafetensors([{ name: 'w', shape: [1], data: new Float32Array(1) }], {}),
      { kind: 'weights' },
    ],
    [
      'a checkpoint',
      encodeSafetensors(
        [],
        checkpointMetadata({ config: DEFAULTS, step: 3, momentsFrom: 0, text: null }),
      ),
      { kind: 'checkpoint' },
    ],
    [
      'a record',
      utf8(record({ n_layers: 3 }, '"frames":[]}')),
      { kind: 'record', settings: { n_layers: 3 } },
    ],
    [
      'the head of a record with very many columns',
      utf8(record({ norm: 'rmsnorm' }, `"sites":[${'"blocks.0.resid_pre",'.repeat(40_000)}`)),
      { kind: 'record', settings: { norm: 'rmsnorm' } },
    ],
    [
      'a record without settings',
      utf8('{"format":"normscope-record","frames":['),
      { kind: 'record', settings: {} },
    ],
    [
      'settings',
      utf8(' {"v":1,"lr":0.1,"colour":"red"}'),
      { kind: 'settings', settings: { lr: 0.1, colour: 'red' } },
    ],
    ['a table', utf8('step,loss,blocks.0.resid_post/rms\n0,4.9,1\n'), { kind: 'table' }],
    [
      'a table of other names, quoted and with spaces',
      utf8('"Step","sun-1 - train/loss, smoothed","host"\n"1","4.5","ulm"\n'),
      { kind: 'table' },
    ],
    ['a table of other names between tabs', utf8('it\tgrad norm\n0\t1e-3\n'), { kind: 'table' }],
    ['lines with commas', utf8('To be, or not to be\nThat is, the question\n'), { kind: 'text' }],
    ['a lab', utf8('---\r\ntitle: Pre\r\nminutes: 20\r\n---\r\n## One\r\n'), { kind: 'lab' }],
    ['other front matter', utf8('---\ntitle: Pre\nauthor: me\n---\ntext\n'), { kind: 'text' }],
    ['minutes in a text', utf8('title: x\nminutes: 3\n'), { kind: 'text' }],
    ['numbers without names', utf8('1,2,3\n4,5,6\n'), { kind: 'text' }],
    ['names above fewer numbers', utf8('a,b,c\n4,5\n'), { kind: 'text' }],
    ['a text that begins as a table does', utf8('step, step, and step again'), { kind: 'text' }],
    ['settings in a list', utf8('[{"lr":0.1}]'), { kind: 'settings', settings: { lr: 0.1 } }],
    ['a key whose value is no setting', utf8('{"task":"buy milk"}'), { kind: 'text' }],
    ['other JSON', utf8('{"name":"x"}'), { kind: 'text' }],
    ['broken JSON', utf8('{"lr":'), { kind: 'text' }],
    ['nothing', new Uint8Array(0), { kind: 'text' }],
    ['a text whose last character is cut', utf8('Ça va Ü').subarray(0, 8), { kind: 'text' }],
    [
      'a text that begins as a program does',
      utf8('MZ and PK are letters, BM and ID3 too.'),
      { kind: 'text' },
    ],
    ['zeros', new Uint8Array(64), { kind: 'unknown' }],
    ['noise', latin('\xc3\x28\xa0\xa1'), { kind: 'unknown' }],
  ])('%s', (_, bytes, found) => expect(recognize(bytes)).toEqual(found));

  test('what of its settings cannot be read is told', () => {
    const found = recognize(utf8('{"model_type":"llama","seed":1}'));
    expect(described(found)).toMatch(/holds settings\. Not all of them can be read:.*“model_type”/);
  });

  const SORTED = { config: DEFAULTS, format: 'normscope-record', frames: [] };
  test.each<[string, string]>([
    ['with sorted keys', JSON.stringify(SORTED)],
    ['with sorted keys and indented', JSON.stringify(SORTED, null, 4)],
    ['in a list', JSON.stringify([SORTED])],
    ['in an object', JSON.stringify({ record: SORTED })],
    [
      'that begins with its frames',
      `{"frames":[${'0,'.repeat(2 ** 20)}0],"config":${JSON.stringify(DEFAULTS)},"format":"normscope-record"}`,
    ],
  ])('a record %s', (_, text) => {
    const bytes = utf8(text);
    const found = { kind: 'record', settings: DEFAULTS };
    expect(recognize(...endsOf(bytes, bytes.length))).toEqual(found);
  });

  test.each<[string, string, RegExp]>([
    ['PNG', '\x89PNG\r\n\x1a\n', /picture \(PNG\)/],
    ['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', /picture \(JPEG\)/],
    ['zip', 'PK\x03\x04\x14\0\0\0mimetype', /zip.*Unpack/],
    ['PyTorch', 'PK\x03\x04\0\0\0\0archive/data.pkl\x80\x02', /PyTorch.*safetensors/],
    ['NumPy', '\x93NUMPY\x01\0', /NumPy.*safetensors/],
    ['pickle', '\x80\x02}q\x00', /pickle.*safetensors/],
    ['gzip', '\x1f\x8b\x08\0', /gzip/],
    ['tar', `${'a'.repeat(100)}${'\0'.repeat(157)}ustar\0`, /archive/],
    ['HDF5', '\x89HDF\r\n\x1a\n', /HDF5/],
    ['PDF', '%PDF-1.7\n%\xe2\xe3', /PDF/],
    ['UTF-16', '\xff\xfea\0b\0', /UTF-16.*UTF-8/],
  ])('%s, with advice', (_, bytes, words) => {
    expect(described(recognize(latin(bytes)))).toMatch(words);
  });
});
