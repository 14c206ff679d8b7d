import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { wasmBuild } from '../../../src/kernels/wasm/start';

test('the build with relaxed SIMD is taken where it can run', () => {
  // Node 20 knows it when it is told to; later ones know it anyway.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const folder = new URL('../../../src/kernels/assembly/build/', import.meta.url);
  expect(WebAssembly.validate(readFileSync(new URL('relaxed.wasm', folder)))).toBe(true);
  expect(wasmBuild()).toBe('relaxed');
});
