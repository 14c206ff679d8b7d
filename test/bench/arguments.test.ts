import { expect, test } from 'vitest';
import { ArgumentsError, readArguments } from './arguments';

test('nothing given', () => {
  expect(readArguments([])).toEqual({
    json: null,
    backend: 'wasm',
    quick: false,
    widths: false,
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

test.each([
  [['--backend', 'webgl'], '--backend is "webgl"; it must be one of wasm, webgpu.'],
  [['--steps', '0'], '--steps is "0"; it must be a whole number from 1 to 10000.'],
  [['--steps', '1.5'], '--steps is "1.5"; it must be a whole number from 1 to 10000.'],
  [['--quick', '--full'], '--quick and --full exclude each other.'],
  [['--widths', '--quick'], '--widths goes with wasm alone, and without --quick and --full.'],
  [['--widths', '--backend', 'webgpu'], '--widths goes with wasm alone'],
  [
    ['--json', 'no/such/folder/x'],
    '--json is "no/such/folder/x"; there is no folder no/such/folder.',
  ],
  [['--fast'], "Unknown option '--fast'. The flags are --json, --backend,"],
  [['fast'], "Unexpected argument 'fast'. The flags are --json,"],
  [['--steps'], "Option '--steps <value>' argument missing. The flags are"],
])('%j is refused: %s', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(ArgumentsError);
  expect(() => readArguments(argv)).toThrow(message);
});
