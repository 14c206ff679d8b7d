import { expect, test } from 'vitest';
import { ArgumentsError, readArguments } from './arguments';

test('nothing given', () => {
  expect(readArguments([])).toEqual({
    json: null,
    host: 'browser',
    backend: 'wasm',
    minutes: Infinity,
    bundle: null,
    quick: false,
    full: false,
    steps: 20,
    help: false,
  });
});

test('everything given', () => {
  const argv = ['--json', 'rows.json', '--backend', 'webgpu', '--quick', '--steps', '3'];
  expect(readArguments(argv)).toMatchObject({
    json: 'rows.json',
    backend: 'webgpu',
    quick: true,
    steps: 3,
  });
});

test('in Node it is WebGPU, and has an end', () => {
  expect(readArguments(['--host', 'node'])).toMatchObject({ backend: 'webgpu', minutes: 8 });
  const argv = ['--host', 'node', '--backend', 'webgpu', '--minutes', '0.5', '--bundle', 'b.tgz'];
  expect(readArguments(argv)).toMatchObject({ minutes: 0.5, bundle: 'b.tgz' });
});

test.each([
  [['--host', 'deno'], '--host is "deno"; it must be one of browser, node.'],
  [
    ['--host', 'node', '--backend', 'wasm'],
    '--backend is "wasm"; it must be one of webgpu with --host node.',
  ],
  [['--minutes', 'ten'], '--minutes is "ten"; it must be a number above 0.'],
  [['--minutes', '0'], '--minutes is "0"'],
  [['--bundle', 'no/such/x'], '--bundle is "no/such/x"; there is no folder no/such.'],
  [['--backend', 'webgl'], '--backend is "webgl"; it must be one of wasm, webgpu.'],
  [['--steps', '0'], '--steps is "0"; it must be a whole number from 1 to 10000.'],
  [['--steps', '1.5'], '--steps is "1.5"; it must be a whole number from 1 to 10000.'],
  [['--quick', '--full'], '--quick and --full exclude each other.'],
  [
    ['--json', 'no/such/folder/x'],
    '--json is "no/such/folder/x"; there is no folder no/such/folder.',
  ],
  [['--fast'], "Unknown option '--fast'. The flags are --json, --host,"],
  [['fast'], "Unexpected argument 'fast'. The flags are --json,"],
  [['--steps'], "Option '--steps <value>' argument missing. The flags are"],
])('%j is refused: %s', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(ArgumentsError);
  expect(() => readArguments(argv)).toThrow(message);
});
